"""A convolution layer: border, convolution, norm, activation."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from types import MappingProxyType

from torch import nn

from archsearch.nn.border import Border, both_sides
from archsearch.spec.kinds.ops import ActivationName, Conv, NormName

__all__ = ["ACTIVATIONS", "GROUPS", "activation", "conv", "norm"]

GROUPS = 8
"""Groups of channels that ``norm: group`` normalizes, each by itself."""

ACTIVATIONS: Mapping[ActivationName, Callable[[], nn.Module]] = MappingProxyType(
    {
        "relu": nn.ReLU,
        "leaky_relu": nn.LeakyReLU,  # slope 0.01
        "elu": nn.ELU,  # alpha 1
        "gelu": nn.GELU,  # exact, by erf
        "silu": nn.SiLU,
        "tanh": nn.Tanh,
        "sigmoid": nn.Sigmoid,
    }
)


def conv(op: Conv, channels: int) -> nn.Module:
    """Build ``op`` for an input of ``channels``.

    Its parameters come in the order weight, bias, norm weight, norm bias.

    Example:
        >>> from archsearch.spec.shape import Pads, Pair
        >>> op = Conv(8, Pair(3, 3), Pair(1, 1), Pads(1, 1, 1, 1), Pair(1, 1), 1, True,
        ...           "batch", "relu")
        >>> [name for name, _ in conv(op, 3).named_parameters()]
        ['conv.weight', 'conv.bias', 'norm.weight', 'norm.bias']
    """
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    padding = both_sides(op.pads)
    if padding is None:
        parts["border"] = Border(op.pads)
    parts["conv"] = nn.Conv2d(
        channels,
        op.channels,
        op.kernel,
        stride=op.stride,
        padding=padding or (0, 0),
        dilation=op.dilation,
        groups=op.groups,
        bias=op.bias,
    )
    if op.norm != "none":
        parts["norm"] = norm(op.norm, op.channels)
    if op.activation != "none":
        parts["activation"] = activation(op.activation)
    return nn.Sequential(parts)


def norm(name: NormName, channels: int) -> nn.Module:
    """A fresh norm over ``channels``: 2·C parameters, whichever it is.

    ``layer`` normalizes a whole picture: one group holds all its channels.
    """
    if name == "batch":
        return nn.BatchNorm2d(channels)
    return nn.GroupNorm(1 if name == "layer" else GROUPS, channels)


def activation(name: ActivationName) -> nn.Module:
    """A fresh activation; layers never share one."""
    return ACTIVATIONS[name]()
