"""The model that trains: the plain one's weights, run by rewritten steps."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from archsearch.nn.model import Autoencoder, weights_from
from archsearch.nn.rewrite import (
    Activate,
    Applied,
    Interleaving,
    PhaseConvolve,
    Step,
    interleave,
    lower,
    rewritten,
)
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
        encoder, in_encoder = rewritten(lower(plan.encoder, self.encoder, self._kept))
        decoder, in_decoder = rewritten(lower(plan.decoder, self.decoder, self._kept))
        self._steps: dict[Section, list[Step]] = {"encoder": encoder, "decoder": decoder}
        self.applied: tuple[Applied, ...] = (*in_encoder, *in_decoder)
        self._foldings = nn.ModuleList(
            step.folding for step in (*encoder, *decoder) if isinstance(step, PhaseConvolve)
        )  # here, so that they move with the model

    def forward_phases(self, x_NCHW: Tensor) -> tuple[Tensor, Interleaving | None]:
        """Give the output as the last convolution leaves it, and how it becomes a picture.

        Where that convolution gives all phases of an upsampled picture, a loss over all
        numbers alike has no need to see them in order.

        Shape:
            N×C×H×W → N×(phases·C')×(rows of a phase)×(columns of a phase) and their interleaving;
            or N×C'×H×W as :meth:`forward` gives it, and None.

        Example:
            >>> import archsearch
            >>> from archsearch.tasks import squared_error
            >>> model = compiled(archsearch.load("specs/acml-nine-layer.yaml").plan(), seed=0)
            >>> pictures_NCHW = torch.rand(2, 3, 32, 32)
            >>> output, order = model.forward_phases(pictures_NCHW)
            >>> tuple(output.shape)  # 2×2 phases of 3 channels, one row more than they need
            (2, 12, 17, 16)
            >>> error = squared_error(output, pictures_NCHW, order)
            >>> torch.allclose(error, squared_error(model(pictures_NCHW), pictures_NCHW))
            True
        """
        kept = {0: x_NCHW}
        x = self._run("encoder", x_NCHW, kept)
        before, last, activations = _ending(self._steps["decoder"])
        if last is None:
            return self._run("decoder", x, kept), None
        phases, how = last.phases(_through(before, x, kept))
        if not how.by_rows:
            return _through(activations, interleave(phases, how), kept), None
        return _through(activations, phases, kept), how

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


def _ending(steps: Sequence[Step]) -> tuple[Sequence[Step], PhaseConvolve | None, Sequence[Step]]:
    """Split where the last convolution gives phases, and nothing but activations follows."""
    end = len(steps)
    while end and isinstance(steps[end - 1], Activate):
        end -= 1
    last = steps[end - 1] if end else None
    if isinstance(last, PhaseConvolve):
        return steps[: end - 1], last, steps[end:]
    return steps, None, ()


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
