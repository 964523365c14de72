"""Reduced-rank regression: the best linear map from a net's input to RGB, through k numbers.

What principal components are for reconstruction, this is for tasks whose input
isn't their target: with k as large as a net's latent, the linear
rival of that net.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from archsearch.tasks.baselines.by_size import Directions, squares_by_size
from archsearch.tasks.baselines.pca import LARGEST
from archsearch.tasks.pictures import PictureSet

__all__ = ["Feed", "RankedMap", "fit_map", "map_errors"]

Feed = Callable[[Tensor, Tensor], Tensor]
"""(pictures in [0, 1], float32, N×C×H×W; their indices, int64) → the net's input, N×…"""

AT_ONCE = 1024
"""Pictures in memory at once."""

CUT_OFF = 1e-10
"""Directions of the input with less than this share of the largest variance are left out."""

RIDGES = tuple(10.0 ** (tenth / 4) for tenth in range(-36, 9))
"""Ridges tried, in units of the input's mean variance: 1e-9 to 100, four a decade."""

SPENT = 0.95
"""Degrees of freedom, as a share of the pictures, past which cross-validation isn't reliable."""


@dataclass(frozen=True, eq=False)
class RankedMap:
    """input → target through numbers of falling worth, float64.

    Attributes:
        feed_mean: of the flattened input, P.
        target_mean: of the flattened picture, Q.
        encoder: P × K; the first k columns give the best k numbers.
        decoder: K × Q.
        ridge: added to the variances of the input.
    """

    feed_mean: Tensor
    target_mean: Tensor
    encoder: Tensor
    decoder: Tensor
    ridge: float


def fit_map(pictures: PictureSet, feed: Feed, *, ridge: float | None = None) -> RankedMap | None:
    """Fit the training split's pictures to what they are fed as.

    With input covariance S, S = U D Uᵀ, and cross-covariance C, the map of rank k is
    that of reduced-rank regression (Izenman 1975, doi:10.1016/0047-259X(75)90042-1):
    the first k singular vectors of (D + λ)^−½ Uᵀ C. Where inputs are singular
    (pixels that are always masked, gray in three channels), directions with less
    than 1e-10 of the largest variance are left out, which with λ = 0 is least
    squares by the pseudo-inverse. λ keeps a map of 3072 × 3072 numbers from learning
    few thousand pictures by heart; it is chosen by generalized cross-validation on
    the training split alone (Golub, Heath and Wahba 1979).

    Needs memory for P×P and P×Q numbers, not for the pictures.

    Args:
        pictures: whose training split to fit.
        feed: gives the net's input.
        ridge: λ, in squared units of the input; None chooses it.

    Returns:
        The map with all its directions, or None where input or picture have over
        8192 numbers: that would take minutes and gigabytes.
    """
    wanted = pictures.images_NCHW[0].numel()
    if wanted > LARGEST or _fed_numbers(pictures, feed) > LARGEST:
        return None
    moments = _moments(pictures, feed)
    feed_PP, cross_PQ = moments.covariances
    variances_P, directions_PP = torch.linalg.eigh(feed_PP)
    kept = variances_P > CUT_OFF * variances_P[-1].clamp_min(0)
    variances_R, directions_PR = variances_P[kept], directions_PP[:, kept]
    cross_RQ = directions_PR.T @ cross_PQ
    if ridge is None:
        ridge = _cross_validated(variances_R, cross_RQ, moments)
    scale_R = (variances_R + ridge).rsqrt()
    whitened_RQ = scale_R[:, None] * cross_RQ
    best_RK = torch.linalg.eigh(whitened_RQ @ whitened_RQ.T).eigenvectors.flip(1)[:, :wanted]
    return RankedMap(
        *moments.means,
        encoder=directions_PR @ (scale_R[:, None] * best_RK),
        decoder=best_RK.T @ whitened_RQ,
        ridge=ridge,
    )


def map_errors(
    fitted: RankedMap, pictures: PictureSet, indices: Tensor, feed: Feed, ks: Iterable[int]
) -> dict[int, float]:
    """Give the MSE of RGB predicted through k numbers and clamped to [0, 1], for each k.

    Args:
        fitted: on the training split.
        pictures: whose pictures to predict.
        indices: which of them.
        feed: gives the net's input.
        ks: 0 is the mean picture; more than the map has directions counts as all of them.

    Raises:
        ValueError: a k is negative.
    """
    ks = sorted(set(ks))
    if ks and ks[0] < 0:
        raise ValueError(f"a map through {ks[0]} numbers: k must be at least 0")
    largest = len(fitted.decoder)
    steps = sorted({min(k, largest) for k in ks})
    squares = dict.fromkeys(steps, 0.0)
    elements = 0
    directions = Directions(fitted.encoder, fitted.decoder, fitted.target_mean)
    for fed_RP, truth_RQ in _rows(pictures, indices, feed):
        coded_RP = fed_RP - fitted.feed_mean
        for k, more in squares_by_size(directions, coded_RP, truth_RQ, steps).items():
            squares[k] += more
        elements += truth_RQ.numel()
    return {k: squares[min(k, largest)] / elements for k in ks}


class _Moments:
    """Sums for means and population covariances, float64, around a guess of the means.

    With a first batch's means as the guess, little cancels.
    """

    def __init__(self, feed_P: Tensor, target_Q: Tensor) -> None:
        self.count = 0
        self._around = feed_P, target_Q
        self._feed_P, self._target_Q = torch.zeros_like(feed_P), torch.zeros_like(target_Q)
        self._feed_PP = feed_P.new_zeros(len(feed_P), len(feed_P))
        self._cross_PQ = feed_P.new_zeros(len(feed_P), len(target_Q))
        self._squares = target_Q.new_zeros(())

    def add(self, feed_RP: Tensor, target_RQ: Tensor) -> None:
        """Count rows; both are changed in place."""
        feed_RP -= self._around[0]
        target_RQ -= self._around[1]
        self._feed_PP.addmm_(feed_RP.T, feed_RP)
        self._cross_PQ.addmm_(feed_RP.T, target_RQ)
        self._squares += target_RQ.square().sum()
        self._feed_P += feed_RP.sum(0)
        self._target_Q += target_RQ.sum(0)
        self.count += len(feed_RP)

    @property
    def means(self) -> tuple[Tensor, Tensor]:
        """Of input and picture."""
        feed_P, target_Q = self._around
        return feed_P + self._feed_P / self.count, target_Q + self._target_Q / self.count

    @property
    def covariances(self) -> tuple[Tensor, Tensor]:
        """Of the input with itself, P×P, and with the picture, P×Q."""
        feed_P, target_Q = self._feed_P / self.count, self._target_Q / self.count
        feed_PP = (self._feed_PP / self.count).addr_(feed_P, feed_P, alpha=-1)
        return feed_PP, (self._cross_PQ / self.count).addr_(feed_P, target_Q, alpha=-1)

    @property
    def target_variance(self) -> float:
        """Summed over the picture's numbers."""
        mean_Q = self._target_Q / self.count
        return (self._squares / self.count - mean_Q.square().sum()).item()


def _moments(pictures: PictureSet, feed: Feed) -> _Moments:
    """Go through the training split once."""
    moments: _Moments | None = None
    for feed_RP, target_RQ in _rows(pictures, pictures.train, feed):
        moments = moments or _Moments(feed_RP.mean(0), target_RQ.mean(0))
        moments.add(feed_RP, target_RQ)
    if moments is None:
        raise ValueError("the training split is empty: nothing to fit")
    return moments


def _cross_validated(variances_R: Tensor, cross_RQ: Tensor, moments: _Moments) -> float:
    """Give the ridge with the least RSS / (1 − df/n)², from the spectrum alone."""
    if not len(variances_R):
        return 0.0
    explained_R = cross_RQ.square().sum(1)
    scores = {}
    for ridge in (float(step * variances_R.mean()) for step in RIDGES):
        kept_R = variances_R / (variances_R + ridge)
        spent = (1 + kept_R.sum().item()) / moments.count
        residual = moments.target_variance
        residual -= (explained_R / (variances_R + ridge) * (2 - kept_R)).sum().item()
        if spent < SPENT:
            scores[ridge] = residual / (1 - spent) ** 2
    return min(scores, key=scores.__getitem__, default=ridge)


def _fed_numbers(pictures: PictureSet, feed: Feed) -> int:
    one = pictures.train[:1]
    return feed(pictures.images_NCHW[one].float() / 255, one).numel()


def _rows(pictures: PictureSet, indices: Tensor, feed: Feed) -> Iterator[tuple[Tensor, Tensor]]:
    """Give flattened (input, picture) pairs in float64, at most 1024 at a time."""
    for part in torch.split(indices, AT_ONCE):
        images_NCHW = pictures.images_NCHW[part]
        fed = feed(images_NCHW.float() / 255, part)
        yield fed.flatten(1).double(), images_NCHW.flatten(1).double() / 255
