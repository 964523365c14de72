"""Permutation p-values: how often chance alone gives as strong a relation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["freedman_lane", "kendall_p", "linear_p", "orders"]

Floats = npt.NDArray[np.float64]
Orders = npt.NDArray[np.intp]

PERMUTATIONS = 4999


def orders(n: int, rng: np.random.Generator) -> Orders:
    """Random orders of n things, shape (permutations, n); fewer of thousands."""
    permutations = PERMUTATIONS if n <= 2000 else 499
    return rng.permuted(np.tile(np.arange(n), (permutations, 1)), axis=1)


def linear_p(y_n: Floats, x_n: Floats, orders_Bn: Orders) -> float:
    """Two-sided p of the correlation of y and x (ranks or logs).

    (1 + hits)/(1 + permutations), never 0 (Phipson & Smyth 2010).
    """
    unit = x_n - x_n.mean()
    observed = abs(float(y_n @ unit))
    hits = np.count_nonzero(np.abs(y_n[orders_Bn] @ unit) >= observed * (1 - 1e-9))
    return float((1 + hits) / (1 + len(orders_Bn)))


def freedman_lane(
    y_n: Floats, columns_nC: Floats, rest_nR: Floats, orders_Bn: Orders
) -> tuple[float, float] | None:
    """Partial R² of ``columns`` given ``rest``, and its permutation p.

    What ``rest`` leaves of y is permuted, put back on what it explains, and
    both models are fitted anew in each permutation (Freedman & Lane 1983):
    residuals of permuted residuals, since permuting alone would let chance
    correlate with ``rest`` too. For one column R² is the squared partial
    correlation. None where ``rest`` explains y.

    Args:
        y_n: what is explained, shape (n,).
        columns_nC: what is tested, shape (n, C).
        rest_nR: what is held equal, a column of ones among it, shape (n, R).
        orders_Bn: permutations, shape (B, n).
    """
    small, _ = np.linalg.qr(rest_nR)
    full, _ = np.linalg.qr(np.column_stack([rest_nR, columns_nC]))
    left = y_n - small @ (small.T @ y_n)
    if left @ left <= 1e-20 * max(float(y_n @ y_n), 1.0):
        return None
    drawn = np.vstack([left, left[orders_Bn]])
    by_rest = ((drawn @ small) ** 2).sum(axis=1)
    gained = ((drawn @ full) ** 2).sum(axis=1) - by_rest
    share = gained / np.maximum(float(left @ left) - by_rest, 1e-300)
    hits = np.count_nonzero(share[1:] >= share[0] * (1 - 1e-9))
    return float(np.clip(share[0], 0, 1)), float((1 + hits) / (1 + len(orders_Bn)))


def kendall_p(y_n: Floats, x_n: Floats) -> float:
    """Two-sided p of τ-b: the permutation distribution's exact form, or its moments for ties.

    Permuting would cost n² each (Kendall 1970 gives both).
    """
    from scipy import stats

    return float(stats.kendalltau(x_n, y_n).pvalue)
