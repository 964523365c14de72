"""The side that needs torch: loaded when a net is built, trained or measured."""

from __future__ import annotations

from dataclasses import dataclass

from archsearch_example.squeeze_excite import SqueezeExcite
from archsearch_example.super_resolution import SuperResolution
from torch import Tensor, nn
from torch.nn import functional

from archsearch.spec import Shape
from archsearch.tasks import Batch, PictureTask, TaskContext

__all__ = ["edge_errors", "squeeze_excite", "super_resolution"]


class _Excitation(nn.Module):
    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.squeeze = nn.Linear(channels, squeezed)
        self.excite = nn.Linear(squeezed, channels)

    def forward(self, x_NCHW: Tensor) -> Tensor:
        hidden = functional.relu(self.squeeze(x_NCHW.mean(dim=(2, 3))))
        weights_NC = self.excite(hidden).sigmoid()
        return x_NCHW * weights_NC[:, :, None, None]


def squeeze_excite(op: SqueezeExcite, input: Shape) -> nn.Module:
    """Build the layer for an input of this shape."""
    return _Excitation(input.channels, op.squeezed)


@dataclass(frozen=True, kw_only=True)
class _SuperResolution(PictureTask):
    factor: int

    def shown(self, images_NCHW: Tensor, batch: Batch) -> Tensor:
        """Give the pictures with the detail of small ones."""
        small_NChw = functional.avg_pool2d(images_NCHW, self.factor)
        size = images_NCHW.shape[2:]
        grown = functional.interpolate(small_NChw, size, mode="bicubic", align_corners=False)
        return grown.clamp(0.0, 1.0)


def super_resolution(settings: SuperResolution, context: TaskContext) -> _SuperResolution:
    """Make the task of its options."""
    return _SuperResolution(
        factor=settings.factor, criterion=context.loss, standardize=context.standardize
    )


def edge_errors(predicted_NCHW: Tensor, truth_NCHW: Tensor) -> Tensor:
    """Give each picture's mean squared error of the differences between neighbours, N."""
    difference_NCHW = predicted_NCHW - truth_NCHW
    rows, columns = difference_NCHW.diff(dim=2), difference_NCHW.diff(dim=3)
    return rows.square().mean(dim=(1, 2, 3)) + columns.square().mean(dim=(1, 2, 3))
