"""95 % intervals of correlations, of their differences, and what they rest on.

A rank correlation's interval inverts a test: it holds every population value
under which the observed one lies in the central 95 % of simulated samples of
this n from a normal copula (ranks don't see the margins). ``bands.csv`` has
the upper ends, made by ``python -m benchmarks.intervals bands``; the lower ends
are their mirror images. Pearson's is Fisher's (1921), for normal errors only.

Where the bootstrap is wider, an interval goes half of the way to its ends, since
samples may have heavier tails than the copula: in full from :data:`BOOTSTRAP_IN_FULL`
architectures on, and from :data:`BOOTSTRAP_FROM` on ever more, so that no architecture too
many makes an answer weaker. The bootstrap's spread is half the width of its central
68.27 % on Fisher's z. A resample in perfect order counts as one swap off it: on
z a perfect order is infinite, and of ten architectures in nearly perfect order
a sixth of the resamples is in perfect order.

How often these intervals hold the truth: ``python -m benchmarks.coverage``.
"""

from __future__ import annotations

import math
from functools import lru_cache
from importlib import resources
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = [
    "BOOTSTRAP_FROM",
    "FEWEST",
    "QUANTILE",
    "Estimate",
    "Kind",
    "correlation_interval",
    "difference",
    "nothing",
    "steps_of",
    "strength_gap",
    "value_at",
]

Floats = npt.NDArray[np.float64]
Kind = Literal["spearman", "kendall", "pearson"]

BOOTSTRAP_FROM = 12
"""Architectures up to which the simulated interval stands alone."""
BOOTSTRAP_IN_FULL = 24
"""Architectures from which on the bootstrap counts in full."""
FEWEST = 4
"""Architectures below which no correlation is computed."""

WIDENED = 0.5
"""Of the way to the bootstrap's ends, how far an interval goes: all of it covers 99 % near ±1."""

QUANTILE = 1.959963984540054
"""Deviations from the middle of a normal distribution that hold 95 % of it."""

_NEARLY_ONE = 1 - 1e-12
_ONE_DEVIATION = (0.15865525393145707, 0.8413447460685429)


class Estimate(NamedTuple):
    """A statistic with its 95 % interval; None where it can't be computed.

    ``n`` is the number of architectures, ``p`` the two-sided permutation p.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    p: float | None

    @property
    def clear(self) -> bool:
        """Whether the interval excludes 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def nothing(n: int) -> Estimate:
    """An estimate that can't be made."""
    return Estimate(None, None, None, n, None)


def correlation_interval(
    kind: Kind, value: float, n: int, drawn_B: Floats | None = None
) -> tuple[float, float] | None:
    """The interval of a correlation of n architectures; None for fewer than four.

    Args:
        kind: which correlation.
        value: as observed.
        n: architectures, less one for each variable that is held equal.
        drawn_B: the value in each bootstrap resample, NaN where it has none.

    Example:
        >>> low, high = correlation_interval("spearman", -0.9879, 10)  # one swap off −1
        >>> low, round(high, 2)
        (-1.0, -0.9)
    """
    if n < FEWEST or not np.isfinite(value):
        return None
    upper = _fisher if kind == "pearson" else _simulated
    low, high = -upper(kind, -value, n), upper(kind, value, n)
    if drawn_B is not None and n > BOOTSTRAP_FROM:
        trusted = WIDENED * min((n - BOOTSTRAP_FROM) / (BOOTSTRAP_IN_FULL - BOOTSTRAP_FROM), 1.0)
        reach = QUANTILE * _deviation(_z(drawn_B[np.isfinite(drawn_B)], n))
        middle = float(_z(np.asarray(value), n))
        low -= trusted * max(low - math.tanh(middle - reach), 0.0)
        high += trusted * max(math.tanh(middle + reach) - high, 0.0)
    return min(float(low), value), max(float(high), value)


def difference(one: Estimate, other: Estimate, together: float = 0.0) -> Estimate:
    """The first minus the other, with the interval that Zou (2007) makes of theirs.

    Args:
        one: a correlation with its interval.
        other: another.
        together: correlation of the two estimates; 0 for different architectures.
    """
    n = min(one.n, other.n)
    parts = (*one[:3], *other[:3])
    if any(part is None for part in parts):
        return nothing(n)
    r, low, high, s, s_low, s_high = (float(part or 0.0) for part in parts)

    def reach(first: float, second: float) -> float:
        return float(max(first**2 + second**2 - 2 * together * first * second, 0.0) ** 0.5)

    below, above = reach(r - low, s_high - s), reach(high - r, s - s_low)
    return Estimate(r - s, r - s - below, r - s + above, n, None)


def strength_gap(one: Estimate, other: Estimate, one_B: Floats, other_B: Floats) -> Estimate:
    """|one| − |other| of the same architectures, whose estimates rise and fall together.

    How much together is taken from their bootstrap resamples.
    """
    both = np.isfinite(one_B) & np.isfinite(other_B)
    first, second = (_turned(each) for each in (one, other))
    x, y = one_B[both] * first[1], other_B[both] * second[1]
    varied = len(x) > 2 and np.ptp(x) > 0 and np.ptp(y) > 0
    together = float(np.corrcoef(x, y)[0, 1]) if varied else 0.0
    return difference(first[0], second[0], together)


def _turned(estimate: Estimate) -> tuple[Estimate, float]:
    """The estimate with a positive value, and the sign that it had."""
    if estimate.value is None or estimate.value >= 0 or estimate.low is None:
        return estimate, 1.0
    value, low, high = -estimate.value, -(estimate.high or 0.0), -estimate.low
    return Estimate(value, low, high, estimate.n, estimate.p), -1.0


def _z(correlation: Floats, n: int) -> Floats:
    """Fisher's z, a perfect order taken for one swap off it."""
    most = 1 - 12 / (n**3 - n)
    z: Floats = np.arctanh(np.clip(correlation, -most, most))
    return z


def _deviation(drawn_B: Floats) -> float:
    """Half the width of the central 68.27 %: the deviation, if single outliers don't count."""
    if not len(drawn_B):
        return 0.0
    low, high = np.quantile(drawn_B, _ONE_DEVIATION)
    return float(high - low) / 2


def _fisher(_: Kind, value: float, n: int) -> float:
    return float(
        np.tanh(np.arctanh(np.clip(value, -_NEARLY_ONE, _NEARLY_ONE)) + QUANTILE / (n - 3) ** 0.5)
    )


def _simulated(kind: Kind, value: float, n: int) -> float:
    """The largest population value whose band still holds ``value``.

    An n without bands takes those of the next smaller, which shrink with 1/√(n − 3).
    """
    nearest = max(known for which, known in _bands() if which == kind and known <= n)
    values, uppers = _bands()[kind, nearest]
    if n == nearest:
        return float(np.interp(value, values, uppers))
    inner = slice(1, -1)  # the ends are perfect orders, infinite on z
    z, above = (
        np.arctanh(np.clip(each[inner], -_NEARLY_ONE, _NEARLY_ONE)) for each in (values, uppers)
    )
    middle = _z(np.asarray(value), n)
    reach = np.interp(middle, z, above - z) * ((nearest - 3) / (n - 3)) ** 0.5
    return float(np.tanh(middle + reach))


def steps_of(kind: Kind, n: int) -> int:
    """How many steps lead from −1 to 1 over the values that n things without ties can have.

    Example:
        >>> steps_of("spearman", 4), steps_of("kendall", 4)
        (10, 6)
    """
    return (n**3 - n) // 6 if kind == "spearman" else n * (n - 1) // 2


def value_at(kind: Kind, n: int, steps: npt.NDArray[np.int64]) -> Floats:
    """The values so many steps from −1."""
    return np.asarray(steps * 2.0 / steps_of(kind, n) - 1)


@lru_cache(maxsize=1)
def _bands() -> dict[tuple[Kind, int], tuple[Floats, Floats]]:
    """For each measure and n: observed values, and the upper end of each."""
    text = resources.files(__package__).joinpath("bands.csv").read_text(encoding="utf-8")
    found: dict[tuple[Kind, int], tuple[Floats, Floats]] = {}
    for line in text.splitlines()[1:]:
        measure, n, steps, uppers = line.split(",")
        kind: Kind = "spearman" if measure == "spearman" else "kendall"
        places = np.array(steps.split(), dtype=np.int64)
        found[kind, int(n)] = (
            value_at(kind, int(n), places),
            np.array(uppers.split(), dtype=np.float64),
        )
    return found
