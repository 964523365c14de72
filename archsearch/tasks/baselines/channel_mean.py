"""The channel mean as a baseline: the same color for every pixel of every picture."""

from __future__ import annotations

import torch
from torch import Tensor

from archsearch.tasks.pictures import PictureSet, SplitErrors, batches

__all__ = ["channel_mean"]


def channel_mean(pictures: PictureSet) -> SplitErrors:
    """Give the error of predicting each channel's training mean, exact to float64.

    Counted in whole numbers: a channel's 256 counts hold all that matters.
    """
    values = torch.arange(256, dtype=torch.float64) / 255
    train_CV = _histogram(pictures, pictures.train).double()
    mean_C1 = (train_CV @ values / train_CV.sum(1))[:, None]
    squares_CV = (values - mean_C1).square()

    def error(indices: Tensor) -> float:
        counts_CV = _histogram(pictures, indices).double()
        return ((counts_CV * squares_CV).sum() / counts_CV.sum()).item()

    return SplitErrors(error(pictures.val), error(pictures.test))


def _histogram(pictures: PictureSet, indices: Tensor) -> Tensor:
    """Count the 256 values of each channel: int64, C×256."""
    channels = pictures.images_NCHW.shape[1]
    counts_CV = torch.zeros(channels, 256, dtype=torch.int64)
    for images_NCHW in batches(pictures, indices, 4096):
        for channel in range(channels):
            plane = images_NCHW[:, channel].flatten()
            counts_CV[channel] += torch.bincount(plane, minlength=256)
    return counts_CV
