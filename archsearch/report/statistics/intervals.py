"""95 % intervals around a statistic, from its bootstrap resamples."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["fisher_interval", "student_interval", "textbook_variance"]

Floats = npt.NDArray[np.float64]

_NORMAL_QUANTILE = 1.959963984540054
_ONE_DEVIATION = (0.15865525393145707, 0.8413447460685429)
_NEARLY_ONE = 1 - 1e-6
_FEWEST = 4


def textbook_variance(measure: str, n: int) -> float | None:
    """Variance of Fisher's z in bivariate normal data; None where n leaves no freedom.

    1/(n−3) for Pearson (Fisher 1921), 1.06/(n−3) for Spearman and
    0.437/(n−4) for Kendall (Fieller, Hartley & Pearson 1957). A partial
    correlation given three others has three architectures fewer to vary.

    Example:
        >>> round(textbook_variance("spearman", 48), 4)
        0.0236
    """
    free = n - 3 if measure == "partial_spearman" else n
    if free < _FEWEST:
        return None
    if measure == "kendall":
        return 0.437 / max(free - 4, 0.5)
    return (1.0 if measure == "pearson_loglog" else 1.06) / (free - 3)


def fisher_interval(
    value: float, drawn_B: Floats, least_variance: float, n: int
) -> tuple[float, float]:
    """The interval of a correlation, laid around it on Fisher's z = artanh r.

    Args:
        value: the correlation of the data.
        drawn_B: that of each resample, NaN where it has none.
        least_variance: of z; a narrower bootstrap is not believed.
        n: architectures; a perfect correlation is taken for 1 − 1/(n(n−1)),
            so that it gets a width too.
    """
    z_B = np.arctanh(np.clip(drawn_B, -_NEARLY_ONE, _NEARLY_ONE))
    deviation = max(_deviation(z_B), least_variance**0.5)
    largest = 1 - 1 / (n * (n - 1)) if abs(value) > _NEARLY_ONE else _NEARLY_ONE
    centre = np.arctanh(np.clip(value, -largest, largest))
    low, high = np.tanh([centre - reach for reach in _both(_NORMAL_QUANTILE * deviation)])
    return min(float(low), value), max(float(high), value)


def student_interval(
    value: float, drawn_B: Floats, least_deviation: float, freedom: int
) -> tuple[float, float]:
    """The interval of a slope: Student's quantile times the wider of two standard errors."""
    from scipy import stats

    deviation = max(_deviation(drawn_B), least_deviation)
    reach = float(stats.t.ppf(0.975, freedom)) * deviation
    return value - reach, value + reach


def _deviation(drawn_B: Floats) -> float:
    """Half the width of the central 68.27 %: the deviation, if single outliers don't count."""
    usable = drawn_B[np.isfinite(drawn_B)]
    if not len(usable):
        return 0.0
    low, high = np.quantile(usable, _ONE_DEVIATION)
    return float(high - low) / 2


def _both(reach: float) -> tuple[float, float]:
    return reach, -reach
