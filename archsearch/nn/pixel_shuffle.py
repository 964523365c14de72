"""A layer that turns channels into pixels."""

from torch import nn

from archsearch.spec.kinds.pixel_shuffle import PixelShuffle
from archsearch.spec.shape import Shape

__all__ = ["pixel_shuffle"]


def pixel_shuffle(op: PixelShuffle, input: Shape) -> nn.Module:
    """Build ``op``; it has no parameters."""
    return nn.PixelShuffle(op.scale)
