"""A pooling layer that never sees its border: −inf for max, no count for avg."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator

from torch import Tensor, nn
from torch.nn import functional

from archsearch.nn.border import Border, both_sides
from archsearch.nn.rewrite.steps import Apply, MaxPool, PoolWithPlaces, Step
from archsearch.spec.kinds.pool import Pool
from archsearch.spec.shape import Pads, Shape

__all__ = ["RealPixelAverage", "pool", "steps"]


class RealPixelAverage(nn.Module):
    """Average pooling over real pixels only, for borders that differ between sides.

    Sum of a window's real pixels / their count, as ``count_include_pad=False``
    gives for equal sides.

    Shape:
        N×C×H×W → N×C×H'×W', H' = ⌊(H + top + bottom − K)/S⌋ + 1, W' alike.
    """

    def __init__(self, kernel: tuple[int, int], stride: tuple[int, int], pads: Pads) -> None:
        super().__init__()
        self.kernel = kernel
        self.stride = stride
        self.border = Border(pads)

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """Average each window."""
        real_11HW = x_NCHW.new_ones(1, 1, *x_NCHW.shape[2:])
        return self._sum(x_NCHW) / self._sum(real_11HW)

    def _sum(self, x_NCHW: Tensor) -> Tensor:
        return functional.avg_pool2d(
            self.border(x_NCHW), self.kernel, self.stride, divisor_override=1
        )


def pool(op: Pool, input: Shape) -> nn.Module:
    """Build ``op``; it has no parameters.

    Example:
        >>> import torch
        >>> from archsearch.spec.shape import Pair, Shape
        >>> op = Pool(Pair(2, 2), Pair(2, 2), Pads(0, 1, 0, 1), "avg")
        >>> pool(op, Shape(1, 3, 3))(torch.full((1, 1, 3, 3), 5.0))
        tensor([[[[5., 5.],
                  [5., 5.]]]])
    """
    kernel, stride, padding = op.kernel, op.stride, both_sides(op.pads)
    if op.mode == "avg":
        if padding is None:
            return RealPixelAverage(kernel, stride, op.pads)
        return nn.AvgPool2d(kernel, stride, padding, count_include_pad=False)
    if padding is None:
        border = Border(op.pads, value=-math.inf)
        return nn.Sequential(OrderedDict(border=border, pool=nn.MaxPool2d(kernel, stride)))
    return nn.MaxPool2d(kernel, stride, padding)


def steps(layer: int, op: Pool, module: nn.Module) -> Iterator[Step]:
    """A max pooling, which rewrites know, or another."""
    if any(getattr(part, "return_indices", False) for part in module.modules()):
        yield PoolWithPlaces(layer, module)
        return
    yield MaxPool(layer, op, module) if op.mode == "max" else Apply(layer, module)
