"""Deblurring: give back the picture that was blurred."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from archsearch.config.tasks.deblur import Deblur as DeblurSettings
from archsearch.tasks.bases import PictureTask
from archsearch.tasks.noise import Batch
from archsearch.tasks.task import TaskContext

__all__ = ["Deblur", "make"]

REACH = 3
"""Standard deviations on each side of a pixel that the Gaussian is taken to."""


@dataclass(frozen=True, kw_only=True)
class Deblur(PictureTask):
    """g ∗ x → x with a Gaussian g; pixels beyond the border are those at it.

    Attributes:
        sigma: standard deviation of the Gaussian, in pixels.
    """

    sigma: float

    def shown(self, images_NCHW: Tensor, batch: Batch) -> Tensor:
        """Give the blurred pictures."""
        reach = math.ceil(REACH * self.sigma)
        places = torch.arange(-reach, reach + 1, device=images_NCHW.device)
        weights = torch.exp(-((places / self.sigma) ** 2) / 2)
        kernel = (weights / weights.sum()).to(images_NCHW.dtype)
        planes_N1HW = images_NCHW.flatten(0, 1).unsqueeze(1)
        padded = functional.pad(planes_N1HW, (reach,) * 4, mode="replicate")
        rows = functional.conv2d(padded, kernel.view(1, 1, -1, 1))
        return functional.conv2d(rows, kernel.view(1, 1, 1, -1)).reshape(images_NCHW.shape)


def make(settings: DeblurSettings, context: TaskContext) -> Deblur:
    """Give the task with its options."""
    return Deblur(sigma=settings.sigma, criterion=context.loss, standardize=context.standardize)
