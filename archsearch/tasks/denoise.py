"""Denoising: give back the picture without the noise that was added."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from archsearch.config import Denoise as DenoiseSettings
from archsearch.tasks.bases import PictureTask
from archsearch.tasks.noise import Batch, noise_like
from archsearch.tasks.task import TaskContext

__all__ = ["Denoise", "make"]


@dataclass(frozen=True, kw_only=True)
class Denoise(PictureTask):
    """x + σ·n → x with n standard normal; the input isn't clipped to [0, 1].

    Attributes:
        sigma: standard deviation of the noise.
    """

    sigma: float

    random = True

    def shown(self, images_NCHW: Tensor, batch: Batch) -> Tensor:
        """Give the noisy pictures."""
        return torch.add(images_NCHW, noise_like(images_NCHW, batch), alpha=self.sigma)


def make(settings: DenoiseSettings, context: TaskContext) -> Denoise:
    """Give the task with its options."""
    return Denoise(sigma=settings.sigma, criterion=context.loss, standardize=context.standardize)
