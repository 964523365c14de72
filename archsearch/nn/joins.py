"""Layers with two inputs: the current tensor and that of an earlier layer."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from archsearch.nn.conv import conv
from archsearch.nn.rewrite.steps import JoinWith, Step
from archsearch.spec.kinds.joins import Add, Concat, Residual
from archsearch.spec.kinds.rule import JoinOp
from archsearch.spec.shape import Shape

__all__ = ["Concatenation", "Sum", "add", "concat", "residual", "steps"]


class Concatenation(nn.Module):
    """The current channels, then the earlier ones."""

    def forward(self, x_NCHW: Tensor, earlier_NCHW: Tensor) -> Tensor:
        """Bring both together."""
        return torch.cat((x_NCHW, earlier_NCHW), dim=1)


class Sum(nn.Module):
    """The sum of the current tensor and the earlier one, or of a convolution of that."""

    def __init__(self, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.shortcut = shortcut

    def forward(self, x_NCHW: Tensor, earlier_NCHW: Tensor) -> Tensor:
        """Bring both together."""
        if self.shortcut is None:
            return x_NCHW + earlier_NCHW
        shortcut: Tensor = self.shortcut(earlier_NCHW)
        return x_NCHW + shortcut


def concat(op: Concat, input: Shape, earlier: Shape) -> nn.Module:
    """Build ``op``."""
    return Concatenation()


def add(op: Add, input: Shape, earlier: Shape) -> nn.Module:
    """Build ``op``."""
    return Sum()


def residual(op: Residual, input: Shape, earlier: Shape) -> nn.Module:
    """Build ``op``, its shortcut included; ``earlier`` is what stands before the layers."""
    return Sum(None if op.shortcut is None else conv(op.shortcut, earlier))


def steps(layer: int, op: JoinOp, module: nn.Module) -> Iterator[Step]:
    """A join of what is kept."""
    yield JoinWith(layer, module, op.source)
