"""A dropout layer."""

from torch import nn

from archsearch.spec.kinds.dropout import Dropout
from archsearch.spec.shape import Shape

__all__ = ["dropout"]


def dropout(op: Dropout, input: Shape) -> nn.Module:
    """Build ``op``; it does nothing outside of training."""
    return nn.Dropout(op.p)
