"""Where float64 can be computed: errors are summed in it, and Apple's GPUs lack it."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["exact", "finest"]

_WITHOUT = ("mps",)
"""Kinds of devices that have no float64."""


def exact(tensor: Tensor) -> Tensor:
    """Give the tensor where float64 can be computed: where it is, else on the processor."""
    return tensor.cpu() if tensor.device.type in _WITHOUT else tensor


def finest(device: torch.device | str) -> torch.dtype:
    """Give the finest numbers of a device.

    Example:
        >>> finest("cpu")
        torch.float64
    """
    return torch.float32 if torch.device(device).type in _WITHOUT else torch.float64
