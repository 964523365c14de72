"""The face of every task: what one batch means to net, loss and metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from archsearch.tasks.losses import Loss
from archsearch.tasks.noise import Batch
from archsearch.tasks.pictures import PictureSet
from archsearch.tasks.standardize import Standardize

__all__ = ["Task", "TaskContext", "feed", "predict"]


@dataclass(frozen=True)
class TaskContext:
    """What a task is made with, beside its own options.

    Attributes:
        loss: that ``train.loss`` names.
        standardize: shift and scale of what the net is fed, or None.
        last_activation: of the net's last layer, as specs write it.
        pictures: that it is trained on; None where nothing is trained (``apply``, baselines).
        device: that trains; what the task looks up in a step lies there.
    """

    loss: Loss
    standardize: Standardize | None = None
    last_activation: str = "none"
    pictures: PictureSet | None = None
    device: torch.device | str = "cpu"


class Task(Protocol):
    """Turns pictures into what a net is fed, and its output back into pictures.

    A task is one file with one class and what makes it of its settings and a
    :class:`TaskContext`; it holds no state that training changes.
    Pictures are floating point, in [0, 1].
    """

    @property
    def standardize(self) -> Standardize | None:
        """Shift and scale of the net's input, if any."""

    @property
    def direct(self) -> bool:
        """Whether the output itself is the predicted picture."""

    @property
    def merges(self) -> bool:
        """Whether predictions take the exact luminance of the picture."""

    @property
    def random(self) -> bool:
        """Whether what is shown is random (noise, masks)."""

    def shown(self, images_NCHW: Tensor, batch: Batch) -> Tensor:
        """Give what the net gets to see of the pictures, as pictures of their shape."""

    def prepare(self, shown_NCHW: Tensor) -> Tensor:
        """Give the net's input for pictures as they are shown; nothing random."""

    def loss(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the mean loss over the batch as a scalar with gradients.

        Args:
            output: what the net gave, unclamped.
            images_NCHW: the originals.
        """

    def unclipped(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Turn the net's output into pictures, before they are clamped to [0, 1].

        Args:
            output: what the net gave.
            images_NCHW: pictures whose luminance is right; a task that predicts
                only part of a picture takes the rest here.
        """


def feed(task: Task, images_NCHW: Tensor, batch: Batch) -> Tensor:
    """Give the net's input for pictures that it is trained or measured on."""
    return task.prepare(task.shown(images_NCHW, batch))


def predict(task: Task, output: Tensor, images_NCHW: Tensor) -> Tensor:
    """Turn the net's output into pictures in [0, 1]; arguments as for ``unclipped``."""
    return task.unclipped(output, images_NCHW).clamp(0.0, 1.0)
