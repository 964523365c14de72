"""A task, a loss and a metric that archsearch hasn't itself, as another package would have them.

Super-resolution after Dong et al. 2014 (SRCNN): the net is fed the picture shrunk and
enlarged again, and should give the picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from torch import Tensor
from torch.nn import functional

from archsearch.config import LossKind, MetricKind, TaskKind, TaskSettings, TaskWords, TrainSettings
from archsearch.config.conflict import Conflict
from archsearch.config.tasks.kind import OwnLoss
from archsearch.tasks import Batch, PictureTask, TaskContext


class SuperResolve(TaskSettings):
    """The picture, from itself shrunk and enlarged again."""

    name: Literal["super-resolve"] = "super-resolve"
    scale: Annotated[int, Field(ge=2, le=8, description="How far it is shrunk.")] = 2

    def conflicts(
        self, train: TrainSettings, height: int | None, width: int | None
    ) -> Iterator[Conflict]:
        if any(side is not None and side % self.scale for side in (height, width)):
            yield Conflict(
                ("task", "super-resolve", "scale"),
                f"pictures of {height}×{width} can't be shrunk by {self.scale}",
                "use a size that `task.scale` divides",
            )


@dataclass(frozen=True, kw_only=True)
class SuperResolution(PictureTask):
    scale: int

    def shown(self, images_NCHW: Tensor, batch: Batch) -> Tensor:
        small = functional.avg_pool2d(images_NCHW, self.scale)
        size = images_NCHW.shape[2:]
        return functional.interpolate(small, size, mode="bicubic").clamp(0.0, 1.0)


def super_resolution(settings: SuperResolve, context: TaskContext) -> SuperResolution:
    return SuperResolution(
        scale=settings.scale, criterion=context.loss, standardize=context.standardize
    )


SUPER_RESOLVE = TaskKind(
    settings=SuperResolve,
    make=super_resolution,
    changes_input=("scale",),
    baselines=("linear", "untouched"),
    words=TaskWords("blurred", "sharpened", "Look at the edges."),
)


def charbonnier(output: Tensor, target: Tensor) -> Tensor:
    return ((output - target).square() + 1e-6).sqrt().mean()


CHARBONNIER = LossKind("charbonnier", charbonnier)


def edge_errors(prediction_NCHW: Tensor, truth_NCHW: Tensor) -> Tensor:
    """How far differences between neighbours are off, of each picture."""
    off = prediction_NCHW - truth_NCHW
    rows, columns = off.diff(dim=2).abs(), off.diff(dim=3).abs()
    return (rows.mean(dim=(1, 2, 3)) + columns.mean(dim=(1, 2, 3))) / 2


EDGES = MetricKind("edges", "edge error", "", "minimize", edge_errors)
OUTSIDE = (SUPER_RESOLVE, CHARBONNIER, EDGES)


class Doubled(TaskSettings):
    """The picture itself, its error counted twice."""

    name: Literal["doubled"] = "doubled"


class DoubledTask(PictureTask):
    def loss(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        return 2 * functional.mse_loss(output, images_NCHW)


def doubled(settings: Doubled, context: TaskContext) -> DoubledTask:
    return DoubledTask(criterion=context.loss)


DOUBLED = TaskKind(settings=Doubled, make=doubled, loss=OwnLoss("twice the squared error"))
"""A loss of its own, on an output that is the picture itself."""
