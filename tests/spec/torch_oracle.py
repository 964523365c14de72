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

from .kinds_by_torch import (
    DROPPED,
    REPEATED,
    RUN,
    activated,
    both,
    eat,
    sides,
    spans_of,
    unpooled,
)
from .unfolded import Flat, Unfolding


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
    _settle(rest, picture.shape[1], run.depth)
    _through(run, rest, weights)
    return run


def _settle(decoder: list[Flat], wanted: int, first: int) -> None:
    """Put the task's channels in place of the ``auto`` that the output goes back to."""
    at = first + len(decoder)
    while at > first:
        layer = decoder[at - first - 1]
        at = layer.reads[0]
        if layer.kind == "pixel_shuffle":
            wanted *= layer.fields["scale"] ** 2
        elif "channels" in layer.fields:
            if layer.fields["channels"] == "auto":
                layer.fields["channels"] = wanted
            return


def _through(run: Run, layers: list[Flat], weights: list[Tensor]) -> None:
    for layer in layers:
        read = [run.outputs[index] for index in layer.reads]
        if layer.kind in RUN:
            run.outputs.append(RUN[layer.kind](layer.fields, read[0], weights, run.outputs[0]))
        elif layer.kind == "unpool":
            pool = layer.reads[1]
            before = run.outputs[run.layers[pool - 1].reads[0]]
            run.outputs.append(unpooled(run.layers[pool - 1].fields, before, read[0]))
        else:
            run.outputs.append(_joined(layer, read, weights))
        run.layers.append(layer)


def _joined(layer: Flat, read: list[Tensor], weights: list[Tensor]) -> Tensor:
    if layer.kind == "concat" or layer.fields.get("join") == "concat":
        return torch.cat(read[::-1] if layer.fields.get("place") == "before" else read, 1)
    if layer.kind != "residual":
        return torch.stack(read).sum(0)
    x, joined = read
    if joined.shape != x.shape and not layer.own:
        stride = [a // b for a, b in zip(joined.shape[2:], x.shape[2:], strict=True)]
        weight = eat(weights, x.shape[1], joined.shape[1], 1, 1)
        joined = functional.conv2d(joined, weight, eat(weights, x.shape[1]), stride)
    return activated(layer.fields["activation"], x + joined, weights)


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
            if layer.kind in REPEATED:
                behind.insert(0, layer)
            elif layer.kind not in DROPPED:
                self.one(layer, tuple(before), tuple(after))
                self.made += behind
                behind = []
        self.made += behind
        self.finish()
        for place, layer in enumerate(self.made, len(self.run.layers)):
            layer.reads = (place,)
        return self.made

    def finish(self) -> None:
        for layer in reversed(self.made):
            if "channels" in layer.fields:
                layer.fields |= {"channels": "auto", **self.last}
                return
            if layer.kind == "dense":
                kept = {k: v for k, v in self.last.items() if k in ("norm", "activation", "bias")}
                layer.fields |= kept
                return

    def add(self, kind: str, **fields: Any) -> None:
        defaults = self.unfolding.defaults(kind)
        bias = {"bias": defaults["bias"]} if "bias" in defaults else {}
        words = ("mode", "align_corners") if kind == "upsample" else ()
        mode = {word: defaults[word] for word in words}
        table = Unfolding({}).defaults(kind)
        self.made.append(Flat(kind, {**table, **bias, **mode, **fields}))

    def one(self, layer: Flat, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        fields = layer.fields
        if layer.kind == "dense":
            way = {"size": before[0]} if len(before) == 1 else {"shape": before}
            ending = {word: fields[word] for word in ("norm", "activation")}
            self.add("dense", **way, **ending)
            return
        if layer.kind == "resize":
            again = {word: fields[word] for word in ("mode", "align_corners")}
            self.add("resize", size=before[1:], **again)
            return
        if layer.kind in ("pad", "crop"):
            self.border(layer, before, after)
            return
        conv = layer.kind == "conv"
        if fields["kernel"] == "global":
            fields = {**fields, "kernel": before[1:]}
        stride = both(fields.get("stride", fields["kernel"]))
        ops = {"norm": fields["norm"], "activation": fields["activation"]} if conv else {}
        mode = {"padding_mode": fields["padding_mode"]} if conv else {}
        shape = {"kernel": fields["kernel"], "dilation": fields.get("dilation", 1)}
        if before[1:] == after[1:]:
            if conv:
                self.add("conv", channels=before[0], **shape, **ops, **mode)
        elif stride == (1, 1) or (self.up == "conv_transpose" and conv):
            self.refilled(before, after, {**shape, "stride": stride}, ops, fields["padding"])
        elif self.up == "conv_transpose":
            self.refilled(before, after, {"kernel": stride, "stride": stride}, ops, "valid")
        else:
            self.grown(stride, after)
            if conv:
                self.add("conv", channels=before[0], **shape, **ops, **mode)

    def border(self, layer: Flat, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """The other kind with the same sides."""
        written = layer.fields[layer.kind]
        if isinstance(written, dict):
            totals = [abs(a - b) for a, b in zip(after[1:], before[1:], strict=True)]
            written = [[total // 2, total - total // 2] for total in totals]
        other = {"pad": "crop", "crop": "pad"}[layer.kind]
        self.made.append(Flat(other, {other: written}))

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
        if exact and _lopsided(shape, before, padding):
            self.add("conv_transpose", channels=before[0], **shape, **ops)
            return
        pads, extras = [], []
        for b, a, s, spanned in zip(
            before[1:], after[1:], shape["stride"], spans_of(shape), strict=True
        ):
            over = (a - 1) * s + spanned - b
            pads.append(math.ceil(max(over, 0) / 2))
            extras.append(2 * pads[-1] - over)
        sizes = {"padding": pads, "output_padding": extras}
        self.add("conv_transpose", channels=before[0], **shape, **ops, **sizes)


def _lopsided(shape: dict[str, Any], before: tuple[int, ...], padding: Any) -> bool:
    """Whether more is added on one side of an axis than on the other."""
    if padding != "same":
        return padding != "valid" and any(len({*sides(padding, axis)}) > 1 for axis in (0, 1))
    totals = [
        max((math.ceil(b / s) - 1) * s + spanned - b, 0)
        for b, s, spanned in zip(before[1:], shape["stride"], spans_of(shape), strict=True)
    ]
    return any(total % 2 for total in totals)
