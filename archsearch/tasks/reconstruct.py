"""Reconstruction: give back the picture that was fed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from archsearch.tasks.losses import Loss
from archsearch.tasks.standardize import Standardize

__all__ = ["Reconstruct"]


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
    name: Literal["reconstruct"] = "reconstruct"

    def feed(self, images_NCHW: Tensor) -> tuple[Tensor, Tensor]:
        """Give (input, target); both are the pictures unless standardized."""
        if self.standardize is None:
            return images_NCHW, images_NCHW
        return self.standardize(images_NCHW), images_NCHW

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Give the mean loss; the output is taken as the net gave it, unclamped."""
        return self.criterion(output, target)

    def predict(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the output clamped to [0, 1]; the pictures themselves aren't looked at."""
        return output.clamp(0.0, 1.0)
