"""Noise of the seed against the effect of the architecture: two-way variance components.

log MSE of architecture a with seed s is μ + α_a + β_s + ε_as, all random
(Shrout & Fleiss 1979, case 2). From the mean squares of a balanced table:
var ε = MS_e, var α = (MS_a − MS_e)/S, var β = (MS_s − MS_e)/A, none under 0.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from archsearch.report.statistics.intervals import QUANTILE

__all__ = ["NoiseShares", "noise_shares"]

Floats = npt.NDArray[np.float64]


class NoiseShares(NamedTuple):
    """Standard deviations of log MSE, and what they mean for comparing architectures.

    Attributes:
        architecture: between architectures.
        seed: of a seed over all architectures.
        rest: of one run, what neither explains: the noise.
        share: of the variance of one run that is the architecture's: ICC(2,1).
        low: lower end of the share's 95 % interval.
        high: its upper end.
        share_of_mean: the same of the mean over the seeds: ICC(2,k).
        discernible: the factor by which two architectures' mean errors must
            differ to be told apart at 95 % (2 is twice).
        architectures: rows of the table.
        seeds: its columns.
    """

    architecture: float
    seed: float
    rest: float
    share: float
    low: float
    high: float
    share_of_mean: float
    discernible: float
    architectures: int
    seeds: int


def noise_shares(log_error_AS: npt.ArrayLike) -> NoiseShares | None:
    """Variance components of a full table, architectures × seeds.

    The share's interval is that of Shrout & Fleiss (1979, p. 424). None with
    fewer than two rows or columns, or without any variance.

    Example:
        >>> ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8],
        ...            [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
        >>> found = noise_shares(ratings)
        >>> round(found.share, 2), round(found.share_of_mean, 2)
        (0.29, 0.62)
    """
    table = np.asarray(log_error_AS, dtype=np.float64)
    if table.ndim != 2 or min(table.shape) < 2 or np.ptp(table) == 0:
        return None
    rows, columns = table.shape
    whole = table.mean()
    by_row, by_column = table.mean(axis=1), table.mean(axis=0)
    left = table - by_row[:, None] - by_column + whole
    ms_a = columns * float(((by_row - whole) ** 2).sum()) / (rows - 1)
    ms_s = rows * float(((by_column - whole) ** 2).sum()) / (columns - 1)
    ms_e = float((left**2).sum()) / ((rows - 1) * (columns - 1))
    low, high = _share_interval(ms_a, ms_s, ms_e, rows, columns)
    single = ms_a + (columns - 1) * ms_e + columns * (ms_s - ms_e) / rows
    mean = ms_a + (ms_s - ms_e) / rows
    share = _clipped(ms_a - ms_e, single)
    return NoiseShares(
        architecture=max((ms_a - ms_e) / columns, 0.0) ** 0.5,
        seed=max((ms_s - ms_e) / rows, 0.0) ** 0.5,
        rest=ms_e**0.5,
        share=share,
        low=min(low, share),
        high=max(high, share),
        share_of_mean=_clipped(ms_a - ms_e, mean),
        discernible=float(np.exp(QUANTILE * (2 * ms_e / columns) ** 0.5)),
        architectures=rows,
        seeds=columns,
    )


def _clipped(over: float, under: float) -> float:
    return min(max(over / under, 0.0), 1.0) if under > 0 else 0.0


def _share_interval(
    ms_a: float, ms_s: float, ms_e: float, rows: int, columns: int
) -> tuple[float, float]:
    from scipy import stats

    if ms_e <= 0:
        return 1.0, 1.0
    share = (ms_a - ms_e) / (ms_a + (columns - 1) * ms_e + columns * (ms_s - ms_e) / rows)
    ratio = ms_s / ms_e
    seeds, rest = columns * share * ratio, rows * (1 + (columns - 1) * share) - columns * share
    freedom = (rows - 1) * (columns - 1) * (seeds + rest) ** 2
    freedom /= (rows - 1) * seeds**2 + rest**2
    upper = float(stats.f.ppf(0.975, rows - 1, freedom))
    lower = float(stats.f.ppf(0.975, freedom, rows - 1))
    both = columns * ms_s + (columns * rows - columns - rows) * ms_e
    low = rows * (ms_a - upper * ms_e) / (upper * both + rows * ms_a)
    high = rows * (lower * ms_a - ms_e) / (both + rows * lower * ms_a)
    return _finite(low, 0.0), _finite(high, 1.0)


def _finite(value: float, otherwise: float) -> float:
    return min(max(value, 0.0), 1.0) if np.isfinite(value) else otherwise
