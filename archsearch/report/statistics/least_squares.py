"""Least squares whose intervals unequal spread and few observations don't mislead.

Standard errors are HC2 (MacKinnon & White 1985), and Student's degrees of freedom those
of Bell & McCaffrey (2002, as in Imbens & Kolesár 2016, eq. 5): a coefficient that hangs on
few observations has few. For two groups of equal spread this is nearly Welch's test, and
for differences of pairs exactly the paired t.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from archsearch.report.statistics.intervals import Estimate, nothing

__all__ = ["log_log_slope", "robust_estimates"]

Floats = npt.NDArray[np.float64]

_FEWEST_SPARE = 2
_FEWEST_FREE = 0.5
"""Of fewer, intervals hold a factor of a thousand in each direction, or no float holds them."""


def robust_estimates(
    design_nk: Floats, y_n: Floats, wanted: int, *, n: int | None = None
) -> list[Estimate]:
    """The first ``wanted`` coefficients, each with its 95 % interval and two-sided p.

    Both are of one t, so the interval excludes 0 where p < 0.05, and only there.

    Args:
        design_nk: a column for each coefficient.
        y_n: what is explained.
        wanted: how many are asked for.
        n: what the estimates give as their count; default the rows.

    Returns:
        Without values where columns depend on each other, fewer than two observations are
        to spare, or the fit is perfect, so that nothing is left to tell the spread by; and a
        coefficient that hangs on one observation, as by its degrees of freedom.
    """
    from scipy import stats

    rows, columns = design_nk.shape
    count = rows if n is None else n
    if rows - columns < _FEWEST_SPARE or np.linalg.matrix_rank(design_nk) < columns:
        return [nothing(count)] * wanted
    basis, triangle = np.linalg.qr(design_nk)
    leverage = np.minimum((basis**2).sum(axis=1), 1 - 1e-9)
    weights_kn = np.linalg.solve(triangle, basis.T)
    values = weights_kn @ y_n
    left = y_n - design_nk @ values
    if left @ left <= 1e-24 * (y_n @ y_n):
        return [nothing(count)] * wanted
    found = []
    for value, weights in zip(values[:wanted], weights_kn, strict=False):
        scaled = weights**2 / (1 - leverage)
        error = max(float(np.sqrt(scaled @ left**2)), 1e-300)
        freedom = _freedom(basis, leverage, scaled)
        if freedom < _FEWEST_FREE:
            found.append(nothing(count))
            continue
        reach = float(stats.t.ppf(0.975, freedom)) * error
        p = float(2 * stats.t.sf(abs(value) / error, freedom))
        found.append(Estimate(float(value), float(value - reach), float(value + reach), count, p))
    return found


def _freedom(basis_nk: Floats, leverage_n: Floats, scaled_n: Floats) -> float:
    """Satterthwaite's degrees of freedom of an HC2 variance, if the spread is equal.

    (tr MG)² / tr (MG)², with M what takes the residuals and G the diagonal of ``scaled_n``;
    written so that no n×n matrix is needed.
    """
    trace = float(scaled_n @ (1 - leverage_n))
    mixed = basis_nk.T @ (basis_nk * scaled_n[:, None])
    square = float(scaled_n**2 @ (1 - 2 * leverage_n)) + float((mixed**2).sum())
    return trace**2 / max(square, 1e-300)


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
    return robust_estimates(np.column_stack([x, levels]), y, 1)[0]
