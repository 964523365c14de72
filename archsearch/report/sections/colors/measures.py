"""What is measured of predicted colors, and what several seeds say together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import log10, sqrt
from statistics import mean, stdev
from typing import NamedTuple

from archsearch.config import Baseline
from archsearch.records import Baselines, ColorScores, RunResult

__all__ = [
    "MEASURES",
    "Spread",
    "apart",
    "baseline_values",
    "interval_words",
    "measured",
    "spread",
]

_LEVEL = 0.95


class Spread(NamedTuple):
    """The mean over seeds, and from where to where it lies.

    With one seed there is no interval (None); with two it is their range; from three on
    it is Student's 95 % interval of the mean.

    Example:
        >>> spread([0.5, 0.7])
        Spread(mean=0.6, low=0.5, high=0.7, n=2)
    """

    mean: float
    low: float | None
    high: float | None
    n: int


def spread(values: Sequence[float]) -> Spread:
    """Mean and interval of one value a seed.

    Raises:
        ValueError: no values.
    """
    if not values:
        raise ValueError("no seed has this value")
    middle, n = mean(values), len(values)
    if n == 1:
        return Spread(middle, None, None, 1)
    if n == 2:
        return Spread(middle, min(values), max(values), 2)
    from scipy import stats

    reach = float(stats.t.ppf(0.5 + _LEVEL / 2, n - 1)) * stdev(values) / sqrt(n)
    return Spread(middle, middle - reach, middle + reach, n)


def interval_words(counts: Sequence[int]) -> str:
    """What the intervals of spreads with these numbers of seeds are, as a sentence."""
    found = set(counts)
    told = []
    if 2 in found:
        told.append("both seeds’ values")
    if any(n > 2 for n in found):
        told.append("Student’s 95 % interval of the mean of three or more")
    if not told:
        return "One seed each: there are no intervals, and no marks."
    single = "; one has none" if 1 in found else ""
    return f"Small type: {', '.join(told)}{single}."


def _color(name: str) -> Callable[[RunResult], float | None]:
    def read(result: RunResult) -> float | None:
        color = result.test.color
        return None if color is None else getattr(color, name)

    return read


MEASURES: Mapping[str, Callable[[RunResult], float | None]] = {
    "val_mse": lambda result: result.val.mse,
    "test_mse": lambda result: result.test.mse,
    "psnr": lambda result: result.test.psnr,
    **{name: _color(name) for name in ColorScores.model_fields},
}
"""How each measure is read; all are of RGB pictures in [0, 1], whatever a net predicts.

All but the first are of the test split.
"""


def measured(results: Sequence[RunResult]) -> dict[str, Spread | None]:
    """Each measure over the seeds of one variant; None where no seed has it."""
    found: dict[str, Spread | None] = {}
    for name, read in MEASURES.items():
        values = [value for result in results if (value := read(result)) is not None]
        found[name] = spread(values) if values else None
    return found


def baseline_values(baselines: Baselines) -> dict[Baseline, dict[str, float | None]]:
    """The measures of the baselines for colors; only what is known."""
    return {
        baseline: {
            "val_mse": errors.val,
            "test_mse": errors.test,
            "psnr": -10 * log10(errors.test) if errors.test else None,
            **({} if errors.color is None else errors.color.model_dump()),
        }
        for baseline, errors in baselines.known()
        if baseline.color and errors.test is not None
    }


def apart(one: Spread, other: Spread) -> bool:
    """Whether the intervals of two spreads share no value; False where one has none."""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.high < other.low or other.high < one.low
