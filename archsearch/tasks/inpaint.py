"""Inpainting: give back the picture, a square of which was masked."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from archsearch.config import Inpaint as InpaintSettings
from archsearch.tasks.bases import PictureTask
from archsearch.tasks.noise import Batch, square_masks
from archsearch.tasks.task import TaskContext

__all__ = ["Inpaint", "make"]


@dataclass(frozen=True, kw_only=True)
class Inpaint(PictureTask):
    """x with a square of pixels set to 0 → x, all of it.

    Attributes:
        size: side of the square, in pixels.
    """

    size: int

    random = True

    def shown(self, images_NCHW: Tensor, batch: Batch) -> Tensor:
        """Give the masked pictures."""
        height, width = images_NCHW.shape[-2:]
        masks_N1HW = square_masks(self.size, height, width, batch, images_NCHW.device)
        return images_NCHW.masked_fill(masks_N1HW, 0.0)


def make(settings: InpaintSettings, context: TaskContext) -> Inpaint:
    """Give the task with its options."""
    return Inpaint(size=settings.size, criterion=context.loss, standardize=context.standardize)
