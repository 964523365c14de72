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

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd import Function
from torch.autograd.function import FunctionCtx, once_differentiable
from torch.nn import functional

from archsearch.nn.rewrite.steps import Step
from archsearch.spec.shape import Pads, Pair

__all__ = ["Axis", "PhaseConvolve", "along"]


class Axis(NamedTuple):
    """What happens along rows or columns.

    Attributes:
        scale: of the upsampling, s.
        taps: of the original kernel, k.
        dilation: of the original kernel, d.
        before: zeros before the first row, t.
        given: rows of the small picture.
        wanted: rows of the result.
        cut: interleaved rows before the first wanted one.
        first: the lowest place of a small tap, seen from q.
        small: taps of the small kernel.
    """

    scale: int
    taps: int
    dilation: int
    before: int
    given: int
    wanted: int
    cut: int
    first: int
    small: int

    @property
    def steps(self) -> int:
        """Places q at which the small kernel is laid."""
        return -(-(self.wanted + self.cut) // self.scale)

    @property
    def woven(self) -> int:
        """Rows after interleaving, before any are cut off."""
        return self.steps * self.scale

    def phase(self, r: int) -> tuple[slice, slice]:
        """Where the results of phase ``r`` go, and which of its places they are from."""
        start = (r - self.cut) % self.scale
        first = (start + self.cut - r) // self.scale
        count = -(-(self.wanted - start) // self.scale)
        return slice(start, None, self.scale), slice(first, first + count)

    @property
    def pads(self) -> tuple[int, int]:
        """Zeros before and after the small picture; negative numbers are cropped."""
        return -self.first, self.steps - self.given + self.first + self.small - 1


def along(
    scale: int, taps: int, dilation: int, before: int, after: int, given: int, *, tight: bool
) -> Axis:
    """Describe one axis; ``tight`` makes the small kernel as small as it gets.

    Example:
        >>> along(2, 3, 1, 1, 1, 8, tight=False).small, along(2, 3, 1, 1, 1, 8, tight=True).small
        (3, 2)
    """
    wanted = scale * given + before + after - dilation * (taps - 1)
    made = []
    for cut in {0, -before % scale if tight else 0}:
        first = -(before + cut) // scale
        last = (scale - 1 - (before + cut) + dilation * (taps - 1)) // scale
        small = last - first + 1
        made.append(Axis(scale, taps, dilation, before, given, wanted, cut, first, small))
    return min(made, key=lambda axis: (axis.small, axis.cut))


@lru_cache(maxsize=256)
def _spread(axis: Axis) -> Tensor:
    """Which original tap goes to which small tap of each phase: taps × phases × small, 0 or 1."""
    spread = torch.zeros(axis.taps, axis.scale, axis.small, dtype=torch.float64)
    for tap in range(axis.taps):
        for phase in range(axis.scale):
            place = (phase - axis.before - axis.cut + axis.dilation * tap) // axis.scale
            spread[tap, phase, place - axis.first] = 1
    return spread


@lru_cache(maxsize=256)
def _folding(rows: Axis, columns: Axis, dtype: torch.dtype, device: torch.device) -> Tensor:
    """The matrix from kernels, flattened, to the small kernels of all phases, flattened."""
    with torch.inference_mode(False):  # it outlives the caller's mode
        both = torch.einsum("jrm,lsn->jlrsmn", _spread(rows), _spread(columns))
        return both.reshape(rows.taps * columns.taps, -1).to(device, dtype)


@dataclass(frozen=True)
class PhaseConvolve(Step):
    """Nearest upsampling by ``scale``, then ``conv``, done at low resolution.

    Weights are folded in each forward, so gradients reach the original ones.

    Shape:
        N×C×H×W → N×C'×H'×W', as upsampling and convolution give.
    """

    conv: nn.Conv2d
    pads: Pads
    scale: Pair
    tight: tuple[bool, bool]

    @property
    def fresh(self) -> bool:
        """Its backward reads input and weight only."""
        return True

    def __call__(self, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        """Convolve and interleave."""
        rows, columns = self._axes(x)
        weight, bias = self._folded(rows, columns)
        (top, bottom), (left, right) = rows.pads, columns.pads
        if top == bottom >= 0 and left == right >= 0:
            y = functional.conv2d(x, weight, bias, padding=(top, left))
        else:
            y = functional.conv2d(functional.pad(x, (left, right, top, bottom)), weight, bias)
        woven: Tensor = _Interleave.apply(y, rows, columns)
        return woven

    def _axes(self, x: Tensor) -> tuple[Axis, Axis]:
        kernel, dilation, pads = self.conv.kernel_size, self.conv.dilation, self.pads
        height, width = x.shape[2:]
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
        folded = weight.reshape(out * given, -1) @ _folding(
            rows, columns, weight.dtype, weight.device
        )
        small = folded.view(out, given, phases, rows.small, columns.small)
        return (
            small.permute(2, 0, 1, 3, 4).reshape(-1, given, rows.small, columns.small),
            None if bias is None else bias.repeat(phases),
        )


class _Interleave(Function):
    """Bring each phase's results to their rows and columns: one copy there, one back.

    (Written with views, writing in place on the result would cost three more.)
    """

    @staticmethod
    def forward(ctx: FunctionCtx, y_NCHW: Tensor, rows: Axis, columns: Axis) -> Tensor:
        ctx.axes, ctx.given = (rows, columns), y_NCHW.shape  # type: ignore[attr-defined]
        return _woven(y_NCHW, rows, columns)

    @staticmethod
    @once_differentiable
    def backward(ctx: FunctionCtx, gradient_NCHW: Tensor) -> tuple[Tensor, None, None]:
        (rows, columns), (count, channels, high, wide) = ctx.axes, ctx.given  # type: ignore[attr-defined]
        woven_NCHW = gradient_NCHW
        if not _whole(columns):
            woven_NCHW = _empty(gradient_NCHW, gradient_NCHW.shape[1], rows.wanted, columns.woven)
            _columns(woven_NCHW.zero_(), columns).copy_(gradient_NCHW)
        parts = woven_NCHW.permute(0, 2, 3, 1).reshape(count, rows.wanted, wide, -1)
        y_NCHW = _empty(gradient_NCHW, channels, high, wide)
        by_row = y_NCHW.permute(0, 2, 3, 1).view(count, high, wide, rows.scale, -1)
        for r in range(rows.scale):
            there, here = rows.phase(r)
            by_row[:, : here.start, :, r].zero_()
            by_row[:, here.stop :, :, r].zero_()
            by_row[:, here, :, r].copy_(parts[:, there])
        return y_NCHW, None, None


def _woven(y_NCHW: Tensor, rows: Axis, columns: Axis) -> Tensor:
    """In memory of its own, no view, so that an activation can write into it."""
    count, channels, high, wide = y_NCHW.shape
    by_row = y_NCHW.permute(0, 2, 3, 1).reshape(count, high, wide, rows.scale, -1)
    channels //= rows.scale * columns.scale
    woven_NCHW = _empty(y_NCHW, channels, rows.wanted, columns.woven)
    parts = woven_NCHW.permute(0, 2, 3, 1).view(count, rows.wanted, wide, -1)
    for r in range(rows.scale):
        there, here = rows.phase(r)
        parts[:, there].copy_(by_row[:, here, :, r])
    if _whole(columns):
        return woven_NCHW
    out_NCHW = _empty(y_NCHW, channels, rows.wanted, columns.wanted)
    return out_NCHW.copy_(_columns(woven_NCHW, columns))


def _empty(y_NCHW: Tensor, channels: int, height: int, width: int) -> Tensor:
    return torch.empty(
        (len(y_NCHW), channels, height, width),
        dtype=y_NCHW.dtype,
        device=y_NCHW.device,
        memory_format=torch.channels_last,
    )


def _whole(columns: Axis) -> bool:
    return columns.woven == columns.wanted


def _columns(woven_NCHW: Tensor, columns: Axis) -> Tensor:
    return woven_NCHW.narrow(3, columns.cut, columns.wanted)
