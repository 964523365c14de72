"""Colorization: RGB from the luminance."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from archsearch.config import Colorize as ColorizeSettings
from archsearch.tasks.bases import LuminanceTask, RegressionTask
from archsearch.tasks.color.space import chroma, luminance, merge
from archsearch.tasks.task import TaskContext

__all__ = ["Colorize", "make"]


@dataclass(frozen=True, kw_only=True)
class Colorize(LuminanceTask, RegressionTask):
    """Y → RGB, 1 channel to 3.

    Attributes:
        merges: predictions take the picture's luminance in place of their own.
    """

    merges: bool = False

    def unclipped(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the output, or its chroma with the luminance of ``images_NCHW``."""
        if not self.merges:
            return output
        return merge(luminance(images_NCHW), chroma(output.clamp(0.0, 1.0)))


def make(settings: ColorizeSettings, context: TaskContext) -> Colorize:
    """Give the task with its options."""
    return Colorize(
        criterion=context.loss,
        merges=settings.keep_luminance,
        standardize=context.standardize,
    )
