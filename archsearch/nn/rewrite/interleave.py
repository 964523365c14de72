"""Results of all phases, side by side as channels, brought to their rows and columns."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx, once_differentiable

from archsearch.nn.rewrite.axis import Axis, phases

__all__ = ["Interleaving", "interleave"]


@dataclass(frozen=True)
class Interleaving:
    """Which number of a picture is which of its phases.

    Attributes:
        rows: of the picture.
        columns: of the picture.
    """

    rows: Axis
    columns: Axis

    @property
    def by_rows(self) -> bool:
        """Whether all columns of the phases are columns of the picture."""
        return self.columns.woven == self.columns.wanted

    def parts(self, phases_NCHW: Tensor) -> list[Tensor]:
        """Give views of what ``PhaseConvolve`` gave, one for each phase along rows.

        Args:
            phases_NCHW: channels last in memory.
        """
        by_row = self._by_row(phases_NCHW)
        return [by_row[:, here, :, r] for r, (_, here) in enumerate(phases(self.rows))]

    def places(self, picture_NCHW: Tensor) -> list[Tensor]:
        """Give views of a picture, as many and as large as ``parts`` has: where those belong.

        Args:
            picture_NCHW: N×C×H'×(all columns of the phases), channels last in memory.
        """
        count, channels, height, width = picture_NCHW.shape
        scale = self.columns.scale
        lines = picture_NCHW.permute(0, 2, 3, 1)
        lines = lines.view(count, height, width // scale, scale * channels)
        return [lines[:, there] for there, _ in phases(self.rows)]

    def clear_unread(self, phases_NCHW: Tensor) -> None:
        """Set to 0 what ``parts`` leaves out: rows of phases that lie beyond the picture."""
        by_row = self._by_row(phases_NCHW)
        for r, (_, here) in enumerate(phases(self.rows)):
            for unread in (slice(0, here.start), slice(here.stop, self.rows.steps)):
                if unread.start < unread.stop:
                    by_row[:, unread, :, r].zero_()

    def _by_row(self, phases_NCHW: Tensor) -> Tensor:
        """A view: picture, row, column, phase along rows, phase along columns and channel."""
        count, channels, high, wide = phases_NCHW.shape
        scale = self.rows.scale
        return phases_NCHW.permute(0, 2, 3, 1).view(count, high, wide, scale, channels // scale)


def interleave(phases_NCHW: Tensor, how: Interleaving) -> Tensor:
    """Give the picture of the phases, in memory of its own.

    Shape:
        N×(phases·C)×(rows of a phase)×(columns of a phase) → N×C×H×W
    """
    woven: Tensor = _Weave.apply(phases_NCHW, how)
    return woven


class _Weave(Function):
    """Bring each phase's results to their rows and columns: one copy there, one back.

    (Written with views, writing in place on the result would cost three more.)
    """

    @staticmethod
    def forward(ctx: FunctionCtx, phases_NCHW: Tensor, how: Interleaving) -> Tensor:
        ctx.how, ctx.given = how, phases_NCHW.shape  # type: ignore[attr-defined]
        rows, columns = how.rows, how.columns
        channels = phases_NCHW.shape[1] // (rows.scale * columns.scale)
        woven_NCHW = _empty(phases_NCHW, channels, rows.wanted, columns.woven)
        for part, place in zip(how.parts(phases_NCHW), how.places(woven_NCHW), strict=True):
            place.copy_(part)
        if how.by_rows:
            return woven_NCHW  # memory of its own, no view: an activation can write into it
        out_NCHW = _empty(phases_NCHW, channels, rows.wanted, columns.wanted)
        return out_NCHW.copy_(_columns(woven_NCHW, columns))

    @staticmethod
    @once_differentiable
    def backward(ctx: FunctionCtx, gradient_NCHW: Tensor) -> tuple[Tensor, None]:
        how, (_, channels, high, wide) = ctx.how, ctx.given  # type: ignore[attr-defined]
        rows, columns = how.rows, how.columns
        woven_NCHW = gradient_NCHW.contiguous(memory_format=torch.channels_last)
        if not how.by_rows:
            woven_NCHW = _empty(gradient_NCHW, gradient_NCHW.shape[1], rows.wanted, columns.woven)
            _columns(woven_NCHW.zero_(), columns).copy_(gradient_NCHW)
        phases_NCHW = _empty(gradient_NCHW, channels, high, wide)
        how.clear_unread(phases_NCHW)
        for part, place in zip(how.parts(phases_NCHW), how.places(woven_NCHW), strict=True):
            part.copy_(place)
        return phases_NCHW, None


def _empty(like: Tensor, channels: int, height: int, width: int) -> Tensor:
    return torch.empty(
        (len(like), channels, height, width),
        dtype=like.dtype,
        device=like.device,
        memory_format=torch.channels_last,
    )


def _columns(woven_NCHW: Tensor, columns: Axis) -> Tensor:
    return woven_NCHW.narrow(3, columns.cut, columns.wanted)
