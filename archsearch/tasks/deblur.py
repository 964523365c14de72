"""Deblurring: give back the picture that was blurred."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from archsearch.config.tasks.deblur import Deblur as DeblurSettings
from archsearch.tasks.losses import Loss
from archsearch.tasks.noise import Batch
from archsearch.tasks.standardize import Standardize
from archsearch.tasks.task import TaskContext

__all__ = ["Deblur", "make"]

REACH = 3
"""Standard deviations on each side of a pixel that the Gaussian is taken to."""


@dataclass(frozen=True)
class Deblur:
    """g ∗ x → x with a Gaussian g; pixels beyond the border are those at it.

    Attributes:
        sigma: standard deviation of the Gaussian, in pixels.
        criterion: mean loss of (output, target).
        standardize: shift and scale of the blurred picture, or None.
    """

    sigma: float
    criterion: Loss
    standardize: Standardize | None = None
    direct: Literal[True] = True
    merges: Literal[False] = False
    random: Literal[False] = False

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

    def prepare(self, shown_NCHW: Tensor) -> Tensor:
        """Give the blurred pictures, standardized if they are to be."""
        return shown_NCHW if self.standardize is None else self.standardize(shown_NCHW)

    def loss(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the mean loss against the sharp pictures."""
        return self.criterion(output, images_NCHW)

    def unclipped(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the output; the pictures themselves aren't looked at."""
        return output


def make(settings: DeblurSettings, context: TaskContext) -> Deblur:
    """Give the task with its options."""
    return Deblur(settings.sigma, context.loss, context.standardize)
