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

    def __init__(self, op: Unpool, input: Shape) -> None:
        super().__init__()
        self.kernel = op.kernel
        self.stride = op.stride
        self.padding = _padding(op, input)
        self.size = op.size
        self.crop = None if op.pads == Pads() else Border(-op.pads)

    def forward(self, x_NCHW: Tensor, places_NCHW: Tensor) -> Tensor:
        """Put the values back."""
        y = functional.max_unpool2d(
            x_NCHW,
            places_NCHW,
            self.kernel,
            self.stride,
            self.padding,
            output_size=self.size,
        )
        if self.crop is None:
            return y
        cropped: Tensor = self.crop(y)
        return cropped


def unpool(op: Unpool, input: Shape, places: Shape) -> nn.Module:
    """Build ``op``; it has no parameters."""
    return Unpooling(op, input)


def _padding(op: Unpool, input: Shape) -> tuple[int, int]:
    """Padding with which torch accepts ``op.size``; the result doesn't depend on it.

    torch refuses a size that is a stride or more from (H − 1)·S + K − 2P.
    """
    axes = zip((input.height, input.width), op.stride, op.kernel, op.size, strict=True)
    height, width = (max(0, -(-((n - 1) * s + k - size) // 2)) for n, s, k, size in axes)
    return height, width


def find_places(pool: nn.Module) -> None:
    """Let a max pool give the places of its maxima, too."""
    for module in pool.modules():
        if isinstance(module, nn.MaxPool2d):
            module.return_indices = True
