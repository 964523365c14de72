"""Colorization: Cb and Cr from the luminance, which is merged in exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from archsearch.config import ColorizeChroma as ColorizeChromaSettings
from archsearch.tasks.color.space import chroma, luminance, merge
from archsearch.tasks.losses import Loss
from archsearch.tasks.noise import Batch
from archsearch.tasks.standardize import Standardize
from archsearch.tasks.task import TaskContext

__all__ = ["ColorizeChroma", "make"]


@dataclass(frozen=True)
class ColorizeChroma:
    """Y → Cb, Cr in [0, 1], 1 channel to 2.

    Attributes:
        criterion: mean loss of (output, chroma).
        standardize: shift and scale of the luminance, or None.
    """

    criterion: Loss
    standardize: Standardize | None = None
    direct: Literal[False] = False
    merges: Literal[True] = True
    random: Literal[False] = False

    def shown(self, images_NCHW: Tensor, batch: Batch) -> Tensor:
        """Give the gray pictures, the luminance in all three channels."""
        return luminance(images_NCHW).expand_as(images_NCHW)

    def prepare(self, shown_NCHW: Tensor) -> Tensor:
        """Give the luminance, N×1×H×W, standardized if it is to be."""
        gray_N1HW = luminance(shown_NCHW)
        return gray_N1HW if self.standardize is None else self.standardize(gray_N1HW)

    def loss(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the mean loss against the chroma."""
        return self.criterion(output, chroma(images_NCHW))

    def unclipped(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Merge the predicted chroma, clamped to [0, 1], with the luminance."""
        return merge(luminance(images_NCHW), output.clamp(0.0, 1.0))


def make(settings: ColorizeChromaSettings, context: TaskContext) -> ColorizeChroma:
    """Give the task with its options."""
    return ColorizeChroma(context.loss, context.standardize)
