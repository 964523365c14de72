"""The model that trains: the plain one's weights, run by rewritten steps."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from archsearch.nn.model import Autoencoder, weights_from
from archsearch.nn.rewrite import Applied, PhaseConvolve, Step, lower, rewritten
from archsearch.spec.plan.model import ModelPlan, Section

__all__ = ["CompiledAutoencoder", "compiled"]


class CompiledAutoencoder(Autoencoder):
    """An autoencoder that computes what the plain one does, with less work.

    Parameters, running statistics and their names are those of ``Autoencoder``, so weights
    and checkpoints go from one to the other. An exporter (``torch.export``, ``torch.onnx``)
    gets the plain layers, which other programs know.

    Attributes:
        applied: the rewrites that took place, in order.
    """

    def __init__(self, plan: ModelPlan) -> None:
        super().__init__(plan)
        encoder, in_encoder = rewritten(lower(plan.encoder, self.encoder, plan.kept))
        decoder, in_decoder = rewritten(lower(plan.decoder, self.decoder, plan.kept))
        self._steps: dict[Section, list[Step]] = {"encoder": encoder, "decoder": decoder}
        self.applied: tuple[Applied, ...] = (*in_encoder, *in_decoder)
        self._foldings = nn.ModuleList(
            step.folding for step in (*encoder, *decoder) if isinstance(step, PhaseConvolve)
        )  # here, so that they move with the model

    def _run(self, section: Section, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        if _exporting():
            return super()._run(section, x, kept)
        return _through(self._steps[section], x, kept)


def _exporting() -> bool:
    """Whether torch writes down what is computed, for other sizes of batches and other programs."""
    traced: bool = torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]
    return traced or torch.compiler.is_exporting()


def _through(steps: Sequence[Step], x: Tensor, kept: dict[int, Tensor]) -> Tensor:
    if x.ndim == 4:  # channels side by side in memory, which convolutions like best
        x = x.contiguous(memory_format=torch.channels_last)
    for step in steps:
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
