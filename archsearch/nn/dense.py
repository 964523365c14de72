"""A dense layer: flatten, matrix, activation, and the way back to a picture."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from torch import nn

from archsearch.nn.activation import activate, activation
from archsearch.nn.norm import norm
from archsearch.nn.rewrite.steps import Apply, Step
from archsearch.spec.kinds.dense import Dense
from archsearch.spec.shape import Shape

__all__ = ["dense", "steps"]


def dense(op: Dense, input: Shape) -> nn.Module:
    """Build ``op`` for an input of this shape; a picture is flattened in the order C, H, W.

    A norm is over the picture's channels, so the picture is made before it.

    Shape:
        N×C×H×W or N×size → N×size, or N×C'×H'×W' where ``op.shape`` is given.

    Example:
        >>> import torch
        >>> from archsearch.spec.shape import Shape
        >>> dense(Dense(8, Shape(2, 2, 2), "relu"), Shape(3, 2, 2))(torch.zeros(5, 3, 2, 2)).shape
        torch.Size([5, 2, 2, 2])
    """
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    if not input.vector:
        parts["flatten"] = nn.Flatten()
    parts["linear"] = nn.Linear(input.elements, op.size, bias=op.bias)
    picture = None if op.shape is None else nn.Unflatten(1, op.shape.as_tuple())
    if op.norm != "none":
        if picture is not None:
            parts["picture"] = picture
        channels = op.size if op.shape is None else op.shape.channels
        parts["norm"] = norm(op.norm, channels, vector=op.shape is None)
    if op.activation != "none":
        parts["activation"] = activation(op.activation)
    if picture is not None:
        parts["picture"] = picture
    return nn.Sequential(parts)


def steps(layer: int, op: Dense, module: nn.Module) -> Iterator[Step]:
    """Each part by itself; a matrix product's backward reads its factors."""
    for name, part in module.named_children():
        if name == "activation":
            yield from activate(layer, op.activation, part)
        else:
            yield Apply(layer, part, gives_fresh=name in ("linear", "norm"))
