"""Layers with several inputs: the current tensor and those of earlier layers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from archsearch.nn.activation import activation
from archsearch.nn.conv import conv
from archsearch.spec.kinds.joins import Add, Concat
from archsearch.spec.kinds.parallel import Parallel
from archsearch.spec.kinds.residual import Residual
from archsearch.spec.shape import Shape

__all__ = ["Concatenation", "Sum", "add", "concat", "parallel", "residual"]


class Concatenation(nn.Module):
    """The channels of all tensors, one after the other; of two, the second's may come first."""

    def __init__(self, *, reverse: bool = False) -> None:
        super().__init__()
        self.reverse = reverse

    def forward(self, *tensors_NCHW: Tensor) -> Tensor:
        """Bring all together."""
        return torch.cat(tensors_NCHW[::-1] if self.reverse else tensors_NCHW, dim=1)


class Sum(nn.Module):
    """The sum of all tensors, the second perhaps convolved, and an activation after it."""

    def __init__(
        self, shortcut: nn.Module | None = None, activation: nn.Module | None = None
    ) -> None:
        super().__init__()
        self.shortcut = shortcut
        self.activation = activation

    def forward(self, x_NCHW: Tensor, *others_NCHW: Tensor) -> Tensor:
        """Bring all together."""
        for other_NCHW in others_NCHW:
            x_NCHW = x_NCHW + (other_NCHW if self.shortcut is None else self.shortcut(other_NCHW))
        return x_NCHW if self.activation is None else self.activation(x_NCHW)


def concat(op: Concat, *shapes: Shape) -> nn.Module:
    """Build ``op``."""
    return Concatenation(reverse=op.place == "before")


def add(op: Add, *shapes: Shape) -> nn.Module:
    """Build ``op``."""
    return Sum()


def parallel(op: Parallel, *shapes: Shape) -> nn.Module:
    """Build ``op``; its branches are layers before it."""
    return Concatenation() if op.join == "concat" else Sum()


def residual(op: Residual, input: Shape, earlier: Shape) -> nn.Module:
    """Build ``op``, its 1×1 shortcut included; ``earlier`` is what stands before the layers."""
    shortcut = None if op.shortcut is None else conv(op.shortcut, earlier)
    return Sum(shortcut, None if op.activation == "none" else activation(op.activation))
