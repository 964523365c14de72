"""Spearman's ρ of several columns with one error, resampled together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from archsearch.report.statistics.intervals import (
    BOOTSTRAP_FROM,
    Estimate,
    correlation_interval,
    nothing,
)
from archsearch.report.statistics.permutation import linear_p, orders
from archsearch.report.statistics.resampling import midranks, resampled

__all__ = ["spearman", "spearman_draws", "spearman_of", "spearman_with_p"]

Floats = npt.NDArray[np.float64]


def spearman(x_n: npt.ArrayLike, y_n: npt.ArrayLike) -> float:
    """Spearman's ρ; NaN where one of the two is constant."""
    x, y = (np.asarray(values, dtype=np.float64) for values in (x_n, y_n))
    if len(x) < 2:
        return float("nan")
    return float(spearman_draws(y, x[None], np.ones((1, len(x))))[0, 0])


def spearman_draws(y_n: Floats, columns_Vn: Floats, weights_Bn: Floats) -> Floats:
    """ρ of y with each column in each resample, shape (V, B); NaN where constant."""
    total_B = weights_Bn.sum(axis=1)
    centre_B = (total_B + 1) / 2
    y_Bn = midranks(y_n, weights_Bn) - centre_B[:, None]
    weighted_Bn = y_Bn * weights_Bn
    spread_B = np.einsum("bn,bn->b", weighted_Bn, y_Bn)
    found = np.empty((len(columns_Vn), len(weights_Bn)))
    for place, column_n in enumerate(columns_Vn):
        x_Bn = midranks(column_n, weights_Bn) - centre_B[:, None]
        product = spread_B * np.einsum("bn,bn,bn->b", weights_Bn, x_Bn, x_Bn)
        scale = np.sqrt(np.where(product > 1e-9, product, np.nan))
        found[place] = np.einsum("bn,bn->b", weighted_Bn, x_Bn) / scale
    return np.clip(found, -1, 1)


def spearman_of(x_n: npt.ArrayLike, y_n: npt.ArrayLike, *, seed: int = 0) -> Estimate:
    """ρ with its 95 % interval, without a p; the same wherever the same data stand."""
    x, y = (np.asarray(values, dtype=np.float64) for values in (x_n, y_n))
    n, value = len(x), spearman(x, y)
    drawn = None
    if n > BOOTSTRAP_FROM and np.isfinite(value):
        drawn = resampled(lambda weights_Bn: spearman_draws(y, x[None], weights_Bn), n, seed)[0]
    ends = correlation_interval("spearman", value, n, drawn)
    return nothing(n) if ends is None else Estimate(value, *ends, n, None)


def spearman_with_p(x_n: Floats, y_n: Floats, *, seed: int = 0) -> Estimate:
    """ρ with its 95 % interval and two-sided permutation p; of over 1,500, Student's."""
    estimate = spearman_of(x_n, y_n, seed=seed)
    if estimate.value is None:
        return estimate
    once = np.ones((1, len(x_n)))
    p = linear_p(midranks(y_n, once)[0], midranks(x_n, once)[0], orders(len(x_n), seed))
    return estimate._replace(p=p)
