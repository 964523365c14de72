"""Denoising: give back the picture without the noise that was added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from archsearch.config import Denoise as DenoiseSettings
from archsearch.tasks.losses import Loss
from archsearch.tasks.noise import Batch, noise_like
from archsearch.tasks.standardize import Standardize
from archsearch.tasks.task import TaskContext

__all__ = ["Denoise", "make"]


@dataclass(frozen=True)
class Denoise:
    """x + σ·n → x with n standard normal; the input isn't clipped to [0, 1].

    Attributes:
        sigma: standard deviation of the noise.
        criterion: mean loss of (output, target).
        standardize: shift and scale of the noisy picture, or None.
    """

    sigma: float
    criterion: Loss
    standardize: Standardize | None = None
    direct: Literal[True] = True
    merges: Literal[False] = False
    random: Literal[True] = True

    def shown(self, images_NCHW: Tensor, batch: Batch) -> Tensor:
        """Give the noisy pictures."""
        return torch.add(images_NCHW, noise_like(images_NCHW, batch), alpha=self.sigma)

    def prepare(self, shown_NCHW: Tensor) -> Tensor:
        """Give the noisy pictures, standardized if they are to be."""
        return shown_NCHW if self.standardize is None else self.standardize(shown_NCHW)

    def loss(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the mean loss against the pictures without noise."""
        return self.criterion(output, images_NCHW)

    def unclipped(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the output; the pictures themselves aren't looked at."""
        return output


def make(settings: DenoiseSettings, context: TaskContext) -> Denoise:
    """Give the task with its options."""
    return Denoise(settings.sigma, context.loss, context.standardize)
