"""Each kind once more: its defaults, and what it computes, by torch's functions.

Nothing of ``archsearch`` is used. Size formulas are written anew. Weights are eaten in the
order that the built model lists its parameters; each must have the shape that the
reference asks for.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

DEFAULTS: dict[str, dict[str, Any]] = {
    "conv": {"kernel": 3, "stride": 1, "padding": "same", "dilation": 1, "groups": 1, "bias": True},
    "pool": {"kernel": 2, "padding": 0, "mode": "max"},
    "upsample": {"scale": 2, "mode": "nearest"},
    "pixel_shuffle": {"scale": 2},
    "channel_shuffle": {},
    "dense": {"activation": "none"},
}
DEFAULTS["conv"] |= {"norm": "none", "activation": "none"}
DEFAULTS["conv_transpose"] = {**DEFAULTS["conv"], "output_padding": 0}
SCALARS = ("norm", "activation", "dropout")
REPEATED = ("norm", "activation")
"""Kinds that stand behind the mirror of the layer that they stood behind."""
DROPPED = ("dropout", "channel_shuffle")
"""Kinds that leave nothing in a mirrored decoder."""

ACTIVATE = {
    "none": lambda y: y,
    "relu": lambda y: y.clamp(min=0),
    "leaky_relu": lambda y: torch.where(y > 0, y, 0.01 * y),
    "elu": lambda y: torch.where(y > 0, y, y.exp() - 1),
    "gelu": lambda y: y * 0.5 * (1 + torch.erf(y / math.sqrt(2))),
    "silu": lambda y: y / (1 + (-y).exp()),
    "tanh": torch.tanh,
    "sigmoid": lambda y: 1 / (1 + (-y).exp()),
}


def both(number: Any) -> tuple[int, int]:
    """A value for each axis."""
    height, width = number if isinstance(number, (list, tuple)) else (number, number)
    return int(height), int(width)


def eat(weights: list[Tensor], *shape: int) -> Tensor:
    weight = weights.pop(0)
    assert weight.shape == shape
    return weight


def _border(x: Tensor, fields: dict[str, Any], spans: tuple[int, int], fill: float) -> Tensor:
    """The padded picture: per axis so many rows before and after."""
    pads: list[int] = []
    for axis in (1, 0):
        size, stride = x.shape[2 + axis], both(fields["stride"])[axis]
        if fields["padding"] == "same":
            total = max((math.ceil(size / stride) - 1) * stride + spans[axis] - size, 0)
            pads += [total // 2, total - total // 2]
        else:
            pads += [0 if fields["padding"] == "valid" else both(fields["padding"])[axis]] * 2
    return functional.pad(x, pads, value=fill)


def spans_of(fields: dict[str, Any]) -> tuple[int, int]:
    kernel, dilation = both(fields["kernel"]), both(fields.get("dilation", 1))
    return (dilation[0] * (kernel[0] - 1) + 1, dilation[1] * (kernel[1] - 1) + 1)


def _conv(fields: dict[str, Any], x: Tensor, weights: list[Tensor]) -> Tensor:
    channels, inputs = int(fields["channels"]), x.shape[1]
    groups = inputs if fields["groups"] == "depthwise" else int(fields["groups"])
    weight = eat(weights, channels, inputs // groups, *both(fields["kernel"]))
    bias = eat(weights, channels) if fields["bias"] else None
    stride, dilation = both(fields["stride"]), both(fields["dilation"])
    padded = _border(x, fields, spans_of(fields), 0.0)
    return functional.conv2d(padded, weight, bias, stride, 0, dilation, groups)


def _transposed(fields: dict[str, Any], x: Tensor, weights: list[Tensor]) -> Tensor:
    """The full transposed convolution, then the rows that the reference keeps."""
    channels, groups = int(fields["channels"]), int(fields["groups"])
    weight = eat(weights, x.shape[1], channels // groups, *both(fields["kernel"]))
    bias = eat(weights, channels) if fields["bias"] else torch.zeros(channels, dtype=x.dtype)
    stride, dilation = both(fields["stride"]), both(fields["dilation"])
    y = functional.conv_transpose2d(x, weight, None, stride, 0, 0, groups, dilation)
    for axis, spanned in enumerate(spans_of(fields)):
        size, extra = x.shape[2 + axis], both(fields["output_padding"])[axis]
        if fields["padding"] == "same":
            before = max(spanned - stride[axis] + extra, 0) // 2
            rows = size * stride[axis]
        else:
            before = 0 if fields["padding"] == "valid" else both(fields["padding"])[axis]
            rows = (size - 1) * stride[axis] - 2 * before + spanned + extra
        y = _rows(y, 2 + axis, before, rows)
    return y + bias.reshape(1, -1, 1, 1)


def _rows(y: Tensor, axis: int, first: int, count: int) -> Tensor:
    """``count`` rows from ``first`` on, zeros where there are no more."""
    missing = max(0, first + count - y.shape[axis])
    more = list(y.shape)
    more[axis] = missing
    return torch.cat((y, y.new_zeros(more)), axis).narrow(axis, first, count)


def _pool(fields: dict[str, Any], x: Tensor) -> Tensor:
    fields = {"stride": fields["kernel"], **fields}
    kernel, stride = both(fields["kernel"]), both(fields["stride"])
    fill = -math.inf if fields["mode"] == "max" else math.nan
    padded = _border(x, fields, kernel, fill)
    windows = padded.unfold(2, kernel[0], stride[0]).unfold(3, kernel[1], stride[1])
    return windows.amax((4, 5)) if fields["mode"] == "max" else windows.nanmean((4, 5))


def _upsample(fields: dict[str, Any], x: Tensor) -> Tensor:
    height, width = both(fields["scale"])
    if fields["mode"] == "nearest":
        return x.repeat_interleave(height, 2).repeat_interleave(width, 3)
    size = (x.shape[2] * height, x.shape[3] * width)
    return functional.interpolate(x, size=size, mode="bilinear", align_corners=False)


def _shuffle(scale: int, x: Tensor) -> Tensor:
    n, channels, height, width = x.shape
    parts = x.reshape(n, channels // scale**2, scale, scale, height, width)
    return parts.permute(0, 1, 4, 2, 5, 3).reshape(n, -1, height * scale, width * scale)


def _interleaved(groups: int, x: Tensor) -> Tensor:
    size = x.shape[1] // groups
    return torch.stack([x[:, group * size + i] for i in range(size) for group in range(groups)], 1)


def _dense(fields: dict[str, Any], x: Tensor, weights: list[Tensor]) -> Tensor:
    shape = [int(n) for n in fields.get("shape", [fields.get("size")])]
    inputs, size = x[0].numel(), math.prod(shape)
    weight, bias = eat(weights, size, inputs), eat(weights, size)
    y = functional.linear(x.reshape(len(x), -1), weight, bias)
    return ACTIVATE[fields["activation"]](y).reshape(len(x), *shape)


def _normalized(norm: str, y: Tensor, weights: list[Tensor]) -> Tensor:
    if norm == "none":
        return y
    scale, shift = (eat(weights, y.shape[1]).reshape(1, -1, 1, 1) for _ in range(2))
    if norm == "batch":
        mean, variance = y.mean((0, 2, 3), True), y.var((0, 2, 3), correction=0, keepdim=True)
        return (y - mean) / (variance + 1e-5).sqrt() * scale + shift
    parts = y.reshape(len(y), 8 if norm == "group" else 1, -1)
    mean, variance = parts.mean(2, True), parts.var(2, correction=0, keepdim=True)
    return ((parts - mean) / (variance + 1e-5).sqrt()).reshape(y.shape) * scale + shift


def _convolution(fields: dict[str, Any], x: Tensor, weights: list[Tensor]) -> Tensor:
    y = _normalized(fields["norm"], _conv(fields, x, weights), weights)
    return ACTIVATE[fields["activation"]](y)


def _transposed_convolution(fields: dict[str, Any], x: Tensor, weights: list[Tensor]) -> Tensor:
    y = _normalized(fields["norm"], _transposed(fields, x, weights), weights)
    return ACTIVATE[fields["activation"]](y)


RUN: Mapping[str, Callable[[dict[str, Any], Tensor, list[Tensor]], Tensor]] = {
    "conv": _convolution,
    "conv_transpose": _transposed_convolution,
    "pool": lambda fields, x, weights: _pool(fields, x),
    "upsample": lambda fields, x, weights: _upsample(fields, x),
    "pixel_shuffle": lambda fields, x, weights: _shuffle(int(fields["scale"]), x),
    "channel_shuffle": lambda fields, x, weights: _interleaved(int(fields["groups"]), x),
    "dense": _dense,
    "norm": lambda fields, x, weights: _normalized(fields["norm"], x, weights),
    "activation": lambda fields, x, weights: ACTIVATE[fields["activation"]](x),
    "dropout": lambda fields, x, weights: x,
}
"""(fields, input, weights) → output, by kind."""
