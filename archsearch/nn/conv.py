"""A convolution layer: border, convolution, norm, activation."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from torch import nn

from archsearch.nn.activation import activate, activation
from archsearch.nn.border import Border, both_sides
from archsearch.nn.norm import norm, normalize
from archsearch.nn.rewrite.steps import Apply, Convolve, Step
from archsearch.spec.kinds.conv import Conv
from archsearch.spec.shape import Shape

__all__ = ["conv", "steps"]


def conv(op: Conv, input: Shape) -> nn.Module:
    """Build ``op`` for an input of this shape.

    Its parameters come in the order weight, bias, norm weight, norm bias.

    Example:
        >>> from archsearch.spec.shape import Pads, Pair, Shape
        >>> op = Conv(8, Pair(3, 3), Pair(1, 1), Pads(1, 1, 1, 1), Pair(1, 1), 1, True,
        ...           "batch", "relu")
        >>> [name for name, _ in conv(op, Shape(3, 8, 8)).named_parameters()]
        ['conv.weight', 'conv.bias', 'norm.weight', 'norm.bias']
    """
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    padding = both_sides(op.pads)
    zeros = op.padding_mode == "zeros"
    if padding is None:
        parts["border"] = Border(op.pads, mode="constant" if zeros else op.padding_mode)
    parts["conv"] = nn.Conv2d(
        input.channels,
        op.channels,
        op.kernel,
        stride=op.stride,
        padding=padding or (0, 0),
        dilation=op.dilation,
        groups=op.groups,
        bias=op.bias,
        padding_mode="zeros" if padding is None else op.padding_mode,
    )
    if op.norm != "none":
        parts["norm"] = norm(op.norm, op.channels)
    if op.activation != "none":
        parts["activation"] = activation(op.activation)
    return nn.Sequential(parts)


def steps(layer: int, op: Conv, module: nn.Module) -> Iterator[Step]:
    """The convolution with its border, then the norm, then the activation."""
    parts = dict(module.named_children())
    conv = parts["conv"]
    if not isinstance(conv, nn.Conv2d):
        raise TypeError(f"layer {layer} is a conv, its module a {type(conv).__name__}")
    if op.padding_mode == "zeros":
        yield Convolve(layer, conv, parts.get("border"), op.pads)
    else:  # the rewrites of convolutions are exact for zeros alone
        for part in filter(None, (parts.get("border"), conv)):
            yield Apply(layer, part, gives_fresh=True)
    if "norm" in parts:
        yield normalize(layer, parts["norm"])
    if "activation" in parts:
        yield from activate(layer, op.activation, parts["activation"])
