"""Unpooling: values back to where a max pool found them."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from archsearch.nn.border import Border
from archsearch.spec.kinds.unpool import Unpool
from archsearch.spec.shape import Pads, Shape

__all__ = ["Unpooling", "find_places", "unpool"]


class Unpooling(nn.Module):
    """Each value to the place of its maximum, zeros elsewhere.

    Shape:
        N×C×h×w and places N×C×h×w → N×C×H×W, the pool's input size.
    """

    def __init__(self, op: Unpool) -> None:
        super().__init__()
        self.kernel = op.kernel
        self.stride = op.stride
        self.size = op.size
        self.crop = None if op.pads == Pads() else Border(-op.pads)

    def forward(self, x_NCHW: Tensor, places_NCHW: Tensor) -> Tensor:
        """Put the values back."""
        y = functional.max_unpool2d(
            x_NCHW, places_NCHW, self.kernel, self.stride, output_size=self.size
        )
        if self.crop is None:
            return y
        cropped: Tensor = self.crop(y)
        return cropped


def unpool(op: Unpool, input: Shape, places: Shape) -> nn.Module:
    """Build ``op``; it has no parameters."""
    return Unpooling(op)


def find_places(pool: nn.Module) -> None:
    """Let a max pool give the places of its maxima, too."""
    for module in pool.modules():
        if isinstance(module, nn.MaxPool2d):
            module.return_indices = True
