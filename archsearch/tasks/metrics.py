"""How well pictures are predicted: MSE, PSNR and SSIM of RGB in [0, 1]."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from archsearch.config import METRICS, MetricKind
from archsearch.errors import ExtensionError, RunFailedError
from archsearch.extensions import refer
from archsearch.records.scores import Scores

__all__ = ["Scorer", "psnr", "squared_errors", "ssim", "ssim_where_large"]

WINDOW = 11
SIGMA = 1.5
C1 = 0.01**2
C2 = 0.03**2
AT_ONCE = 16
"""Pictures compared at once: small ones then stay in the processor's cache."""


class Scorer:
    """Scores many batches as if they were one.

    Sums are kept in float64, so batch sizes don't change the result; they stay
    on the pictures' device until asked for, so that nothing waits for them.

    Args:
        ssim: whether to compute SSIM too; it costs about ten times the MSE.
        metrics: names of others (``train.metrics``); those measured anyway may be among them.

    Example:
        >>> scorer = Scorer()
        >>> scorer.add(torch.full((2, 3, 8, 8), 0.6), torch.full((2, 3, 8, 8), 0.5))
        >>> scores = scorer.scores()
        >>> round(scores.mse, 6), round(scores.psnr, 3), scores.ssim
        (0.01, 20.0, None)
    """

    def __init__(self, *, ssim: bool = True, metrics: Iterable[str] = ()) -> None:
        self._with_ssim = ssim
        self._others = [_Mean(METRICS[name]) for name in metrics if name not in METRICS.builtin]
        self._squares: Tensor | None = None
        self._ssim: Tensor | None = None
        self._elements = 0
        self._pictures = 0

    def add(self, prediction_NCHW: Tensor, truth_NCHW: Tensor) -> None:
        """Count one batch, of any size; the prediction is clamped to [0, 1] here.

        Raises:
            ValueError: the shapes differ (torch would silently broadcast).
        """
        if prediction_NCHW.shape != truth_NCHW.shape:
            predicted, true = tuple(prediction_NCHW.shape), tuple(truth_NCHW.shape)
            raise ValueError(f"prediction has shape {predicted}, the truth {true}")
        prediction, truth = prediction_NCHW.detach().clamp(0.0, 1.0), truth_NCHW.detach()
        both = zip(torch.split(prediction, AT_ONCE), torch.split(truth, AT_ONCE), strict=True)
        squares = torch.stack([_sum_of_squares(x, y) for x, y in both]).sum()
        self._squares = squares if self._squares is None else self._squares + squares
        self._elements += truth.numel()
        self._pictures += len(truth)
        if self._with_ssim and min(truth.shape[-2:]) >= WINDOW:
            total = ssim(prediction, truth).sum()
            self._ssim = total if self._ssim is None else self._ssim + total
        for other in self._others:
            other.add(prediction.to(truth.dtype), truth)

    def scores(self) -> Scores:
        """Give the scores of everything added so far.

        PSNR is that of the mean MSE, None for a perfect match (it would be
        infinite); SSIM is None under 11 pixels or where it wasn't asked for.

        Raises:
            ValueError: nothing was added.
            RunFailedError: a prediction is NaN or infinite.
        """
        if self._squares is None:
            raise ValueError("no pictures to score: add() was never called")
        mse = self._squares.item() / self._elements
        if not math.isfinite(mse):
            raise RunFailedError(
                f"the predictions are not numbers: their MSE is {mse}",
                help="the weights diverged; train with a lower learning rate (--lr)",
            )
        similarity = None if self._ssim is None else self._ssim.item() / self._pictures
        others = {other.kind.name: other.value() for other in self._others}
        return Scores(mse=mse, psnr=psnr(mse), ssim=similarity, metrics=others or None)


def _sum_of_squares(prediction: Tensor, truth: Tensor) -> Tensor:
    """Of the differences, in float64."""
    return (prediction.double() - truth).square_().sum()


class _Mean:
    """One metric over many batches: the mean of its values of each picture."""

    def __init__(self, kind: MetricKind) -> None:
        self.kind = kind
        self._function = refer(kind.function)
        self._total: Tensor | None = None
        self._pictures = 0
        self._told = True

    def add(self, prediction_NCHW: Tensor, truth_NCHW: Tensor) -> None:
        """Count one batch."""
        with torch.no_grad():
            values_N: Tensor | None = self._function(prediction_NCHW, truth_NCHW)
        if values_N is None:
            self._told = False
            return
        if values_N.shape != (len(truth_NCHW),):
            raise ExtensionError(
                f"the metric `{self.kind.name}` gives {tuple(values_N.shape)} for "
                f"{len(truth_NCHW)} pictures",
                help="let its function give one value a picture, a tensor of shape (N,)",
            )
        total = values_N.double().sum()
        self._total = total if self._total is None else self._total + total
        self._pictures += len(truth_NCHW)

    def value(self) -> float | None:
        """The metric over all pictures; None if some had no value."""
        if self._total is None or not self._told:
            return None
        mean = self._total.item() / self._pictures
        summary = self.kind.summary
        told: float | None = mean if summary is None else refer(summary)(mean)
        return told


def squared_errors(prediction_NCHW: Tensor, truth_NCHW: Tensor) -> Tensor:
    """Give the mean squared error of each picture, float64, shape N.

    Example:
        >>> squared_errors(torch.ones(2, 3, 4, 4), torch.zeros(2, 3, 4, 4)).tolist()
        [1.0, 1.0]
    """
    return (prediction_NCHW.double() - truth_NCHW).square().mean(dim=(1, 2, 3))


def ssim_where_large(prediction_NCHW: Tensor, truth_NCHW: Tensor) -> Tensor | None:
    """Give :func:`ssim` of each picture; None for pictures smaller than its window."""
    return ssim(prediction_NCHW, truth_NCHW) if min(truth_NCHW.shape[-2:]) >= WINDOW else None


def psnr(mse: float) -> float:
    """Give the peak signal-to-noise ratio in dB, −10 log₁₀ MSE, for a data range of 1.

    Example:
        >>> psnr(0.01)
        20.0
        >>> psnr(0.0)
        inf
    """
    return -10.0 * math.log10(mse) if mse != 0 else math.inf


def ssim(prediction_NCHW: Tensor, truth_NCHW: Tensor) -> Tensor:
    """Give the structural similarity of each picture, in [−1, 1], float64, shape N.

    Gaussian window 11×11 with σ 1.5, only where it lies wholly in the picture,
    population covariance, data range 1, K₁ 0.01, K₂ 0.03, mean over channels
    (Wang et al. 2004, doi:10.1109/TIP.2003.819861). Computed in float64: the
    variances are small differences of large means.

    Raises:
        ValueError: height or width is under 11 pixels.

    Example:
        >>> picture = torch.rand(1, 3, 16, 16)
        >>> round(ssim(picture, picture).item(), 9)
        1.0
    """
    height, width = truth_NCHW.shape[-2:]
    if min(height, width) < WINDOW:
        raise ValueError(f"SSIM needs {WINDOW}×{WINDOW} pixels, the pictures have {height}×{width}")
    rows = torch.from_numpy(_window(height)).to(truth_NCHW.device)
    columns = torch.from_numpy(_window(width)).T.to(truth_NCHW.device)
    both = zip(torch.split(prediction_NCHW, AT_ONCE), torch.split(truth_NCHW, AT_ONCE), strict=True)
    return torch.cat([_ssim(x.double(), y.double(), rows, columns) for x, y in both])


def _ssim(x: Tensor, y: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    def local_mean(maps: Tensor) -> Tensor:
        return rows @ maps @ columns

    mean_x, mean_y = local_mean(x), local_mean(y)
    product, squares = mean_x * mean_y, mean_x * mean_x + mean_y * mean_y
    covariance = local_mean(x * y) - product
    variances = local_mean(x * x + y * y) - squares
    similarity = (2 * product + C1) * (2 * covariance + C2)
    return (similarity / ((squares + C1) * (variances + C2))).mean(dim=(1, 2, 3))


@lru_cache(maxsize=8)
def _window(size: int) -> NDArray[numpy.float64]:
    """Give the 1-D Gaussian at each valid place as a banded matrix, (size − 10) × size.

    A separable window is one such matrix on each side of the picture; for
    pictures of this size the product is eight times faster than a convolution.
    """
    offsets = numpy.arange(WINDOW) - WINDOW // 2
    gauss = numpy.exp(-0.5 * (offsets / SIGMA) ** 2)
    gauss /= gauss.sum()
    band = numpy.zeros((size - WINDOW + 1, size))
    for place in range(len(band)):
        band[place, place : place + WINDOW] = gauss
    return band
