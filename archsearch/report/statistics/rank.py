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
from archsearch.report.statistics.permutation import linear_ps, orders
from archsearch.report.statistics.resampling import midranks, resampled

__all__ = [
    "spearman",
    "spearman_draws",
    "spearman_of",
    "spearman_with_p",
    "spearmans_of",
    "spearmans_with_p",
]

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
    return spearmans_of(y, x[None], seed=seed)[0]


def spearmans_of(y_n: Floats, columns_Vn: Floats, *, seed: int = 0) -> list[Estimate]:
    """:func:`spearman_of` y and each column, resampled together."""
    n = len(y_n)
    once = np.ones((1, n))
    values = spearman_draws(y_n, columns_Vn, once)[:, 0] if n > 1 else [np.nan] * len(columns_Vn)
    drawn: list[Floats | None] = [None] * len(columns_Vn)
    if n > BOOTSTRAP_FROM and np.isfinite(values).any():
        drawn = list(resampled(lambda w_Bn: spearman_draws(y_n, columns_Vn, w_Bn), n, seed))
    return [_estimate(float(value), n, each) for value, each in zip(values, drawn, strict=True)]


def _estimate(value: float, n: int, drawn_B: Floats | None) -> Estimate:
    ends = correlation_interval("spearman", value, n, drawn_B if np.isfinite(value) else None)
    return nothing(n) if ends is None else Estimate(value, *ends, n, None)


def spearman_with_p(x_n: Floats, y_n: Floats, *, seed: int = 0) -> Estimate:
    """ρ with its 95 % interval and two-sided permutation p; of over 1,500, Student's."""
    return spearmans_with_p(y_n, x_n[None], seed=seed)[0]


def spearmans_with_p(y_n: Floats, columns_Vn: Floats, *, seed: int = 0) -> list[Estimate]:
    """:func:`spearman_with_p` of y and each column."""
    estimates = spearmans_of(y_n, columns_Vn, seed=seed)
    if all(estimate.value is None for estimate in estimates):
        return estimates
    once, n = np.ones((1, len(y_n))), len(y_n)
    ranks = np.stack([midranks(x_n, once)[0] for x_n in columns_Vn])
    found = linear_ps(midranks(y_n, once)[0], ranks, orders(n, seed))
    return [
        estimate if estimate.value is None else estimate._replace(p=p)
        for estimate, p in zip(estimates, found, strict=True)
    ]
