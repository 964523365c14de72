"""Which rows of a tensor each row of the next one reads, along one axis.

Everything that moves pictures linearly, convolutions, poolings by mean, enlargements, is two
such maps, one for rows and one for columns, with a weight for each pair of keys. The way back,
of gradients, is the inverse map. Rows that read alike, at equal distances, are one :class:`Run`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import gcd

__all__ = ["AxisMap", "Run", "averaged", "convolved", "interpolated", "repeated", "spread"]


@dataclass(frozen=True)
class Run:
    """Rows ``start + step·q`` for q < ``count``; each reads rows ``stride·q + delta``.

    Attributes:
        start: the first row written.
        step: distance of rows written.
        count: how many.
        stride: distance of the rows read by one and by the next.
        taps: delta → keys of the weights whose sum belongs there.
    """

    start: int
    step: int
    count: int
    stride: int
    taps: tuple[tuple[int, tuple[int, ...]], ...]

    def beyond(self, size: int) -> tuple[int, int]:
        """How far it reads before the first and after the last of ``size`` rows."""
        deltas = [delta for delta, _ in self.taps] or [0]
        last = self.stride * (self.count - 1) + max(deltas)
        return max(0, -min(deltas)), max(0, last - (size - 1))


@dataclass(frozen=True)
class AxisMap:
    """A map and its inverse.

    Attributes:
        runs: how each row of the result reads; rows outside of the input read 0.
        inverse: how each row of the input's gradient reads those of the result's.
    """

    runs: tuple[Run, ...]
    inverse: tuple[Run, ...]

    def reversed(self) -> AxisMap:
        """The map of the transposed operation."""
        return AxisMap(self.inverse, self.runs)


Tap = tuple[int, int, int]
"""(phase, delta, key): rows P·q + phase read row Q·q + delta with a weight."""


def _periodic(period: int, stride: int, taps: Iterable[Tap], given: int, result: int) -> AxisMap:
    """The map in which row P·q + r reads Q·q + delta; its inverse is of the same kind.

    The row read is Q·q′ + r′ with r′ = delta mod Q, q′ = q + ⌊delta/Q⌋; seen from there, the row
    written is P·q′ + (r − P·⌊delta/Q⌋).
    """
    taps = [*taps]
    back = [(delta % stride, r - period * (delta // stride), key) for r, delta, key in taps]
    return AxisMap(_phases(period, stride, taps, result), _phases(stride, period, back, given))


def _phases(period: int, stride: int, taps: Sequence[Tap], size: int) -> tuple[Run, ...]:
    runs = []
    for r in range(min(period, size)):
        mine = _merged((delta, key) for phase, delta, key in taps if phase == r)
        runs.append(Run(r, period, len(range(r, size, period)), stride, mine))
    return tuple(runs)


def _merged(taps: Iterable[tuple[int, int]]) -> tuple[tuple[int, tuple[int, ...]], ...]:
    keys: dict[int, list[int]] = {}
    for delta, key in taps:
        keys.setdefault(delta, []).append(key)
    return tuple((delta, tuple(found)) for delta, found in sorted(keys.items()))


def convolved(
    given: int,
    result: int,
    *,
    kernel: int,
    stride: int = 1,
    before: int = 0,
    dilation: int = 1,
    scale: int = 1,
) -> AxisMap:
    """A window of ``kernel`` rows, on the rows repeated ``scale`` times; key j is its tap j.

    Row o reads rows S·o − before + d·j of the repeated input, which are rows
    ⌊(S·o − before + d·j)/scale⌋ of the input; that is periodic in scale/gcd(scale, S) rows.

    Example:
        >>> convolved(4, 8, kernel=3, before=1, scale=2).runs[0].taps  # two taps, not three
        ((-1, (0,)), (0, (1, 2)))
    """
    common = gcd(scale, stride)
    period = scale // common
    taps = [
        (r, (stride * r - before + dilation * j) // scale, j)
        for r in range(period)
        for j in range(kernel)
    ]
    return _periodic(period, stride // common, taps, given, result)


def repeated(given: int, scale: int) -> AxisMap:
    """Each row ``scale`` times; the only key is 0."""
    return convolved(given, given * scale, kernel=1, scale=scale)


def spread(given: int, scale: int, phase: int) -> AxisMap:
    """Row i to row ``scale``·i + phase; the other rows aren't written."""
    forward = Run(phase, scale, given, 1, ((0, (0,)),))
    return AxisMap((forward,), (Run(0, 1, given, scale, ((phase, (0,)),)),))


Coefficients = Mapping[int, float]


def averaged(
    given: int, result: int, *, kernel: int, stride: int, before: int
) -> tuple[AxisMap, list[float]]:
    """The mean of a window's real rows; the key is a place in the list of coefficients."""
    rows = []
    for o in range(result):
        first = o * stride - before
        real = range(max(first, 0), min(first + kernel, given))
        rows.append({i: 1 / len(real) for i in real})
    return _explicit(rows, 1, stride, given)


def interpolated(given: int, scale: int) -> tuple[AxisMap, list[float]]:
    """Linear between pixel centres, constant beyond the outer ones (corners not aligned)."""
    rows = []
    for o in range(given * scale):
        # Its place is (o + ½)/scale − ½; in whole numbers, so that equal shares are equal bits.
        low, rest = divmod(max(2 * o + 1 - scale, 0), 2 * scale)
        share = rest / (2 * scale)
        rows.append({low: 1 - share, low + 1: share} if share and low + 1 < given else {low: 1.0})
    return _explicit(rows, scale, 1, given)


def _explicit(
    rows: Sequence[Coefficients], period: int, stride: int, given: int
) -> tuple[AxisMap, list[float]]:
    """The map of listed rows; runs are found by comparing neighbors of a phase."""
    back: list[dict[int, float]] = [{} for _ in range(given)]
    for o, row in enumerate(rows):
        for i, coefficient in row.items():
            back[i][o] = coefficient
    values: dict[float, int] = {}
    runs = _found(rows, period, stride, values)
    return AxisMap(runs, _found(back, stride, period, values)), [*values]


def _found(
    rows: Sequence[Coefficients], period: int, stride: int, values: dict[float, int]
) -> tuple[Run, ...]:
    runs: list[Run] = []
    for r in range(min(period, len(rows))):
        before = None
        for q, o in enumerate(range(r, len(rows), period)):
            key = {i - stride * q: c for i, c in rows[o].items()}
            if key == before:
                last = runs[-1]
                runs[-1] = Run(last.start, period, last.count + 1, stride, last.taps)
                continue
            before = key
            taps = _merged(
                (i, values.setdefault(c, len(values))) for i, c in sorted(rows[o].items())
            )
            runs.append(Run(o, period, 1, stride, taps))
    return tuple(runs)
