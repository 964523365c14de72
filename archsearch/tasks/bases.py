"""What tasks of one sort have in common: those that restore pictures, and those that color them."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from archsearch.tasks.color.space import luminance
from archsearch.tasks.losses import Loss
from archsearch.tasks.noise import Batch
from archsearch.tasks.signed import SignedOutput
from archsearch.tasks.standardize import Standardize

__all__ = ["LuminanceTask", "PictureTask", "RegressionTask", "feeds_pictures", "regression"]


@dataclass(frozen=True, kw_only=True)
class RegressionTask:
    """The loss compares the output with a target, number by number.

    Attributes:
        criterion: mean loss of (output, target).
    """

    criterion: Loss

    def target(self, images_NCHW: Tensor) -> Tensor:
        """Give what the output should be: the pictures."""
        return images_NCHW

    def loss(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the mean loss; the output is taken as the net gave it, unclamped."""
        return self.criterion(output, self.target(images_NCHW))


@dataclass(frozen=True, kw_only=True)
class PictureTask(RegressionTask):
    """The net gets a picture, as ``shown`` makes it, and gives the picture itself.

    Attributes:
        standardize: shift and scale of what is shown, or None; the target stays in [0, 1]
            either way.
    """

    standardize: Standardize | None = None

    direct = True
    merges = False
    random = False

    def shown(self, images_NCHW: Tensor, batch: Batch) -> Tensor:
        """Give the pictures."""
        return images_NCHW

    def prepare(self, shown_NCHW: Tensor) -> Tensor:
        """Give what is shown, standardized if it is to be."""
        return shown_NCHW if self.standardize is None else self.standardize(shown_NCHW)

    def unclipped(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the output; the pictures themselves aren't looked at."""
        return output


@dataclass(frozen=True, kw_only=True)
class LuminanceTask:
    """The net gets the luminance; unless a task says otherwise, its output is merged with it.

    Attributes:
        standardize: shift and scale of the luminance, or None.
    """

    standardize: Standardize | None = None

    merges = True
    random = False

    @property
    def direct(self) -> bool:
        """Whether the output itself is the predicted picture."""
        return not self.merges

    def shown(self, images_NCHW: Tensor, batch: Batch) -> Tensor:
        """Give the gray pictures, the luminance in all three channels."""
        return luminance(images_NCHW).expand_as(images_NCHW)

    def prepare(self, shown_NCHW: Tensor) -> Tensor:
        """Give the luminance, N×1×H×W, standardized if it is to be."""
        gray_N1HW = luminance(shown_NCHW)
        return gray_N1HW if self.standardize is None else self.standardize(gray_N1HW)


def regression(task: object, criterion: Loss) -> RegressionTask | None:
    """The task, where its loss is ``criterion`` of output and target, and nothing else.

    A signed output is seen as the output in [0, 1] that it stands for.
    """
    if isinstance(task, SignedOutput):
        return regression(task.task, criterion)
    if not isinstance(task, RegressionTask) or type(task).loss is not RegressionTask.loss:
        return None
    return task if task.criterion is criterion else None


def feeds_pictures(task: object) -> bool:
    """Whether a net is fed the pictures as they are, or standardized."""
    if isinstance(task, SignedOutput):
        return feeds_pictures(task.task)
    if not isinstance(task, PictureTask):
        return False
    kind = type(task)
    return kind.shown is PictureTask.shown and kind.prepare is PictureTask.prepare
