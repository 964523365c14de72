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
    "upsample": {"scale": 2, "mode": "nearest", "align_corners": False},
    "resize": {"mode": "nearest", "align_corners": False},
    "pixel_shuffle": {"scale": 2},
    "channel_shuffle": {},
    "dense": {"bias": True, "norm": "none", "activation": "none"},
}
DEFAULTS["conv"] |= {"norm": "none", "activation": "none"}
DEFAULTS["conv_transpose"] = {**DEFAULTS["conv"], "output_padding": 0}
DEFAULTS["conv"] |= {"padding_mode": "zeros"}
SCALARS = ("norm", "activation", "dropout", "pad", "crop")
REPEATED = ("norm", "activation")
"""Kinds that stand behind the mirror of the layer that they stood behind."""
DROPPED = ("dropout", "channel_shuffle")
"""Kinds that leave nothing in a mirrored decoder."""

NUMBERS = {"leaky_relu": 0.01, "elu": 1.0, "softplus": 1.0, "hardtanh": 1.0}
"""What a word's number is where none is written."""

WITH_NUMBER = {
    "leaky_relu": lambda y, slope: torch.where(y > 0, y, slope * y),
    "elu": lambda y, alpha: torch.where(y > 0, y, alpha * (y.exp() - 1)),
    "softplus": lambda y, beta: torch.where(beta * y > 20, y, (beta * y).exp().log1p() / beta),
    "hardtanh": lambda y, most: y.clamp(-most, most),
}

SELU = (1.0507009873554805, 1.6732632423543773)

ACTIVATE = {
    "none": lambda y: y,
    "relu": lambda y: y.clamp(min=0),
    "selu": lambda y: SELU[0] * torch.where(y > 0, y, SELU[1] * (y.exp() - 1)),
    "mish": lambda y: y * torch.tanh(y.exp().log1p()),
    "gelu": lambda y: y * 0.5 * (1 + torch.erf(y / math.sqrt(2))),
    "silu": lambda y: y / (1 + (-y).exp()),
    "tanh": torch.tanh,
    "sigmoid": lambda y: 1 / (1 + (-y).exp()),
}


def both(number: Any) -> tuple[int, int]:
    """A value for each axis."""
    height, width = number if isinstance(number, (list, tuple)) else (number, number)
    return int(height), int(width)


def activated(activation: Any, y: Tensor, weights: list[Tensor]) -> Tensor:
    """``y`` after a nonlinearity, written as a word or as a word with its number."""
    (word, number), *_ = (
        activation.items() if isinstance(activation, dict) else [(activation, None)]
    )
    if word == "prelu":
        return torch.where(y > 0, y, eat(weights, 1) * y)
    if word in WITH_NUMBER:
        return WITH_NUMBER[word](y, NUMBERS[word] if number is None else number)
    return ACTIVATE[word](y)


def eat(weights: list[Tensor], *shape: int) -> Tensor:
    weight = weights.pop(0)
    assert weight.shape == shape
    return weight


def sides(written: Any, axis: int) -> list[int]:
    """Rows before and after, of one number, a number for each axis, or each side."""
    one = written[axis] if isinstance(written, (list, tuple)) else written
    return [int(n) for n in one] if isinstance(one, (list, tuple)) else [int(one)] * 2


def _border(x: Tensor, fields: dict[str, Any], spans: tuple[int, int], fill: float) -> Tensor:
    """The padded picture: per axis so many rows before and after."""
    mode = fields.get("padding_mode", "zeros")
    pads: list[int] = []
    for axis in (1, 0):
        size, stride = x.shape[2 + axis], both(fields["stride"])[axis]
        if fields["padding"] == "same":
            total = max((math.ceil(size / stride) - 1) * stride + spans[axis] - size, 0)
            pads += [total // 2, total - total // 2]
        else:
            pads += sides(0 if fields["padding"] == "valid" else fields["padding"], axis)
    if mode != "zeros":
        return _taken(x, pads, mode)
    return functional.pad(x, pads, value=fill)


def _taken(x: Tensor, pads: list[int], mode: str) -> Tensor:
    """A border of pixels of the picture, row by row."""
    for axis, (before, after) in ((3, pads[:2]), (2, pads[2:])):
        size = x.shape[axis]
        rows = range(-before, size + after)
        if mode == "circular":
            places = [i % size for i in rows]
        elif mode == "replicate":
            places = [min(max(i, 0), size - 1) for i in rows]
        else:
            places = [abs(i) if i < size else 2 * (size - 1) - i for i in rows]
        x = x.index_select(axis, torch.tensor(places))
    return x


def _bordered(written: Any, x: Tensor, picture: Tensor, sign: int) -> Tensor:
    pads: list[int] = []
    for axis in (1, 0):
        if isinstance(written, dict):
            total = sign * (picture.shape[2 + axis] - x.shape[2 + axis])
            pads += [total // 2, total - total // 2]
        else:
            pads += sides(written, axis)
    return functional.pad(x, [sign * side for side in pads])


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
            before, after = sides(0 if fields["padding"] == "valid" else fields["padding"], axis)
            rows = (size - 1) * stride[axis] - before - after + spanned + extra
        y = _rows(y, 2 + axis, before, rows)
    return y + bias.reshape(1, -1, 1, 1)


def _rows(y: Tensor, axis: int, first: int, count: int) -> Tensor:
    """``count`` rows from ``first`` on, zeros where there are no more."""
    missing = max(0, first + count - y.shape[axis])
    more = list(y.shape)
    more[axis] = missing
    return torch.cat((y, y.new_zeros(more)), axis).narrow(axis, first, count)


def _pool(fields: dict[str, Any], x: Tensor) -> Tensor:
    if fields["kernel"] == "global":
        fields = {**fields, "kernel": list(x.shape[2:])}
    fields = {"stride": fields["kernel"], **fields}
    kernel, stride = both(fields["kernel"]), both(fields["stride"])
    fill = -math.inf if fields["mode"] == "max" else math.nan
    padded = _border(x, fields, kernel, fill)
    windows = padded.unfold(2, kernel[0], stride[0]).unfold(3, kernel[1], stride[1])
    return windows.amax((4, 5)) if fields["mode"] == "max" else windows.nanmean((4, 5))


def unpooled(fields: dict[str, Any], before: Tensor, x: Tensor) -> Tensor:
    """Window by window: the value at the place where ``before`` is largest, zeros elsewhere."""
    if fields["kernel"] == "global":
        fields = {**fields, "kernel": list(before.shape[2:])}
    fields = {"stride": fields["kernel"], **fields}
    kernel, stride = both(fields["kernel"]), both(fields["stride"])
    padded = _border(before, fields, kernel, -math.inf)
    top, left = (
        (padded.shape[2 + axis] - before.shape[2 + axis], fields["padding"]) for axis in (0, 1)
    )
    result = torch.zeros_like(padded)
    for row in range(x.shape[2]):
        for column in range(x.shape[3]):
            y, z = row * stride[0], column * stride[1]
            window = padded[:, :, y : y + kernel[0], z : z + kernel[1]]
            largest = window.flatten(2).argmax(2)
            spread = functional.one_hot(largest, window[0, 0].numel()).to(x.dtype)
            put = (spread * x[:, :, row, column, None]).reshape(window.shape)
            result[:, :, y : y + kernel[0], z : z + kernel[1]] += put
    first = [
        total // 2 if padding == "same" else sides(0 if padding == "valid" else padding, axis)[0]
        for axis, (total, padding) in enumerate((top, left))
    ]
    height, width = before.shape[2:]
    return result[:, :, first[0] : first[0] + height, first[1] : first[1] + width]


def _upsample(fields: dict[str, Any], x: Tensor) -> Tensor:
    height, width = both(fields["scale"])
    if fields["mode"] == "nearest":
        return x.repeat_interleave(height, 2).repeat_interleave(width, 3)
    return _resize({**fields, "size": (x.shape[2] * height, x.shape[3] * width)}, x)


def _resize(fields: dict[str, Any], x: Tensor) -> Tensor:
    """As torch does it; ``nearest`` takes whole places."""
    size, mode = both(fields["size"]), fields["mode"]
    corners = {} if mode == "nearest" else {"align_corners": fields["align_corners"]}
    return functional.interpolate(x, size=size, mode=mode, **corners)


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
    weight = eat(weights, size, inputs)
    bias = eat(weights, size) if fields["bias"] else None
    y = functional.linear(x.reshape(len(x), -1), weight, bias)
    picture = y.reshape(len(x), *(shape if len(shape) == 3 else (size, 1, 1)))
    y = _normalized(fields["norm"], picture, weights).reshape(len(x), *shape)
    return activated(fields["activation"], y, weights)


def _normalized(norm: Any, y: Tensor, weights: list[Tensor]) -> Tensor:
    if norm == "none":
        return y
    scale, shift = (eat(weights, y.shape[1]).reshape(1, -1, 1, 1) for _ in range(2))
    if norm == "batch":
        mean, variance = y.mean((0, 2, 3), True), y.var((0, 2, 3), correction=0, keepdim=True)
        return (y - mean) / (variance + 1e-5).sqrt() * scale + shift
    groups = {"group": 8, "layer": 1, "instance": y.shape[1]}
    parts = y.reshape(len(y), norm["group"] if isinstance(norm, dict) else groups[norm], -1)
    mean, variance = parts.mean(2, True), parts.var(2, correction=0, keepdim=True)
    return ((parts - mean) / (variance + 1e-5).sqrt()).reshape(y.shape) * scale + shift


def _convolution(fields: dict[str, Any], x: Tensor, weights: list[Tensor]) -> Tensor:
    y = _normalized(fields["norm"], _conv(fields, x, weights), weights)
    return activated(fields["activation"], y, weights)


def _transposed_convolution(fields: dict[str, Any], x: Tensor, weights: list[Tensor]) -> Tensor:
    y = _normalized(fields["norm"], _transposed(fields, x, weights), weights)
    return activated(fields["activation"], y, weights)


RUN: Mapping[str, Callable[[dict[str, Any], Tensor, list[Tensor], Tensor], Tensor]] = {
    "conv": lambda fields, x, weights, _: _convolution(fields, x, weights),
    "conv_transpose": lambda fields, x, weights, _: _transposed_convolution(fields, x, weights),
    "pool": lambda fields, x, weights, _: _pool(fields, x),
    "upsample": lambda fields, x, weights, _: _upsample(fields, x),
    "resize": lambda fields, x, weights, _: _resize(fields, x),
    "pad": lambda fields, x, weights, picture: _bordered(fields["pad"], x, picture, 1),
    "crop": lambda fields, x, weights, picture: _bordered(fields["crop"], x, picture, -1),
    "pixel_shuffle": lambda fields, x, weights, _: _shuffle(int(fields["scale"]), x),
    "channel_shuffle": lambda fields, x, weights, _: _interleaved(int(fields["groups"]), x),
    "dense": lambda fields, x, weights, _: _dense(fields, x, weights),
    "norm": lambda fields, x, weights, _: _normalized(fields["norm"], x, weights),
    "activation": lambda fields, x, weights, _: activated(fields["activation"], x, weights),
    "dropout": lambda fields, x, weights, _: x,
}
"""(fields, input, weights, picture) → output, by kind."""
