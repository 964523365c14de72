"""Least squares with intervals that unequal spread doesn't mislead.

Every slope and effect on a page has this interval: Student's quantile times
the HC3 standard error (MacKinnon & White 1985).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from archsearch.report.statistics.intervals import Estimate, nothing

__all__ = ["estimates", "log_log_slope"]

Floats = npt.NDArray[np.float64]


def estimates(design_nV: Floats, y_n: Floats, wanted: int) -> list[Estimate]:
    """The first ``wanted`` coefficients of y on the columns of ``design``.

    Without a value where columns depend on each other or fewer than two
    degrees of freedom are left.
    """
    from scipy import stats

    n, freedom = len(y_n), len(y_n) - design_nV.shape[1]
    if freedom < 2 or np.linalg.matrix_rank(design_nV) < design_nV.shape[1] or np.ptp(y_n) == 0:
        return [nothing(n)] * wanted
    inverse = np.linalg.inv(design_nV.T @ design_nV)
    weights = inverse @ design_nV.T @ y_n
    leverage = np.einsum("ij,jk,ik->i", design_nV, inverse, design_nV)
    scaled = (y_n - design_nV @ weights) / np.maximum(1 - leverage, 1e-6)
    meat = (design_nV * scaled[:, None] ** 2).T @ design_nV
    errors = np.sqrt(np.diag(inverse @ meat @ inverse))
    reach = float(stats.t.ppf(0.975, freedom)) * errors
    p = 2 * stats.t.sf(np.abs(weights) / np.maximum(errors, 1e-300), freedom)
    ends = zip(weights - reach, weights + reach, p, strict=True)
    return [
        Estimate(float(weights[place]), float(low), float(high), n, float(chance))
        for place, (low, high, chance) in enumerate(ends)
    ][:wanted]


def log_log_slope(
    size_n: npt.ArrayLike, mse_n: npt.ArrayLike, groups: Sequence[object] | None = None
) -> Estimate:
    """The slope of log MSE on log size; with ``groups``, within them.

    Within groups each has a level of its own, and the slope is what they have
    in common. Groups of one tell nothing and don't count.

    Example:
        >>> size = [1.0, 2.0, 4.0, 8.0, 1.0, 2.0, 4.0, 8.0]
        >>> mse = [8.0, 4.0, 2.0, 1.0, 80.0, 40.0, 20.0, 10.1]
        >>> round(log_log_slope(size, mse, list("aaaabbbb")).value, 2)
        -1.0
    """
    x, y = (np.log(np.asarray(each, dtype=np.float64)) for each in (size_n, mse_n))
    labels = np.zeros(len(x), dtype=np.intp)
    if groups is not None:
        _, labels = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
        kept = np.bincount(labels)[labels] > 1
        x, y, labels = x[kept], y[kept], np.unique(labels[kept], return_inverse=True)[1]
    if not len(x) or np.ptp(x) == 0:
        return nothing(len(x))
    levels = (labels[:, None] == np.arange(labels.max() + 1)).astype(np.float64)
    return estimates(np.column_stack([x, levels]), y, 1)[0]
