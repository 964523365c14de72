"""What becomes of rows, or of columns, when an upsampling and a convolution are done in one.

The formulas are those of ``phases``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

__all__ = ["Axis", "along", "phases"]


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

    @property
    def pads(self) -> tuple[int, int]:
        """Zeros before and after the small picture; negative numbers are cropped."""
        return -self.first, self.steps - self.given + self.first + self.small - 1


@lru_cache(maxsize=1024)
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


@lru_cache(maxsize=1024)
def phases(axis: Axis) -> tuple[tuple[slice, slice], ...]:
    """For each phase: where its results go, and which of its places they are from.

    Example:
        >>> phases(along(2, 3, 1, 1, 1, 8, tight=True))
        ((slice(1, None, 2), slice(1, 9, None)), (slice(0, None, 2), slice(0, 8, None)))
    """
    made = []
    for r in range(axis.scale):
        start = (r - axis.cut) % axis.scale
        first = (start + axis.cut - r) // axis.scale
        count = -(-(axis.wanted - start) // axis.scale)
        made.append((slice(start, None, axis.scale), slice(first, first + count)))
    return tuple(made)
