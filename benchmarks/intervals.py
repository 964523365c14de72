"""The two tables that the report's intervals and the promise of ``space`` rest on, by simulation.

    python -m benchmarks.intervals bands  # writes archsearch/report/statistics/bands.csv
    python -m benchmarks.intervals power  # writes archsearch/space/detectable.csv

All draws are seeded. ``benchmarks.coverage`` tells what they are worth.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import stats

from archsearch.files import write_text
from archsearch.report.statistics import intervals
from archsearch.report.statistics.intervals import Kind
from archsearch.report.statistics.least_squares import log_log_slope
from archsearch.report.statistics.rank import spearman_of

__all__ = ["bands", "detectable", "kendall_of_copula", "main", "spearman_of_copula"]

Floats = npt.NDArray[np.float64]
ROOT = Path(__file__).resolve().parents[1]
DRAWS = 20_000
GRID = np.tanh(np.linspace(-6, 6, 241))
BANDED = (*range(intervals.FEWEST, 25), 28, 32, 40, 48, 64)
POINTS = 48
NEAR_THE_ENDS = 6
POWER = 0.8
STUDIES = 3000
SIZED = (*range(6, 13), 14, 16, 18, 20, 24, 32, 48, 64, 100, 200)


def spearman_of_copula(rho: npt.ArrayLike) -> Floats:
    """Spearman's ρ of a large sample from a normal copula of strength ``rho`` (Moran 1948)."""
    return np.asarray(6 / np.pi * np.arcsin(np.asarray(rho) / 2))


def kendall_of_copula(rho: npt.ArrayLike) -> Floats:
    """Kendall's τ of the same."""
    return np.asarray(2 / np.pi * np.arcsin(rho))


def bands() -> str:
    """``bands.csv``: for each measure and n, observed values and the upper end of each."""
    lines = ["measure,n,observed values as steps from -1,upper ends of their intervals"]
    for n in BANDED:
        for measure, simulate in SIMULATED:
            steps = _observable(measure, n)
            values = intervals.value_at(measure, n, steps)
            told = [f"{upper:.5f}".rstrip("0") for upper in _uppers(measure, simulate, values, n)]
            lines.append(",".join([measure, str(n), " ".join(map(str, steps)), " ".join(told)]))
        sys.stderr.write(f"\r{n} of {BANDED[-1]}")
    return "\n".join(lines) + "\n"


def _observable(measure: Kind, n: int) -> npt.NDArray[np.int64]:
    """Steps from −1 to the values that n things without ties can have: all, or 48 and the ends."""
    most = intervals.steps_of(measure, n)
    places = np.arange(most + 1)
    if most > 2 * POINTS:
        reach = np.arctanh(1 - 2 / most)
        spread = np.tanh(np.linspace(-reach, reach, POINTS))
        near = np.arange(NEAR_THE_ENDS + 1)
        places = np.unique(np.r_[near, np.round((1 + spread) * most / 2), most - near])
    return places.astype(np.int64)


def _uppers(measure: Kind, simulate: Callable[[Floats], Floats], values: Floats, n: int) -> Floats:
    """The largest population value under which so small a value isn't rarer than 2.5 %."""
    rng = np.random.default_rng([20, n])
    x = np.sort(rng.standard_normal((DRAWS, n)), axis=1)
    noise = rng.standard_normal((DRAWS, n))
    rarity = np.empty((len(GRID), len(values)))
    for place, rho in enumerate(GRID):
        drawn = np.sort(simulate(rho * x + np.sqrt(1 - rho**2) * noise))
        rarity[place] = np.searchsorted(drawn, values + 1e-6, side="right") / DRAWS
    scale = (spearman_of_copula if measure == "spearman" else kendall_of_copula)(GRID)
    return np.array([_crossing(scale, each) for each in rarity.T])


def _crossing(scale: Floats, rarity: Floats) -> float:
    """Where a falling rarity passes 2.5 %, between points of the scale on Fisher's z."""
    over = np.flatnonzero(rarity >= 0.025)
    if not len(over):
        return -1.0
    last = int(over[-1])
    if last == len(scale) - 1:
        return 1.0
    share = (rarity[last] - 0.025) / (rarity[last] - rarity[last + 1])
    z = np.arctanh(scale[last : last + 2])
    return float(np.tanh(z[0] + share * (z[1] - z[0])))


def _spearman(rows: Floats) -> Floats:
    """ρ of each row with its own order."""
    n = rows.shape[1]
    apart = np.argsort(rows, axis=1) - np.arange(n)
    return 1 - 6 * (apart**2).sum(axis=1) / (n**3 - n)


def _kendall(rows: Floats) -> Floats:
    """τ of each row with its own order."""
    n = rows.shape[1]
    total = np.zeros(len(rows))
    single = rows.astype(np.float32)
    for gap in range(1, n):
        total += np.count_nonzero(single[:, gap:] > single[:, :-gap], axis=1)
    return 4 * total / (n * (n - 1)) - 1


def detectable() -> str:
    """``detectable.csv``: the strength that four of five studies of n architectures show.

    Of Spearman's ρ; and of the correlation of logs, for the slope within trunks.
    """
    lines = ["architectures,spearman,slope within trunks"]
    for n in SIZED:
        found = [_shown_by_four_of_five(n, shows) for shows in (_rho_is_shown, _slope_is_shown)]
        lines.append(",".join([str(n), *("" if rho is None else f"{rho:.3f}" for rho in found)]))
        sys.stderr.write(f"{lines[-1]}\n")
    return "\n".join(lines) + "\n"


def _shown_by_four_of_five(n: int, shows: Callable[[Floats, Floats], bool]) -> float | None:
    """Where a line through the power at two strengths, on the normal scale, crosses 80 %.

    Twice: round a first guess, and closely round the place found. All strengths
    see the same draws.
    """
    rng = np.random.default_rng([21, n])
    x, noise = rng.standard_normal((2, STUDIES, n))

    def power(z: float) -> float:
        y = np.tanh(z) * x + noise / np.cosh(z)
        shown = sum(shows(*pair) for pair in zip(x, y, strict=True))
        return float(stats.norm.ppf((shown + 0.5) / (STUDIES + 1)))

    z, wanted = 2.9 / np.sqrt(n - 3), float(stats.norm.ppf(POWER))
    for nearness in (0.12, 0.04):
        low, high = z * (1 - nearness), z * (1 + nearness)
        at_low, at_high = power(low), power(high)
        z = low + (wanted - at_low) / max(at_high - at_low, 1e-9) * (high - low)
    if np.tanh(z) > 0.99:
        return None
    rho = np.tanh(z)
    return float(spearman_of_copula(rho) if shows is _rho_is_shown else rho)


def _rho_is_shown(x_n: Floats, y_n: Floats) -> bool:
    return spearman_of(x_n, y_n).clear


def _slope_is_shown(x_n: Floats, y_n: Floats) -> bool:
    return log_log_slope(np.exp(x_n), np.exp(y_n)).clear


SIMULATED: tuple[tuple[Kind, Callable[[Floats], Floats]], ...] = (
    ("spearman", _spearman),
    ("kendall", _kendall),
)
MADE = {
    "bands": (bands, ROOT / "archsearch/report/statistics/bands.csv"),
    "power": (detectable, ROOT / "archsearch/space/detectable.csv"),
}


def main() -> None:
    """Make the tables that are named."""
    for name in sys.argv[1:] or MADE:
        make, path = MADE[name]
        write_text(path, make())


if __name__ == "__main__":
    main()
