"""Colorization: Cb and Cr from the luminance, which is merged in exactly."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from archsearch.config import ColorizeChroma as ColorizeChromaSettings
from archsearch.tasks.bases import LuminanceTask, RegressionTask
from archsearch.tasks.color.space import GRAY, chroma, luminance, merge
from archsearch.tasks.task import TaskContext

__all__ = ["ColorizeChroma", "make"]


@dataclass(frozen=True, kw_only=True)
class ColorizeChroma(LuminanceTask, RegressionTask):
    """Y → Cb, Cr in [0, 1], 1 channel to 2.

    Attributes:
        gain: factor on the predicted chroma's distance from gray. A mean of plausible colors is
            paler than each of them; a gain above 1 gives that back, at a higher error.
    """

    gain: float = 1.0

    def target(self, images_NCHW: Tensor) -> Tensor:
        """Give the chroma."""
        return chroma(images_NCHW)

    def unclipped(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Merge the predicted chroma, clamped to [0, 1], with the luminance."""
        chroma_N2HW = output.clamp(0.0, 1.0)
        if self.gain != 1.0:
            chroma_N2HW = GRAY + self.gain * (chroma_N2HW - GRAY)
        return merge(luminance(images_NCHW), chroma_N2HW)


def make(settings: ColorizeChromaSettings, context: TaskContext) -> ColorizeChroma:
    """Give the task with its options."""
    return ColorizeChroma(
        criterion=context.loss, gain=settings.gain, standardize=context.standardize
    )
