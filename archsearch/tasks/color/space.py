"""RGB, full-range JFIF YCbCr and CIE Lab of whole batches.

Channels are the third axis from the end; dtype, device and gradients are kept.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["chroma", "luminance", "merge", "to_lab", "to_rgb", "to_ycbcr"]

RED, GREEN, BLUE = 0.299, 0.587, 0.114
GRAY = 0.5
"""Cb and Cr of gray."""
"""Weights of the luminance (ITU-R BT.601, as JFIF takes them)."""

CB, CR = 2 * (1 - BLUE), 2 * (1 - RED)
"""1.772 and 1.402: B − Y and R − Y divided by them have a range of 1."""

XYZ_FROM_RGB = (
    (0.412453, 0.357580, 0.180423),
    (0.212671, 0.715160, 0.072169),
    (0.019334, 0.119193, 0.950227),
)
"""Linear sRGB to CIE XYZ (ITU-R BT.709 primaries, D65), the digits scikit-image has."""

WHITE = (0.95047, 1.0, 1.08883)
"""XYZ of the D65 illuminant, 2° observer."""


def luminance(images_N3HW: Tensor) -> Tensor:
    """Give Y = .299 R + .587 G + .114 B, shape N1HW, in [0, 1] as the pictures are.

    Example:
        >>> luminance(torch.tensor([1.0, 0.0, 0.0]).reshape(1, 3, 1, 1)).item()
        0.29899999499320984
    """
    red, green, blue = torch.split(images_N3HW, 1, dim=-3)
    return RED * red + GREEN * green + BLUE * blue


def chroma(images_N3HW: Tensor) -> Tensor:
    """Give Cb = .5 + (B − Y)/1.772 and Cr = .5 + (R − Y)/1.402, shape N2HW, in [0, 1].

    B − Y and R − Y are taken as sums of differences between channels, so that a
    gray pixel has exactly .5, whatever the dtype.
    """
    red, green, blue = torch.split(images_N3HW, 1, dim=-3)
    blue_difference = RED * (blue - red) + GREEN * (blue - green)
    red_difference = GREEN * (red - green) + BLUE * (red - blue)
    return torch.cat([GRAY + blue_difference / CB, GRAY + red_difference / CR], dim=-3)


def to_ycbcr(images_N3HW: Tensor) -> Tensor:
    """Give full-range JFIF Y, Cb and Cr, all in [0, 1] where RGB is; shape N3HW.

    ITU-T T.871. scikit-image's and video's YCbCr is studio range instead:
    16 + 219 Y, 16 + 224 Cb, 16 + 224 Cr.

    Example:
        >>> blue = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64).reshape(1, 3, 1, 1)
        >>> [round(value, 4) for value in to_ycbcr(blue).flatten().tolist()]
        [0.114, 1.0, 0.4187]
    """
    return torch.cat([luminance(images_N3HW), chroma(images_N3HW)], dim=-3)


def to_rgb(ycbcr_N3HW: Tensor) -> Tensor:
    """Undo :func:`to_ycbcr`, to rounding; not clipped, so possibly outside of [0, 1].

    R = Y + 1.402 (Cr − .5), B = Y + 1.772 (Cb − .5), and G so that Y stays Y. Gray
    chroma (.5) gives three exactly equal channels.
    """
    luma, cb, cr = torch.split(ycbcr_N3HW, 1, dim=-3)
    blue_difference, red_difference = CB * (cb - GRAY), CR * (cr - GRAY)
    green = luma - (BLUE / GREEN) * blue_difference - (RED / GREEN) * red_difference
    return torch.cat([luma + red_difference, green, luma + blue_difference], dim=-3)


def merge(luminance_N1HW: Tensor, chroma_N2HW: Tensor) -> Tensor:
    """Give the RGB pictures with this luminance and this chroma (Cb, Cr), shape N3HW.

    Not clipped: some pairs of luminance and chroma are no RGB color, and how many
    is a number worth reporting (``ColorScorer`` counts them).
    """
    return to_rgb(torch.cat([luminance_N1HW, chroma_N2HW], dim=-3))


def to_lab(images_N3HW: Tensor) -> Tensor:
    """Give CIE L*a*b* of sRGB pictures in [0, 1] (D65, 2° observer), shape N3HW.

    L is in [0, 100], a and b in about ±110. IEC 61966-2-1 for the transfer curve,
    CIE 15 for Lab, with the rounded constants of scikit-image's ``rgb2lab``.

    Example:
        >>> white = torch.ones(1, 3, 1, 1, dtype=torch.float64)
        >>> [round(abs(value), 2) for value in to_lab(white).flatten().tolist()]
        [100.0, 0.0, 0.0]
    """
    curved = ((images_N3HW.clamp_min(0.04045) + 0.055) / 1.055) ** 2.4
    red, green, blue = torch.where(images_N3HW > 0.04045, curved, images_N3HW / 12.92).unbind(-3)
    x, y, z = (
        _lab_curve((row[0] * red + row[1] * green + row[2] * blue) / white)
        for row, white in zip(XYZ_FROM_RGB, WHITE, strict=True)
    )
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=-3)


def _lab_curve(share: Tensor) -> Tensor:
    """Give the cube root, and near black, where it is too steep, a line."""
    root = share.clamp_min(0.008856) ** (1 / 3)
    return torch.where(share > 0.008856, root, 7.787 * share + 16 / 116)
