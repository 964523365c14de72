"""A transposed convolution layer: convolution, crop, norm, activation."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn

from archsearch.nn.activation import activation
from archsearch.nn.border import Border
from archsearch.nn.norm import norm
from archsearch.spec.kinds.conv_transpose import ConvTranspose
from archsearch.spec.shape import Pads, Shape

__all__ = ["conv_transpose"]


def conv_transpose(op: ConvTranspose, input: Shape) -> nn.Module:
    """Build ``op`` for an input of this shape.

    torch crops the same on both sides and appends ``output_padding``; other
    crops are taken from the full output of (W − 1)·S + K_eff rows.

    Shape:
        N×C×H×W → N×op.channels×H'×W', H' = (H − 1)·S + K_eff − top − bottom.

    Example:
        >>> import torch
        >>> from archsearch.spec.shape import Pair, Shape
        >>> op = ConvTranspose(4, Pair(3, 3), Pair(2, 2), Pads(0, 1, 0, 1), Pair(1, 1), 1, True,
        ...                    "none", "none")
        >>> conv_transpose(op, Shape(8, 16, 16))(torch.zeros(1, 8, 16, 16)).shape
        torch.Size([1, 4, 32, 32])
    """
    top, bottom, left, right = op.crop
    extra = (top - bottom, left - right)
    most = [max(s, d) for s, d in zip(op.stride, op.dilation, strict=True)]
    torch_can = min(top, left) >= 0 and all(
        0 <= more < limit for more, limit in zip(extra, most, strict=True)
    )
    appended = extra if torch_can else (max(0, -bottom), max(0, -right))
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    parts["conv"] = nn.ConvTranspose2d(
        input.channels,
        op.channels,
        op.kernel,
        stride=op.stride,
        padding=(top, left) if torch_can else 0,
        output_padding=appended,
        dilation=op.dilation,
        groups=op.groups,
        bias=op.bias,
    )
    if not torch_can:
        parts["crop"] = Border(Pads(-top, -max(0, bottom), -left, -max(0, right)))
    if op.norm != "none":
        parts["norm"] = norm(op.norm, op.channels)
    if op.activation != "none":
        parts["activation"] = activation(op.activation)
    return nn.Sequential(parts)
