"""``decoder: mirror``: the encoder walked backwards.

A conv in→out gives a conv out→in; what shrank by s first grows by s, in one
of three ways. The result's height and width are those of the input, or the
layer that makes this impossible is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archsearch.spec.kinds import KINDS
from archsearch.spec.kinds.fields import FieldValue
from archsearch.spec.kinds.ops import (
    Activation,
    Add,
    Concat,
    Conv,
    Dense,
    Dropout,
    Norm,
    Pool,
    Residual,
)
from archsearch.spec.plan.model import LayerPlan
from archsearch.spec.resolution.expand import Leaf
from archsearch.spec.shape import Pair, Shape
from archsearch.spec.size import effective_kernel
from archsearch.spec.text.diagnostic import Span

__all__ = ["CannotMirrorError", "MirrorStyle", "mirrored"]


class CannotMirrorError(Exception):
    """An encoder that can't be mirrored: which layer, and why."""

    def __init__(self, layer: LayerPlan, message: str, help: str) -> None:
        super().__init__(message)
        self.layer = layer
        self.message = message
        self.help = help


@dataclass(frozen=True, slots=True)
class MirrorStyle:
    """How the decoder is made.

    Attributes:
        up: upsample, conv_transpose or pixel_shuffle.
        bias: ``defaults`` of conv and conv_transpose, by kind.
        upsample_mode: ``defaults`` of upsample.
        last: fields of the last layer that sets channels.
        span: where ``mirror`` stands.
    """

    up: str
    bias: Mapping[str, bool]
    upsample_mode: str
    last: Mapping[str, FieldValue]
    span: Span


def mirrored(encoder: Sequence[LayerPlan], style: MirrorStyle) -> list[Leaf]:
    """The decoder's layers for a resolved encoder.

    Norms, activations and dropout that stand on their own follow the mirror of
    the layer that they followed; dropout is dropped.

    Raises:
        CannotMirrorError: a layer that has no mirror.
    """
    maker = _Maker(style)
    for main, followers in reversed(_groups(encoder)):
        if main is not None:
            maker.mirror(main)
        for follower in followers:
            maker.follow(follower)
    _finish(maker.leaves, style)
    return maker.leaves


def _groups(encoder: Sequence[LayerPlan]) -> list[tuple[LayerPlan | None, list[LayerPlan]]]:
    groups: list[tuple[LayerPlan | None, list[LayerPlan]]] = [(None, [])]
    for layer in encoder:
        if isinstance(layer.op, (Norm, Activation)):
            groups[-1][1].append(layer)
        elif not isinstance(layer.op, Dropout):
            groups.append((layer, []))
    return groups


def _finish(leaves: list[Leaf], style: MirrorStyle) -> None:
    """The last layer that sets channels gives what the task wants."""
    for leaf in reversed(leaves):
        if leaf.word in ("conv", "conv_transpose"):
            leaf.values |= {"channels": "auto", **style.last}
            return
        if leaf.word == "dense":
            leaf.values |= {k: v for k, v in style.last.items() if k == "activation"}
            return


class _Maker:
    def __init__(self, style: MirrorStyle) -> None:
        self.style = style
        self.leaves: list[Leaf] = []

    def add(self, word: str, **values: FieldValue) -> None:
        leaf = Leaf("decoder", "decoder.mirror", self.style.span, word, KINDS[word], values)
        self.leaves.append(leaf)

    def follow(self, layer: LayerPlan) -> None:
        if isinstance(layer.op, Norm):
            self.add("norm", norm=layer.op.norm)
        elif isinstance(layer.op, Activation):
            self.add("activation", activation=layer.op.activation)

    def mirror(self, layer: LayerPlan) -> None:
        op = layer.op
        if isinstance(op, Conv):
            self.conv(layer, op)
        elif isinstance(op, Pool):
            self.pool(layer, op)
        elif isinstance(op, Dense):
            self.dense(layer, op)
        else:
            joins = isinstance(op, (Concat, Add, Residual))
            raise CannotMirrorError(
                layer,
                f"{layer.kind} can't be reversed",
                "write the decoder out as a list of layers"
                if joins
                else "mirror reverses conv, pool and dense; write the decoder as a list of layers",
            )

    def dense(self, layer: LayerPlan, op: Dense) -> None:
        if layer.input.vector:
            self.add("dense", size=layer.input.channels, activation=op.activation)
        else:
            self.add("dense", shape=layer.input.as_tuple(), activation=op.activation)

    def conv(self, layer: LayerPlan, op: Conv) -> None:
        shrinks = _sizes(layer.input) != _sizes(layer.output)
        if shrinks and (self.style.up == "conv_transpose" or op.stride == (1, 1)):
            self.conv_transpose(layer, op)
            return
        if shrinks:
            self.grow(layer, op.stride)
        self.add(
            "conv",
            channels=layer.input.channels,
            kernel=op.kernel,
            stride=Pair(1, 1),
            padding="same",
            dilation=op.dilation,
            groups=1,
            bias=self.style.bias["conv"],
            norm=op.norm,
            activation=op.activation,
        )

    def pool(self, layer: LayerPlan, op: Pool) -> None:
        if _sizes(layer.input) == _sizes(layer.output):
            return
        if op.stride == (1, 1):
            self.transposed(layer, op.kernel, op.stride, op)
        elif self.style.up == "conv_transpose":
            self.transposed(layer, op.stride, op.stride, None)
        else:
            self.grow(layer, op.stride)

    def conv_transpose(self, layer: LayerPlan, op: Conv) -> None:
        padding, extra = _refill(layer, op)
        self.add(
            "conv_transpose",
            channels=layer.input.channels,
            kernel=op.kernel,
            stride=op.stride,
            padding=padding,
            dilation=op.dilation,
            groups=1,
            bias=self.style.bias["conv_transpose"],
            norm=op.norm,
            activation=op.activation,
            output_padding=extra,
        )

    def transposed(self, layer: LayerPlan, kernel: Pair, stride: Pair, op: Pool | None) -> None:
        """The reverse of a pool: C→C, no activation."""
        padding: FieldValue = Pair(0, 0)
        if op is None:
            extra = Pair(
                layer.input.height - layer.output.height * stride.height,
                layer.input.width - layer.output.width * stride.width,
            )
            if not all(0 <= more < s for more, s in zip(extra, stride, strict=True)):
                raise _unequal(layer, stride, self.style.up)
        else:
            padding, extra = _refill(layer, op)
        self.add(
            "conv_transpose",
            channels=layer.input.channels,
            kernel=kernel,
            stride=stride,
            padding=padding,
            dilation=Pair(1, 1),
            groups=1,
            bias=self.style.bias["conv_transpose"],
            norm="none",
            activation="none",
            output_padding=extra,
        )

    def grow(self, layer: LayerPlan, stride: Pair) -> None:
        grown = (layer.output.height * stride.height, layer.output.width * stride.width)
        if grown != _sizes(layer.input):
            raise _unequal(layer, stride, self.style.up)
        if self.style.up == "upsample":
            self.add("upsample", scale=stride, mode=self.style.upsample_mode)
            return
        if stride.height != stride.width:
            raise CannotMirrorError(
                layer,
                f"pixel_shuffle enlarges both axes alike, and {layer.kind} shrinks by {stride}",
                "use `up: upsample` or `up: conv_transpose`",
            )
        self.shuffle(layer.output.channels, stride.height)

    def shuffle(self, channels: int, scale: int) -> None:
        self.add(
            "conv",
            channels=channels * scale * scale,
            kernel=Pair(1, 1),
            stride=Pair(1, 1),
            padding="same",
            dilation=Pair(1, 1),
            groups=1,
            bias=self.style.bias["conv"],
            norm="none",
            activation="none",
        )
        self.add("pixel_shuffle", scale=scale)


def _sizes(shape: Shape) -> tuple[int, int]:
    return (shape.height, shape.width)


def _unequal(layer: LayerPlan, stride: Pair, up: str) -> CannotMirrorError:
    output = layer.output
    grown = f"{output.height * stride.height}×{output.width * stride.width}"
    return CannotMirrorError(
        layer,
        f"{layer.input.height}×{layer.input.width} becomes {output.height}×{output.width}, "
        f"and {stride} times that is {grown}",
        "make this layer's division exact: the mirror of a pool has kernel and stride "
        f"{stride}, and restores less than one stride"
        if up == "conv_transpose"
        else "make this layer's division exact, or use `decoder: {mirror: encoder, "
        "up: conv_transpose}`, which restores lost rows",
    )


def _refill(layer: LayerPlan, op: Conv | Pool) -> tuple[FieldValue, Pair]:
    """Padding and output_padding of the transposed conv that gives the input's size."""
    dilation = op.dilation if isinstance(op, Conv) else Pair(1, 1)
    exact = all(
        size == rows * stride
        for size, rows, stride in zip(
            _sizes(layer.input), _sizes(layer.output), op.stride, strict=True
        )
    )
    if exact and not op.pads.symmetric:
        return "same", Pair(0, 0)
    axes = zip(
        _sizes(layer.input), _sizes(layer.output), op.kernel, dilation, op.stride, strict=True
    )
    totals = [(rows - 1) * s + effective_kernel(k, d) - size for size, rows, k, d, s in axes]
    padding = [-(-max(total, 0) // 2) for total in totals]
    extra = [2 * rows - total for rows, total in zip(padding, totals, strict=True)]
    return Pair(*padding), Pair(*extra)
