"""Luminance: what a coloring net is fed, and what stands in its result unchanged."""

from __future__ import annotations

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from archsearch.tasks.color.space import luminance

__all__ = ["gray_of", "with_luminance"]

FIXED_POINT = (19595, 38470, 7471)
"""0.299, 0.587 and 0.114 in 1/65536: how Pillow and libjpeg compute Y, rounded."""


def gray_of(colors_HWC: NDArray[numpy.uint8]) -> NDArray[numpy.uint8]:
    """Give the luminance of 8-bit RGB as 8-bit gray, H×W×1.

    It is the luminance Y = .299R + .587G + .114B rounded to whole numbers, bit
    for bit what Pillow's ``convert("L")`` gives. So a color picture and its own
    gray version, saved in 8 bits, are the same to whatever works on this.

    Example:
        >>> gray_of(numpy.array([[[255, 0, 0], [7, 7, 7]]], numpy.uint8)).tolist()
        [[[76], [7]]]
    """
    red, green, blue = FIXED_POINT
    total_HW = colors_HWC[..., 0].astype(numpy.uint32) * red
    total_HW += colors_HWC[..., 1].astype(numpy.uint32) * green
    total_HW += colors_HWC[..., 2].astype(numpy.uint32) * blue
    total_HW += 0x8000
    return (total_HW >> 16).astype(numpy.uint8)[..., None]


def with_luminance(colors_CHW: Tensor, luminance_HW: Tensor) -> Tensor:
    """Give ``colors_CHW`` with another luminance: the same hue, as much of it as fits.

    The color difference (RGB minus its own luminance) is kept and laid upon
    the luminance given. Where that would leave [0, 1] it is shortened, not
    clipped: clipping would change the luminance, which is known exactly. Cb
    and Cr shrink toward gray by one factor.

    Args:
        colors_CHW: RGB; it may leave [0, 1].
        luminance_HW: in [0, 1].

    Example:
        >>> orange = torch.tensor([0.9, 0.5, 0.1]).view(3, 1, 1)
        >>> bright = with_luminance(orange, torch.tensor([[0.95]]))
        >>> [round(value, 3) for value in bright.flatten().tolist()]
        [1.0, 0.939, 0.877]
    """
    difference_CHW = colors_CHW - luminance(colors_CHW)
    room_CHW = torch.where(difference_CHW > 0, 1 - luminance_HW, luminance_HW)
    share_CHW = room_CHW / difference_CHW.abs().clamp_min(torch.finfo(torch.float32).tiny)
    share_HW = share_CHW.amin(dim=0).clamp_max(1.0)
    return luminance_HW + share_HW * difference_CHW
