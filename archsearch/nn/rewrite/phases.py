"""An upsampling and the convolution after it as one convolution at low resolution.

Nearest upsampling by s repeats each row s times, so a window of k rows on the
large picture sees few different rows of the small one. Output row o = s·q + r
(r: its phase) reads, with tap j, row ⌊(s·q + r − t + d·j)/s⌋ = q + ⌊(r − t + d·j)/s⌋ of the
small picture, t rows of zeros above, dilation d. So each of the s phases is a
convolution of the small picture whose taps are sums of the original ones, and all phases
together one convolution with s times the channels for each axis, whose results are then
interleaved. A row outside the large picture is one outside the small picture and the other
way round, so borders are exact too. (For learned phases: Shi et al. 2016, arXiv:1609.05158.)

For kernel 3 and scale 2 a phase has two taps, but the two phases' taps spread over three
rows; starting the interleaved rows one earlier, and leaving that row out, makes
them two: a third fewer products. Along rows that is for free, as each phase's rows are
copied by themselves anyway; along columns it takes one more copy.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional

from archsearch.nn.rewrite.axis import Axis, along
from archsearch.nn.rewrite.interleave import Interleaving, interleave
from archsearch.nn.rewrite.steps import Step
from archsearch.spec.shape import Pads, Pair

__all__ = ["Folding", "PhaseConvolve"]


class Folding(nn.Module):
    """The matrix from kernels, flattened, to the small kernels of all phases, flattened: 0 and 1.

    It follows from the layer alone, whatever the size of its input, so it is made with the
    model and moves with it. It is no weight: no file of weights holds it.

    Attributes:
        matrix: (taps along rows × taps along columns) × (phases × small taps).
    """

    matrix: Tensor

    def __init__(self, rows: Axis, columns: Axis) -> None:
        super().__init__()
        both = torch.einsum("jrm,lsn->jlrsmn", _spread(rows), _spread(columns))
        matrix = both.reshape(rows.taps * columns.taps, -1)
        self.register_buffer("matrix", matrix, persistent=False)


def _spread(axis: Axis) -> Tensor:
    """Which original tap goes to which small tap of each phase: taps × phases × small, 0 or 1."""
    spread = torch.zeros(axis.taps, axis.scale, axis.small)
    for tap in range(axis.taps):
        for phase in range(axis.scale):
            place = (phase - axis.before - axis.cut + axis.dilation * tap) // axis.scale
            spread[tap, phase, place - axis.first] = 1
    return spread


@dataclass(frozen=True)
class PhaseConvolve(Step):
    """Nearest upsampling by ``scale``, then ``conv``, done at low resolution.

    Weights are folded in each forward, so gradients reach the original ones.

    Shape:
        N×C×H×W → N×C'×H'×W', as upsampling and convolution give.

    Attributes:
        conv: holds weight and bias.
        pads: zeros on each side of the large picture.
        scale: of the upsampling.
        tight: whether rows, and columns, take as few products as they can.
        folding: how the weight becomes that of the small picture.
    """

    conv: nn.Conv2d
    pads: Pads
    scale: Pair
    tight: tuple[bool, bool]
    folding: Folding = field(init=False)

    def __post_init__(self) -> None:
        """Make the folding; it is that of an input of any size."""
        object.__setattr__(self, "folding", Folding(*self._axes(1, 1)))

    @property
    def fresh(self) -> bool:
        """Its backward reads input and weight only."""
        return True

    def __call__(self, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        """Convolve, which gives the results of all phases as channels, and interleave."""
        rows, columns = self._axes(*x.shape[2:])
        weight, bias = self._folded(rows, columns)
        (top, bottom), (left, right) = rows.pads, columns.pads
        if top == bottom >= 0 and left == right >= 0:
            y = functional.conv2d(x, weight, bias, padding=(top, left))
        else:
            y = functional.conv2d(functional.pad(x, (left, right, top, bottom)), weight, bias)
        y = y.contiguous(memory_format=torch.channels_last)
        return interleave(y, Interleaving(rows, columns))

    def _axes(self, height: int, width: int) -> tuple[Axis, Axis]:
        kernel, dilation, pads = self.conv.kernel_size, self.conv.dilation, self.pads
        sides = ((pads.top, pads.bottom), (pads.left, pads.right))
        rows, columns = (
            along(self.scale[axis], kernel[axis], dilation[axis], *sides[axis], given, tight=tight)
            for axis, (given, tight) in enumerate(zip((height, width), self.tight, strict=True))
        )
        return rows, columns

    def _folded(self, rows: Axis, columns: Axis) -> tuple[Tensor, Tensor | None]:
        """Small kernels of all phases, phases before channels, and the bias for each."""
        weight, bias = self.conv.weight, self.conv.bias
        out, given = weight.shape[:2]
        phases = rows.scale * columns.scale
        folded = weight.reshape(out * given, -1) @ self.folding.matrix.to(weight)
        small = folded.view(out, given, phases, rows.small, columns.small)
        return (
            small.permute(2, 0, 1, 3, 4).reshape(-1, given, rows.small, columns.small),
            None if bias is None else bias.repeat(phases),
        )
