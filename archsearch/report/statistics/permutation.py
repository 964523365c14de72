"""Permutation p-values: how often chance alone gives as strong a relation."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

__all__ = ["kendall_p", "linear_p", "linear_ps", "orders", "partial_p"]

Floats = npt.NDArray[np.float64]
Orders = npt.NDArray[np.intp]

PERMUTATIONS = 4999
LARGE = 400
"""Things over which p is Student's: permuting would say the same, at length."""


@lru_cache(maxsize=2)  # a page asks for the same ones again and again
def orders(n: int, seed: int) -> Orders:
    """Random orders of n things, shape (permutations, n), not to be written to.

    None of over :data:`LARGE`.
    """
    permutations = PERMUTATIONS if n <= LARGE else 0
    rng = np.random.default_rng([seed, 8])
    drawn = rng.permuted(np.tile(np.arange(n), (permutations, 1)), axis=1)
    drawn.flags.writeable = False
    return drawn


def linear_p(y_n: Floats, x_n: Floats, orders_Bn: Orders) -> float | None:
    """Two-sided p of the correlation of y and x (ranks or logs); None where one is constant.

    (1 + hits)/(1 + permutations), never 0 (Phipson & Smyth 2010).
    """
    return linear_ps(y_n, x_n[None], orders_Bn)[0]


def linear_ps(y_n: Floats, columns_Vn: Floats, orders_Bn: Orders) -> list[float | None]:
    """:func:`linear_p` of y and each column: y is permuted once for all."""
    drawn_Bn = y_n[orders_Bn]
    return [_linear_p(y_n, x_n, drawn_Bn) for x_n in columns_Vn]


def _linear_p(y_n: Floats, x_n: Floats, drawn_Bn: Floats) -> float | None:
    if min(np.ptp(x_n), np.ptp(y_n)) == 0:
        return None
    if not len(drawn_Bn):
        return _student_p(float(np.corrcoef(x_n, y_n)[0, 1]), len(x_n) - 2)
    unit = x_n - x_n.mean()
    observed = abs(float(y_n @ unit))
    hits = np.count_nonzero(np.abs(drawn_Bn @ unit) >= observed * (1 - 1e-9))
    return float((1 + hits) / (1 + len(drawn_Bn)))


def partial_p(y_n: Floats, x_n: Floats, rest_nR: Floats, orders_Bn: Orders) -> float | None:
    """Two-sided p of the partial correlation of y and x given ``rest``.

    What ``rest`` leaves of y is permuted, put back on what it explains, and fitted
    anew in each permutation (Freedman & Lane 1983): without that, chance would
    correlate with ``rest`` too. None where ``rest`` explains y or x.

    Args:
        y_n: ranks of the error, shape (n,).
        x_n: ranks of what is tested, shape (n,).
        rest_nR: what is held equal, a column of ones among it, shape (n, R).
        orders_Bn: permutations, shape (B, n).
    """
    basis, _ = np.linalg.qr(rest_nR)
    left, unit = (each - basis @ (basis.T @ each) for each in (y_n, x_n))
    if min(left @ left, unit @ unit) <= 1e-9:
        return None
    drawn = np.vstack([left, left[orders_Bn]])
    drawn = drawn - (drawn @ basis) @ basis.T
    size = np.maximum(np.einsum("bn,bn->b", drawn, drawn) * (unit @ unit), 1e-300)
    partial = np.abs(drawn @ unit) / np.sqrt(size)
    if not len(orders_Bn):
        return _student_p(float(partial[0]), len(y_n) - rest_nR.shape[1] - 1)
    hits = np.count_nonzero(partial[1:] >= partial[0] * (1 - 1e-9))
    return float((1 + hits) / (1 + len(orders_Bn)))


def _student_p(correlation: float, freedom: int) -> float:
    from scipy import stats

    t = abs(correlation) * (freedom / max(1 - correlation**2, 1e-300)) ** 0.5
    return float(2 * stats.t.sf(t, freedom))


def kendall_p(y_n: Floats, x_n: Floats) -> float:
    """Two-sided p of τ-b: the permutation distribution's exact form, or its moments for ties.

    Permuting would cost n² each (Kendall 1970 gives both).
    """
    from scipy import stats

    return float(stats.kendalltau(x_n, y_n).pvalue)
