"""The face of every task: what one batch means to net, loss and metrics."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

__all__ = ["Task"]


class Task(Protocol):
    """Turns pictures into what a net is fed and should give, and back again.

    A task is one file with one class; it holds no state that training changes.
    """

    @property
    def name(self) -> str:
        """The word in the settings, e.g. ``reconstruct``."""

    def feed(self, images_NCHW: Tensor) -> tuple[Tensor, Tensor]:
        """Give the net's input and its target.

        Args:
            images_NCHW: pictures in [0, 1], floating point.
        """

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Give the mean loss over the batch as a scalar with gradients."""

    def predict(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Turn the net's output into pictures: RGB clamped to [0, 1].

        Args:
            output: what the net gave.
            images_NCHW: the pictures it was fed, in [0, 1], before ``feed``;
                a task that predicts only part of a picture takes the rest here.
        """
