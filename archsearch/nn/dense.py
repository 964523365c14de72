"""A dense layer: flatten, matrix, activation, and the way back to a picture."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn

from archsearch.nn.conv import activation
from archsearch.spec.kinds.ops import Dense

__all__ = ["dense"]


def dense(op: Dense, elements: int) -> nn.Module:
    """Build ``op`` for an input of so many elements, flattened in the order C, H, W.

    Shape:
        N×C×H×W or N×size → N×size, or N×C'×H'×W' where ``op.shape`` is given.

    Example:
        >>> import torch
        >>> from archsearch.spec.shape import Shape
        >>> dense(Dense(8, Shape(2, 2, 2), "relu"), 12)(torch.zeros(5, 3, 2, 2)).shape
        torch.Size([5, 2, 2, 2])
    """
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    parts["flatten"] = nn.Flatten()
    parts["linear"] = nn.Linear(elements, op.size)
    if op.activation != "none":
        parts["activation"] = activation(op.activation)
    if op.shape is not None:
        parts["picture"] = nn.Unflatten(1, op.shape.as_tuple())
    return nn.Sequential(parts)
