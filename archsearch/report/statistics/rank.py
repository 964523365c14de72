"""Spearman's ρ of several columns with one error, resampled together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from archsearch.report.statistics.correlation import FEWEST, Estimate
from archsearch.report.statistics.intervals import fisher_interval, textbook_variance
from archsearch.report.statistics.permutation import linear_p, orders
from archsearch.report.statistics.resampling import midranks, resample_weights

__all__ = ["nothing", "spearman", "spearman_draws", "spearman_of", "spearman_with_p"]

Floats = npt.NDArray[np.float64]

RESAMPLES = 1000
PERMUTATIONS = 1999
_LARGE = 1500


def nothing(n: int) -> Estimate:
    """An estimate that can't be made."""
    return Estimate(None, None, None, n, None)


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


def spearman_of(
    x_n: Floats, y_n: Floats, rng: np.random.Generator, *, resamples: int = RESAMPLES
) -> Estimate:
    """ρ with its 95 % interval (as in ``correlation``), without a p."""
    n = len(x_n)
    value = spearman(x_n, y_n)
    variance = textbook_variance("spearman", n)
    if n < FEWEST or variance is None or not np.isfinite(value):
        return nothing(n)
    if n > _LARGE:  # the bootstrap would say the same, at length
        resamples = 200
    drawn = [spearman_draws(y_n, x_n[None], w)[0] for w in resample_weights(n, resamples, rng)]
    low, high = fisher_interval(value, np.concatenate(drawn), variance, n)
    return Estimate(value, low, high, n, None)


def spearman_with_p(x_n: Floats, y_n: Floats, rng: np.random.Generator) -> Estimate:
    """ρ with its 95 % interval and two-sided permutation p; of over 1,500, Student's."""
    estimate = spearman_of(x_n, y_n, rng)
    if estimate.value is None:
        return estimate
    if len(x_n) > _LARGE:
        from scipy import stats

        return estimate._replace(p=float(stats.spearmanr(x_n, y_n).pvalue))
    once = np.ones((1, len(x_n)))
    drawn = orders(len(x_n), PERMUTATIONS, rng)
    return estimate._replace(p=linear_p(midranks(y_n, once)[0], midranks(x_n, once)[0], drawn))
