"""Colorization: RGB from the luminance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from archsearch.config import Colorize as ColorizeSettings
from archsearch.tasks.color.space import chroma, luminance, merge
from archsearch.tasks.losses import Loss
from archsearch.tasks.noise import Batch
from archsearch.tasks.standardize import Standardize
from archsearch.tasks.task import TaskContext

__all__ = ["Colorize", "make"]


@dataclass(frozen=True)
class Colorize:
    """Y → RGB, 1 channel to 3.

    Attributes:
        criterion: mean loss of (output, RGB).
        keep_luminance: predictions take the picture's luminance in place of their own.
        standardize: shift and scale of the luminance, or None.
    """

    criterion: Loss
    keep_luminance: bool = False
    standardize: Standardize | None = None
    random: Literal[False] = False

    @property
    def direct(self) -> bool:
        """Whether the output itself is the predicted picture."""
        return not self.keep_luminance

    @property
    def merges(self) -> bool:
        """Whether predictions take the picture's luminance."""
        return self.keep_luminance

    def shown(self, images_NCHW: Tensor, batch: Batch) -> Tensor:
        """Give the gray pictures, the luminance in all three channels."""
        return luminance(images_NCHW).expand_as(images_NCHW)

    def prepare(self, shown_NCHW: Tensor) -> Tensor:
        """Give the luminance, N×1×H×W, standardized if it is to be."""
        gray_N1HW = luminance(shown_NCHW)
        return gray_N1HW if self.standardize is None else self.standardize(gray_N1HW)

    def loss(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the mean loss against RGB."""
        return self.criterion(output, images_NCHW)

    def unclipped(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the output, or its chroma with the luminance of ``images_NCHW``."""
        if not self.keep_luminance:
            return output
        return merge(luminance(images_NCHW), chroma(output.clamp(0.0, 1.0)))


def make(settings: ColorizeSettings, context: TaskContext) -> Colorize:
    """Give the task with its options."""
    return Colorize(context.loss, settings.keep_luminance, context.standardize)
