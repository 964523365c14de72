"""A layer that gives a picture another size, without parameters."""

from __future__ import annotations

from torch import nn

from archsearch.spec.kinds.resize import Resize
from archsearch.spec.shape import Shape

__all__ = ["resize"]


def resize(op: Resize, input: Shape) -> nn.Module:
    """Build ``op``; torch's own interpolation, whose ``nearest`` takes row ⌊i·H/H'⌋.

    Shape:
        N×C×H×W → N×C×size

    Example:
        >>> import torch
        >>> from archsearch.spec.shape import Pair
        >>> op = Resize(Pair(1, 3), "nearest", False)
        >>> resize(op, Shape(1, 1, 2))(torch.ones(1, 1, 1, 2)).shape
        torch.Size([1, 1, 1, 3])
    """
    corners = None if op.mode == "nearest" else op.align_corners
    return nn.Upsample(size=tuple(op.size), mode=op.mode, align_corners=corners)
