"""Reconstruction: give back the picture that was fed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from archsearch.config import Reconstruct as ReconstructSettings
from archsearch.tasks.losses import Loss
from archsearch.tasks.noise import Batch
from archsearch.tasks.standardize import Standardize
from archsearch.tasks.task import TaskContext

__all__ = ["Reconstruct", "make"]


@dataclass(frozen=True)
class Reconstruct:
    """x → x, C channels to C channels.

    Attributes:
        criterion: mean loss of (output, target).
        standardize: shift and scale of the net's input, or None; the target
            stays in [0, 1] either way.
    """

    criterion: Loss
    standardize: Standardize | None = None
    direct: Literal[True] = True
    merges: Literal[False] = False
    random: Literal[False] = False

    def shown(self, images_NCHW: Tensor, batch: Batch) -> Tensor:
        """Give the pictures."""
        return images_NCHW

    def prepare(self, shown_NCHW: Tensor) -> Tensor:
        """Give the pictures, standardized if they are to be."""
        return shown_NCHW if self.standardize is None else self.standardize(shown_NCHW)

    def loss(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the mean loss; the output is taken as the net gave it, unclamped."""
        return self.criterion(output, images_NCHW)

    def unclipped(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the output; the pictures themselves aren't looked at."""
        return output


def make(settings: ReconstructSettings, context: TaskContext) -> Reconstruct:
    """Give the task with its options."""
    return Reconstruct(context.loss, context.standardize)
