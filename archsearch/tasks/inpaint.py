"""Inpainting: give back the picture, a square of which was masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from archsearch.config import Inpaint as InpaintSettings
from archsearch.tasks.losses import Loss
from archsearch.tasks.noise import Batch, square_masks
from archsearch.tasks.standardize import Standardize
from archsearch.tasks.task import TaskContext

__all__ = ["Inpaint", "make"]


@dataclass(frozen=True)
class Inpaint:
    """x with a square of pixels set to 0 → x, all of it.

    Attributes:
        size: side of the square, in pixels.
        criterion: mean loss of (output, target), over all pixels.
        standardize: shift and scale of the masked picture, or None.
    """

    size: int
    criterion: Loss
    standardize: Standardize | None = None
    direct: Literal[True] = True
    merges: Literal[False] = False
    random: Literal[True] = True

    def shown(self, images_NCHW: Tensor, batch: Batch) -> Tensor:
        """Give the masked pictures."""
        height, width = images_NCHW.shape[-2:]
        masks_N1HW = square_masks(self.size, height, width, batch, images_NCHW.device)
        return images_NCHW.masked_fill(masks_N1HW, 0.0)

    def prepare(self, shown_NCHW: Tensor) -> Tensor:
        """Give the masked pictures, standardized if they are to be."""
        return shown_NCHW if self.standardize is None else self.standardize(shown_NCHW)

    def loss(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the mean loss against the whole pictures."""
        return self.criterion(output, images_NCHW)

    def unclipped(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the output, outside the mask too; the pictures aren't looked at."""
        return output


def make(settings: InpaintSettings, context: TaskContext) -> Inpaint:
    """Give the task with its options."""
    return Inpaint(settings.size, context.loss, context.standardize)
