"""A layer that mixes the channels of groups."""

from torch import nn

from archsearch.spec.kinds.channel_shuffle import ChannelShuffle
from archsearch.spec.shape import Shape

__all__ = ["channel_shuffle"]


def channel_shuffle(op: ChannelShuffle, input: Shape) -> nn.Module:
    """Build ``op``; it has no parameters."""
    return nn.ChannelShuffle(op.groups)
