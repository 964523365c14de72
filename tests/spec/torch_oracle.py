"""A spec run by torch's functions, with size formulas of its own.

Weights are eaten in the order that the built model lists its parameters; each
must have the shape that the reference asks for.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import torch
import yaml
from torch import Tensor
from torch.nn import functional

from .unfolded import Flat, Unfolding

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


@dataclass
class Run:
    """What running a spec gave: ``outputs[0]`` is the picture, then one a layer."""

    outputs: list[Tensor]
    layers: list[Flat] = field(default_factory=list)
    depth: int = 0

    @property
    def latent(self) -> Tensor:
        return self.outputs[self.depth]


def run_spec(text: str, picture: Tensor, weights: list[Tensor]) -> Run:
    """Run the spec in ``text``; ``weights`` is emptied."""
    spec = yaml.safe_load(text)
    unfolding = Unfolding(spec)
    run = Run([picture])
    unfolding.body(spec["encoder"], unfolding.params)
    _through(run, unfolding.layers, weights)
    run.depth = len(run.layers)
    if isinstance(spec["decoder"], list):
        unfolding.body(spec["decoder"], unfolding.params)
        rest = unfolding.layers[run.depth :]
    else:
        rest = Mirror(run, spec["decoder"], unfolding).layers()
    _settle(rest, picture.shape[1])
    _through(run, rest, weights)
    return run


def _settle(decoder: list[Flat], wanted: int) -> None:
    """Put the task's channels in place of the decoder's last ``auto``."""
    for layer in reversed(decoder):
        if layer.kind == "pixel_shuffle":
            wanted *= layer.fields["scale"] ** 2
        elif "channels" in layer.fields:
            if layer.fields["channels"] == "auto":
                layer.fields["channels"] = wanted
            return


def _through(run: Run, layers: list[Flat], weights: list[Tensor]) -> None:
    for layer in layers:
        joined = None if layer.joined is None else run.outputs[layer.joined]
        run.outputs.append(_apply(layer, run.outputs[-1], joined, weights))
        run.layers.append(layer)


def both(number: Any) -> tuple[int, int]:
    """A value for each axis."""
    height, width = number if isinstance(number, (list, tuple)) else (number, number)
    return int(height), int(width)


def _eat(weights: list[Tensor], *shape: int) -> Tensor:
    weight = weights.pop(0)
    assert weight.shape == shape
    return weight


def _apply(  # noqa: PLR0911 - one line a kind
    layer: Flat, x: Tensor, joined: Tensor | None, weights: list[Tensor]
) -> Tensor:
    fields = layer.fields
    match layer.kind:
        case "conv" | "conv_transpose":
            make = _conv if layer.kind == "conv" else _transposed
            y = _normalized(fields["norm"], make(fields, x, weights), weights)
            return ACTIVATE[fields["activation"]](y)
        case "pool":
            return _pool(fields, x)
        case "upsample":
            return _upsample(fields, x)
        case "pixel_shuffle":
            return _shuffle(int(fields["scale"]), x)
        case "dense":
            return _dense(fields, x, weights)
        case "norm":
            return _normalized(fields["norm"], x, weights)
        case "activation":
            return ACTIVATE[fields["activation"]](x)
        case "dropout":
            return x
    assert joined is not None
    if layer.kind == "concat":
        return torch.cat((x, joined), 1)
    if layer.kind == "residual" and joined.shape != x.shape:
        stride = [a // b for a, b in zip(joined.shape[2:], x.shape[2:], strict=True)]
        weight = _eat(weights, x.shape[1], joined.shape[1], 1, 1)
        return x + functional.conv2d(joined, weight, _eat(weights, x.shape[1]), stride)
    return x + joined


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


def _spans(fields: dict[str, Any]) -> tuple[int, int]:
    kernel, dilation = both(fields["kernel"]), both(fields.get("dilation", 1))
    return (dilation[0] * (kernel[0] - 1) + 1, dilation[1] * (kernel[1] - 1) + 1)


def _conv(fields: dict[str, Any], x: Tensor, weights: list[Tensor]) -> Tensor:
    channels, inputs = int(fields["channels"]), x.shape[1]
    groups = inputs if fields["groups"] == "depthwise" else int(fields["groups"])
    weight = _eat(weights, channels, inputs // groups, *both(fields["kernel"]))
    bias = _eat(weights, channels) if fields["bias"] else None
    stride, dilation = both(fields["stride"]), both(fields["dilation"])
    padded = _border(x, fields, _spans(fields), 0.0)
    return functional.conv2d(padded, weight, bias, stride, 0, dilation, groups)


def _transposed(fields: dict[str, Any], x: Tensor, weights: list[Tensor]) -> Tensor:
    """The full transposed convolution, then the rows that the reference keeps."""
    channels, groups = int(fields["channels"]), int(fields["groups"])
    weight = _eat(weights, x.shape[1], channels // groups, *both(fields["kernel"]))
    bias = _eat(weights, channels) if fields["bias"] else torch.zeros(channels, dtype=x.dtype)
    stride, dilation = both(fields["stride"]), both(fields["dilation"])
    y = functional.conv_transpose2d(x, weight, None, stride, 0, 0, groups, dilation)
    for axis, spanned in enumerate(_spans(fields)):
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


def _dense(fields: dict[str, Any], x: Tensor, weights: list[Tensor]) -> Tensor:
    shape = [int(n) for n in fields.get("shape", [fields.get("size")])]
    inputs, size = x[0].numel(), math.prod(shape)
    weight, bias = _eat(weights, size, inputs), _eat(weights, size)
    y = functional.linear(x.reshape(len(x), -1), weight, bias)
    return ACTIVATE[fields["activation"]](y).reshape(len(x), *shape)


def _normalized(norm: str, y: Tensor, weights: list[Tensor]) -> Tensor:
    if norm == "none":
        return y
    scale, shift = (_eat(weights, y.shape[1]).reshape(1, -1, 1, 1) for _ in range(2))
    if norm == "batch":
        mean, variance = y.mean((0, 2, 3), True), y.var((0, 2, 3), correction=0, keepdim=True)
        return (y - mean) / (variance + 1e-5).sqrt() * scale + shift
    parts = y.reshape(len(y), 8 if norm == "group" else 1, -1)
    mean, variance = parts.mean(2, True), parts.var(2, correction=0, keepdim=True)
    return ((parts - mean) / (variance + 1e-5).sqrt()).reshape(y.shape) * scale + shift


class Mirror:
    """``decoder: mirror`` from the shapes that the encoder really had."""

    def __init__(self, run: Run, written: Any, unfolding: Unfolding) -> None:
        options = written if isinstance(written, dict) else {}
        self.run = run
        self.unfolding = unfolding
        self.up = options.get("up", "upsample")
        self.last = options.get("last", {})
        self.made: list[Flat] = []

    def layers(self) -> list[Flat]:
        """The decoder's layers."""
        behind: list[Flat] = []
        for i in range(len(self.run.layers) - 1, -1, -1):
            layer = self.run.layers[i]
            before, after = self.run.outputs[i][0].shape, self.run.outputs[i + 1][0].shape
            if layer.kind in ("norm", "activation"):
                behind.insert(0, layer)
            elif layer.kind != "dropout":
                self.one(layer, tuple(before), tuple(after))
                self.made += behind
                behind = []
        self.made += behind
        self.finish()
        return self.made

    def finish(self) -> None:
        for layer in reversed(self.made):
            if "channels" in layer.fields:
                layer.fields |= {"channels": "auto", **self.last}
                return
            if layer.kind == "dense":
                kept = {k: v for k, v in self.last.items() if k == "activation"}
                layer.fields |= kept
                return

    def add(self, kind: str, **fields: Any) -> None:
        defaults = self.unfolding.defaults(kind)
        bias = {"bias": defaults["bias"]} if "bias" in defaults else {}
        mode = {"mode": defaults["mode"]} if kind == "upsample" else {}
        table = Unfolding({}).defaults(kind)
        self.made.append(Flat(kind, {**table, **bias, **mode, **fields}))

    def one(self, layer: Flat, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        fields = layer.fields
        if layer.kind == "dense":
            way = {"size": before[0]} if len(before) == 1 else {"shape": before}
            self.add("dense", **way, activation=fields["activation"])
            return
        conv = layer.kind == "conv"
        stride = both(fields.get("stride", fields["kernel"]))
        ops = {"norm": fields["norm"], "activation": fields["activation"]} if conv else {}
        shape = {"kernel": fields["kernel"], "dilation": fields.get("dilation", 1)}
        if before[1:] == after[1:]:
            if conv:
                self.add("conv", channels=before[0], **shape, **ops)
        elif stride == (1, 1) or (self.up == "conv_transpose" and conv):
            self.refilled(before, after, {**shape, "stride": stride}, ops, fields["padding"])
        elif self.up == "conv_transpose":
            self.refilled(before, after, {"kernel": stride, "stride": stride}, ops, "valid")
        else:
            self.grown(stride, after)
            if conv:
                self.add("conv", channels=before[0], **shape, **ops)

    def grown(self, stride: tuple[int, int], after: tuple[int, ...]) -> None:
        if self.up == "upsample":
            self.add("upsample", scale=stride)
        else:
            self.add("conv", channels=after[0] * stride[0] ** 2, kernel=1)
            self.add("pixel_shuffle", scale=stride[0])

    def refilled(self, before: tuple, after: tuple, shape: dict, ops: dict, padding: Any) -> None:
        """A transposed convolution with the padding that regains the size."""
        exact = all(
            b == a * s for b, a, s in zip(before[1:], after[1:], shape["stride"], strict=True)
        )
        if exact and padding == "same" and _lopsided(shape, before):
            self.add("conv_transpose", channels=before[0], **shape, **ops)
            return
        pads, extras = [], []
        for b, a, s, spanned in zip(
            before[1:], after[1:], shape["stride"], _spans(shape), strict=True
        ):
            over = (a - 1) * s + spanned - b
            pads.append(math.ceil(max(over, 0) / 2))
            extras.append(2 * pads[-1] - over)
        sizes = {"padding": pads, "output_padding": extras}
        self.add("conv_transpose", channels=before[0], **shape, **ops, **sizes)


def _lopsided(shape: dict[str, Any], before: tuple[int, ...]) -> bool:
    """Whether ``same`` adds more after than before on some axis."""
    totals = [
        max((math.ceil(b / s) - 1) * s + spanned - b, 0)
        for b, s, spanned in zip(before[1:], shape["stride"], _spans(shape), strict=True)
    ]
    return any(total % 2 for total in totals)
