"""Correlations of many resamples at once.

A bootstrap resample of n architectures is n whole-number weights that sum to
n. With weights, midranks and moments need no sorting and no copies: a whole
batch of resamples is a few matrix products. Weights of one give the
statistic of the data themselves.

Shapes: n architectures, B resamples, V variables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

__all__ = [
    "correlation_matrices",
    "kendall_tau_b",
    "midranks",
    "partial_correlation",
    "resample_weights",
    "resampled",
]

Floats = npt.NDArray[np.float64]

RESAMPLES = 1000

_BATCH_NUMBERS = 4_000_000
_SMALLEST_VARIANCE = 1e-12


def resample_weights(n: int, resamples: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Bootstrap weights in batches of shape (≤ B, n), together ``resamples`` rows."""
    batch = max(1, min(resamples, _BATCH_NUMBERS // n))
    for start in range(0, resamples, batch):
        rows = min(batch, resamples - start)
        drawn = rng.integers(0, n, size=(rows, n)) + n * np.arange(rows)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * n)
        yield counts.reshape(rows, n).astype(np.float64)


def resampled(statistic: Callable[[Floats], Floats], n: int, seed: int = 0) -> Floats:
    """A statistic in each bootstrap resample of n architectures, shape (…, B).

    The resamples follow from n and the seed alone, so that a number that stands
    twice on a page has the same interval both times. Fewer are drawn of many
    architectures, where the interval is narrow anyway.

    Args:
        statistic: weights of shape (B, n) to values of shape (…, B).
        n: architectures.
        seed: of the resamples.
    """
    wanted = RESAMPLES if n <= 200 else 300 if n <= 2000 else 100
    rng = np.random.default_rng([seed, n])
    batches = [statistic(weights_Bn) for weights_Bn in resample_weights(n, wanted, rng)]
    return np.concatenate(batches, axis=-1)


def midranks(values_n: Floats, weights_Bn: Floats) -> Floats:
    """The rank of each value in each resample, ties at their middle; shape (B, n).

    With weight w a value stands w times in the resample.

    Example:
        >>> midranks(np.array([3.0, 1.0, 3.0]), np.ones((1, 3)))
        array([[2.5, 1. , 2.5]])
    """
    order = np.argsort(values_n, kind="stable")
    ordered = values_n[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    tied_BG = np.add.reduceat(weights_Bn[:, order], starts, axis=1)
    rank_BG = np.cumsum(tied_BG, axis=1) - tied_BG + (tied_BG + 1) / 2
    group_n = np.empty(len(values_n), dtype=np.intp)
    group_n[order] = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(ordered)]))
    rank_Bn: Floats = rank_BG[:, group_n]
    return rank_Bn


def correlation_matrices(columns_VBn: Floats, weights_Bn: Floats) -> Floats:
    """Weighted Pearson correlations of the variables, shape (B, V, V).

    NaN in the rows and columns of a variable that is constant in a resample.
    """
    total_B = weights_Bn.sum(axis=1)
    mean_VB = np.einsum("vbn,bn->vb", columns_VBn, weights_Bn) / total_B
    centred = columns_VBn - mean_VB[:, :, None]
    weighted = centred * weights_Bn
    covariance = np.matmul(weighted.transpose(1, 0, 2), centred.transpose(1, 2, 0))
    variance = np.einsum("bvv->bv", covariance)
    scale = np.maximum(np.abs(mean_VB.T), 1.0) ** 2 * total_B[:, None]
    deviation = np.sqrt(np.where(variance > _SMALLEST_VARIANCE * scale, variance, np.nan))
    matrices: Floats = covariance / (deviation[:, :, None] * deviation[:, None, :])
    return np.clip(matrices, -1, 1)


def partial_correlation(matrices_BVV: Floats, first: int, second: int, given: list[int]) -> Floats:
    """Correlation of two variables given others, shape (B,).

    With ranks as variables this is Spearman's partial correlation, equal to
    correlating the residuals of rank regressions. Variables in ``given`` that
    are constant are ignored. NaN where the others determine one of the two.
    """
    pair = [first, second]
    own = matrices_BVV[:, pair][:, :, pair]
    if given:
        cross = np.nan_to_num(matrices_BVV[:, pair][:, :, given])
        inner = np.nan_to_num(matrices_BVV[:, given][:, :, given])
        inverse = np.linalg.pinv(inner, rcond=1e-9, hermitian=True)
        own = own - cross @ inverse @ cross.transpose(0, 2, 1)
    left = own[:, [0, 1], [0, 1]]
    deviation = np.sqrt(np.where(left > 1e-9, left, np.nan)).prod(axis=1)
    partial_B: Floats = own[:, 0, 1] / deviation
    return np.clip(partial_B, -1, 1)


def kendall_tau_b(columns_Vn: Floats, y_n: Floats, weights_Bn: Floats) -> Floats:
    """Kendall's τ-b of each column and y in each resample, shape (V, B).

    Σ wᵢwⱼ·sign(xᵢ−xⱼ)·sign(yᵢ−yⱼ) over the root of the untied pairs in x
    times those in y (Kendall 1945). A value drawn twice is tied with itself.
    """
    agreement_VB = _agreement(columns_Vn, y_n, weights_Bn)
    untied_VB = np.stack([_untied_pairs(x_n, weights_Bn) for x_n in columns_Vn])
    untied_VB *= _untied_pairs(y_n, weights_Bn)
    return np.clip(agreement_VB / np.sqrt(np.where(untied_VB > 0, untied_VB, np.nan)), -1, 1)


def _agreement(columns_Vn: Floats, y_n: Floats, weights_Bn: Floats) -> Floats:
    """The sum over all pairs, in blocks of i: pairs of an earlier j count for both orders."""
    weights = weights_Bn.astype(np.float32)  # whole numbers: their sums are exact
    agreement_VB = np.zeros((len(columns_Vn), len(weights)))
    block = max(1, _BATCH_NUMBERS // len(y_n))
    for start in range(0, len(y_n), block):
        part, before = slice(start, start + block), slice(start + block)
        below = _signs(y_n[part], y_n[before])
        below[:, :start] *= 2
        for place, x_n in enumerate(columns_Vn):
            signs = _signs(x_n[part], x_n[before]) * below
            meeting = weights[:, before] @ signs.astype(np.float32).T
            agreement_VB[place] += np.einsum(
                "bi,bi->b", meeting, weights[:, part], dtype=np.float64
            )
    return agreement_VB


def _signs(one_i: Floats, other_j: Floats) -> npt.NDArray[np.int8]:
    """The sign of each difference, shape (i, j)."""
    over, under = one_i[:, None] > other_j, one_i[:, None] < other_j
    return over.view(np.int8) - under.view(np.int8)


def _untied_pairs(values_n: Floats, weights_Bn: Floats) -> Floats:
    order = np.argsort(values_n, kind="stable")
    ordered = values_n[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    tied_BG = np.add.reduceat(weights_Bn[:, order], starts, axis=1)
    total_B: Floats = weights_Bn.sum(axis=1) ** 2 - (tied_BG**2).sum(axis=1)
    return total_B
