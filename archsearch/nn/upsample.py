"""An enlarging layer without parameters."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

from archsearch.nn.rewrite.steps import Apply, Enlarge, Step
from archsearch.spec.kinds.upsample import Upsample
from archsearch.spec.shape import Shape

__all__ = ["steps", "upsample"]

_LARGEST_EXACT_NEAREST = 40
"""torch's ``nearest`` takes row ⌊i·float32(1/scale)⌋, which is one too low at
scale 41, 47, 55 …; ``nearest-exact`` measures from pixel centres and never is,
but is slower."""


def upsample(op: Upsample, input: Shape) -> nn.Module:
    """Build ``op``: each pixel repeated, or interpolated between pixel centres or corners.

    Shape:
        N×C×H×W → N×C×(H·scale)×(W·scale)

    Example:
        >>> import torch
        >>> from archsearch.spec.shape import Pair
        >>> op = Upsample(Pair(1, 2), "nearest")
        >>> upsample(op, Shape(1, 1, 2))(torch.tensor([[[[1.0, 2.0]]]]))
        tensor([[[[1., 1., 2., 2.]]]])
    """
    scale = (float(op.scale.height), float(op.scale.width))
    if op.mode != "nearest":
        return nn.Upsample(scale_factor=scale, mode=op.mode, align_corners=op.align_corners)
    exact = max(op.scale) <= _LARGEST_EXACT_NEAREST
    return nn.Upsample(scale_factor=scale, mode="nearest" if exact else "nearest-exact")


def steps(layer: int, op: Upsample, module: nn.Module) -> Iterator[Step]:
    """A nearest upsampling, which rewrites know, or another."""
    yield Enlarge(layer, op.scale, module) if op.mode == "nearest" else Apply(layer, module)
