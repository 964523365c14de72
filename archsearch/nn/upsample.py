"""An enlarging layer without parameters."""

from __future__ import annotations

from torch import nn

from archsearch.spec.kinds.ops import Upsample

__all__ = ["upsample"]

_LARGEST_EXACT_NEAREST = 40
"""torch's ``nearest`` takes row ⌊i·float32(1/scale)⌋, which is one too low at
scale 41, 47, 55 …; ``nearest-exact`` measures from pixel centres and never is,
but is slower."""


def upsample(op: Upsample) -> nn.Module:
    """Build ``op``: each pixel repeated, or bilinear between pixel centres.

    Shape:
        N×C×H×W → N×C×(H·scale)×(W·scale)

    Example:
        >>> import torch
        >>> from archsearch.spec.shape import Pair
        >>> upsample(Upsample(Pair(1, 2), "nearest"))(torch.tensor([[[[1.0, 2.0]]]]))
        tensor([[[[1., 1., 2., 2.]]]])
    """
    scale = (float(op.scale.height), float(op.scale.width))
    if op.mode == "bilinear":
        return nn.Upsample(scale_factor=scale, mode="bilinear", align_corners=False)
    exact = max(op.scale) <= _LARGEST_EXACT_NEAREST
    return nn.Upsample(scale_factor=scale, mode="nearest" if exact else "nearest-exact")
