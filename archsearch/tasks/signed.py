"""A task whose net gives numbers in [−1, 1], and what is made of them is in [0, 1]."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from archsearch.tasks.noise import Batch
from archsearch.tasks.standardize import Standardize
from archsearch.tasks.task import Task

__all__ = ["SignedOutput"]


@dataclass(frozen=True)
class SignedOutput:
    """Another task, asked with (y + 1) / 2 of what the net gives; so losses and errors stay.

    Attributes:
        task: made to feed the net pictures in [−1, 1], by ``standardize.signed``.
    """

    task: Task

    @property
    def standardize(self) -> Standardize | None:
        """What leads pictures to [−1, 1]."""
        return self.task.standardize

    @property
    def direct(self) -> bool:
        """Whether the output, scaled, is the predicted picture."""
        return self.task.direct

    @property
    def merges(self) -> bool:
        """As the task says."""
        return self.task.merges

    @property
    def random(self) -> bool:
        """As the task says."""
        return self.task.random

    def shown(self, images_NCHW: Tensor, batch: Batch) -> Tensor:
        """Give what the net gets to see, as pictures in [0, 1]."""
        return self.task.shown(images_NCHW, batch)

    def prepare(self, shown_NCHW: Tensor) -> Tensor:
        """Give the net's input, in [−1, 1]."""
        return self.task.prepare(shown_NCHW)

    def loss(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the loss of the output in [0, 1]."""
        return self.task.loss(_unit(output), images_NCHW)

    def unclipped(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Turn the output in [0, 1] into pictures."""
        return self.task.unclipped(_unit(output), images_NCHW)


def _unit(output: Tensor) -> Tensor:
    return output * 0.5 + 0.5
