"""Shift and scale of what a net is fed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from archsearch.tasks.color.space import luminance
from archsearch.tasks.pictures import PictureSet, batches

__all__ = ["Standardize", "of_luminance", "of_pictures", "signed"]


@dataclass(frozen=True)
class Standardize:
    """(x − mean) / std for each channel.

    A channel that never varies (std 0) is only centred, not divided.

    Example:
        >>> Standardize((0.5,), (0.25,))(torch.tensor([[[[0.0, 1.0]]]])).tolist()
        [[[[-2.0, 2.0]]]]
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __call__(self, images_NCHW: Tensor) -> Tensor:
        """Give the standardized pictures, in the dtype and on the device they came in."""
        kind = (images_NCHW.dtype, images_NCHW.device)
        std = tuple(value or 1.0 for value in self.std)
        return (images_NCHW - _channels(self.mean, *kind)) / _channels(std, *kind)


def signed(channels: int) -> Standardize:
    """Pictures in [0, 1] as numbers in [−1, 1]: (x − ½) / ½.

    Example:
        >>> signed(1)(torch.tensor([[[[0.0, 0.75]]]])).tolist()
        [[[[-1.0, 0.5]]]]
    """
    return Standardize((0.5,) * channels, (0.5,) * channels)


def of_pictures(pictures: PictureSet) -> Standardize:
    """Take mean and std of each channel from the training split of ``pictures``."""
    return Standardize(pictures.mean, pictures.std)


def of_luminance(pictures: PictureSet) -> Standardize:
    """Take mean and std of the luminance from the training split of ``pictures``."""
    total = squares = 0.0
    count = 0
    for images_NCHW in batches(pictures, pictures.train, 1024):
        gray = luminance(images_NCHW.float() / 255)
        total += gray.sum(dtype=torch.float64).item()
        squares += gray.double().square().sum().item()
        count += gray.numel()
    mean = total / count
    return Standardize((mean,), (math.sqrt(max(squares / count - mean**2, 0.0)),))


def _channels(values: tuple[float, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """Give one number a channel, C×1×1; written by the device, so no step waits for a copy."""
    filled = [torch.full((1, 1), value, dtype=dtype, device=device) for value in values]
    return torch.stack(filled)
