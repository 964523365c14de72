"""The model that trains: the plain one's weights, run by rewritten steps."""

from __future__ import annotations

import torch
from torch import Tensor

from archsearch.nn.model import Autoencoder, weights_from
from archsearch.nn.rewrite import Applied, Step, lower, rewritten
from archsearch.spec.plan import ModelPlan, Section

__all__ = ["CompiledAutoencoder", "compiled"]


class CompiledAutoencoder(Autoencoder):
    """An autoencoder that computes what the plain one does, with less work.

    Modules, parameters and their names are those of ``Autoencoder``, so weights
    and checkpoints go from one to the other.

    Attributes:
        applied: the rewrites that took place, in order.
    """

    def __init__(self, plan: ModelPlan) -> None:
        super().__init__(plan)
        encoder, in_encoder = rewritten(lower(plan.encoder, self.encoder, self._kept))
        decoder, in_decoder = rewritten(lower(plan.decoder, self.decoder, self._kept))
        self._steps: dict[Section, list[Step]] = {"encoder": encoder, "decoder": decoder}
        self.applied: tuple[Applied, ...] = (*in_encoder, *in_decoder)

    def _run(self, section: Section, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        if x.ndim == 4:  # channels side by side in memory, which convolutions like best
            x = x.contiguous(memory_format=torch.channels_last)
        for step in self._steps[section]:
            x = step(x, kept)
        return x


def compiled(plan: ModelPlan, *, seed: int | None = None) -> CompiledAutoencoder:
    """Build the model of ``plan`` for speed; the same weights as ``build`` with the same seed.

    Example:
        >>> import archsearch
        >>> from archsearch import nn
        >>> plan = archsearch.load("specs/acml-nine-layer.yaml").plan()
        >>> plain, fast = nn.build(plan, seed=0), nn.compiled(plan, seed=0)
        >>> pictures_NCHW = torch.rand(2, 3, 32, 32)
        >>> torch.allclose(plain(pictures_NCHW), fast(pictures_NCHW), atol=1e-6)
        True
    """
    with weights_from(seed):
        return CompiledAutoencoder(plan).to(memory_format=torch.channels_last)
