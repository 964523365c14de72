"""Layers with two inputs: the current tensor and that of an earlier layer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from archsearch.nn.conv import conv
from archsearch.spec.kinds.ops import Add, Concat, Residual

__all__ = ["Join", "join"]


class Join(nn.Module):
    """Base of the layers that take an earlier layer's output beside the current one."""

    def forward(self, x_NCHW: Tensor, earlier_NCHW: Tensor) -> Tensor:
        """Bring both together."""
        return x_NCHW + earlier_NCHW


class _Concatenation(Join):
    """The current channels, then the earlier ones."""

    def forward(self, x_NCHW: Tensor, earlier_NCHW: Tensor) -> Tensor:
        return torch.cat((x_NCHW, earlier_NCHW), dim=1)


class _Shortcut(Join):
    """The sum with a 1×1 convolution of the earlier output."""

    def __init__(self, shortcut: nn.Module) -> None:
        super().__init__()
        self.shortcut = shortcut

    def forward(self, x_NCHW: Tensor, earlier_NCHW: Tensor) -> Tensor:
        shortcut: Tensor = self.shortcut(earlier_NCHW)
        return x_NCHW + shortcut


def join(op: Concat | Add | Residual, earlier_channels: int) -> Join:
    """Build ``op``; ``earlier_channels`` are those of the layer it joins."""
    if isinstance(op, Concat):
        return _Concatenation()
    if isinstance(op, Residual) and op.shortcut is not None:
        return _Shortcut(conv(op.shortcut, earlier_channels))
    return Join()
