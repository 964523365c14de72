"""Permutation p-values: how often chance alone gives as strong a correlation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["kendall_p", "linear_p", "orders", "residuals"]

Floats = npt.NDArray[np.float64]
Orders = npt.NDArray[np.intp]


def orders(n: int, permutations: int, rng: np.random.Generator) -> Orders:
    """Random orders of n things, shape (permutations, n)."""
    return rng.permuted(np.tile(np.arange(n), (permutations, 1)), axis=1)


def linear_p(y_n: Floats, x_n: Floats, orders_Bn: Orders) -> float:
    """Two-sided p of the correlation of y and x (ranks, logs or residuals).

    (1 + hits)/(1 + permutations), never 0 (Phipson & Smyth 2010).
    """
    unit = x_n - x_n.mean()
    observed = abs(float(y_n @ unit))
    hits = np.count_nonzero(np.abs(y_n[orders_Bn] @ unit) >= observed * (1 - 1e-9))
    return float((1 + hits) / (1 + len(orders_Bn)))


def kendall_p(y_n: Floats, x_n: Floats) -> float:
    """Two-sided p of τ-b: the permutation distribution's exact form, or its moments for ties.

    Permuting would cost n² each (Kendall 1970 gives both).
    """
    from scipy import stats

    return float(stats.kendalltau(x_n, y_n).pvalue)


def residuals(values_n: Floats, others: list[Floats]) -> Floats:
    """What a linear fit on ``others`` leaves of the values; to permute for partial ones."""
    design = np.column_stack([np.ones(len(values_n)), *others])
    fitted: Floats = design @ np.linalg.lstsq(design, values_n, rcond=None)[0]
    return values_n - fitted
