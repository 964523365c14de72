"""``conv``: a convolution with its norm and activation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

from archsearch.spec.kinds.activation import ActivationType, activation_params
from archsearch.spec.kinds.borders import PaddingAmount
from archsearch.spec.kinds.fields import (
    REQUIRED,
    ChannelCount,
    Field,
    FieldValue,
    Flag,
    Groups,
    Numbered,
    PerAxis,
    Word,
)
from archsearch.spec.kinds.kind import Kind, Surroundings, TrunkRole
from archsearch.spec.kinds.mirror import LayerValues, enlarging, refilling, same_size
from archsearch.spec.kinds.norm import NormType, norm_params, norm_problems
from archsearch.spec.kinds.rule import ONE, Op, Problem, ShapeResult, Values
from archsearch.spec.kinds.windows import Windows, lay_windows, written_padding
from archsearch.spec.shape import Pads, Pair, Shape

__all__ = [
    "CONV",
    "Conv",
    "PaddingMode",
    "conv_fields",
    "groups_problems",
    "is_depthwise",
    "sets_size",
    "unsized",
    "written_convolution",
]


PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]


@dataclass(frozen=True, slots=True, repr=False)
class Conv(Op):
    """A convolution, then its norm, then its activation.

    ``pads`` are what is added on each side before the windows are laid: zeros, or pixels that
    ``padding_mode`` takes from the picture.
    """

    channels: int
    kernel: Pair
    stride: Pair
    pads: Pads
    dilation: Pair
    groups: int
    bias: bool
    norm: str | Numbered
    activation: str | Numbered
    padding_mode: PaddingMode = "zeros"


def conv_fields(*group_words: str) -> tuple[Field, ...]:
    """The fields that conv and conv_transpose share."""
    return (
        Field("channels", ChannelCount(), REQUIRED, "Output channels.", "channels"),
        Field("kernel", PerAxis(1), Pair(3, 3), "Rows and columns of the window.", "window"),
        Field("stride", PerAxis(1), ONE, "Distance between neighboring windows.", "factor"),
        Field("padding", PaddingAmount(), "same", "Rows and columns added per side.", "window"),
        Field("dilation", PerAxis(1), ONE, "Distance between the kernel's rows.", "window"),
        Field("groups", Groups(group_words), 1, "Groups of channels that don't mix."),
        Field("bias", Flag(), True, "Whether each output channel has a trained offset."),
        Field("norm", NormType, "none", "Normalization after the convolution."),
        Field("activation", ActivationType, "none", "Nonlinearity after the norm."),
    )


def groups_problems(
    kind: str, channels: int, groups: int, inputs: int, *, depthwise: bool = False
) -> tuple[Problem, ...]:
    """Groups must divide the channels of both sides."""
    for count, which in ((channels, "output"), (inputs, "input")):
        if count % groups:
            divisors = [d for d in range(1, inputs + 1) if inputs % d == 0 == channels % d]
            return (
                Problem(
                    "groups-dont-divide",
                    f"{kind} can't split {count} {which} channels into {groups} groups",
                    field="groups",
                    label=f"{count} / {groups} leaves {count % groups}",
                    help=f"use a multiple of the {groups} input channels"
                    if depthwise
                    else f"these divide {inputs} and {channels}: "
                    f"{', '.join(map(str, divisors[:8]))}",
                    concerns="channels" if which == "input" or depthwise else "layer",
                ),
            )
    return ()


def _border_problems(mode: PaddingMode, windows: Windows) -> tuple[Problem, ...]:
    """A border that is taken from the picture can't be wider than what it is taken from."""
    if mode == "zeros":  # by far the most
        return ()
    least = {"zeros": None, "replicate": None, "circular": 0, "reflect": 1}[mode]
    for axis in (windows.height, windows.width):
        side = max(axis.before, axis.after)
        if least is not None and side > axis.size - least:
            return (
                Problem(
                    "border-too-wide",
                    f"padding_mode: {mode} can't add {side} to {axis.size}",
                    field="padding_mode",
                    label=f"input is {axis.size} {axis.name}: at most {axis.size - least} per side",
                    help="use less padding, or padding_mode: replicate",
                ),
            )
    return ()


def _rule(values: Values, shape: Shape) -> ShapeResult:
    channels = values.whole("channels")
    groups = shape.channels if values.either("groups") == "depthwise" else values.whole("groups")
    kernel, stride, dilation = values.pair("kernel"), values.pair("stride"), values.pair("dilation")
    norm, activation = values.word_or_numbered("norm"), values.word_or_numbered("activation")
    mode = cast(PaddingMode, values.word("padding_mode"))
    windows = lay_windows("conv", shape, kernel, stride, dilation, values.either("padding"))
    bias = values.flag("bias")
    output = windows.output(channels)
    weights = kernel.height * kernel.width * (shape.channels // groups)
    return ShapeResult(
        op=Conv(
            channels,
            kernel,
            stride,
            windows.pads,
            dilation,
            groups,
            bias,
            norm,
            activation,
            mode,
        ),
        output=output,
        formula=windows.formula(channels),
        params=channels * (weights + bias)
        + norm_params(norm, channels)
        + activation_params(activation),
        macs=output.elements * weights,
        window=windows.spanned,
        jump=(stride.height, stride.width),
        problems=(
            *windows.problems,
            *_border_problems(mode, windows),
            *groups_problems(
                "conv",
                channels,
                groups,
                shape.channels,
                depthwise=values.either("groups") == "depthwise",
            ),
            *norm_problems(norm, output),
        ),
    )


def _written(op: Conv, input: Shape) -> Mapping[str, FieldValue]:
    padding = written_padding(input, op.pads, op.kernel, op.stride, op.dilation)
    return {**written_convolution(op), "padding": padding, "padding_mode": op.padding_mode}


def written_convolution(op: Any) -> dict[str, FieldValue]:
    """The fields that conv and conv_transpose share, but for padding."""
    names = ("channels", "kernel", "stride", "dilation", "groups", "bias", "norm", "activation")
    return {name: getattr(op, name) for name in names}


# --- the mirrored decoder, and the trunk ----------------------------------------------


def _mirror(op: Conv, input: Shape, output: Shape, up: str) -> Iterator[LayerValues]:
    """In → out gives out → in, after what enlarges."""
    ending: dict[str, FieldValue] = {"norm": op.norm, "activation": op.activation}
    shrinks = not same_size(input, output)
    if shrinks and (up == "conv_transpose" or op.stride == ONE):
        kind, values = refilling(input, output, op.kernel, op.stride, op.pads, op.dilation)
        yield kind, {**values, **ending}
        return
    if shrinks:
        yield from enlarging("conv", input, output, op.stride, up)
    yield (
        "conv",
        {
            "channels": input.channels,
            "kernel": op.kernel,
            "stride": ONE,
            "padding": "same",
            "dilation": op.dilation,
            "groups": 1,
            "padding_mode": op.padding_mode,
            **ending,
        },
    )


def is_depthwise(op: Any, input: Shape) -> bool:
    """Whether each channel has a filter of its own, so that channels follow from the input's."""
    depthwise: bool = op.groups == op.channels == input.channels > 1
    return depthwise


def sets_size(op: Any, input: Shape) -> bool:
    """Whether a convolution's channels are its own."""
    return not is_depthwise(op, input)


def unsized(op: Any, input: Shape) -> Op:
    """A convolution without its channels, 0 in their place."""
    sized: Op = replace(op, channels=0, groups=0 if is_depthwise(op, input) else op.groups)
    return sized


def _passes_on(op: Conv, input: Shape, around: Surroundings) -> bool:
    """A depthwise conv, or a plain 1×1 conv C → C·s² before a pixel_shuffle by s."""
    plain = op.norm == op.activation == "none" and op.kernel == ONE and op.pads == Pads()
    return is_depthwise(op, input) or (plain and op.channels == around.needed)


CONV = Kind(
    name="conv",
    doc="A convolution, then its norm, then its activation: one layer, as in the literature.",
    fields=(
        *conv_fields("depthwise"),
        Field(
            "padding_mode",
            Word(get_args(PaddingMode)),
            "zeros",
            "What padding adds: zeros, the picture mirrored, its edge repeated, or its other side.",
        ),
    ),
    rule=_rule,
    module="archsearch.nn.conv:conv",
    steps="archsearch.nn.conv:steps",
    weighted=True,
    written=_written,
    mirror=_mirror,
    trunk=TrunkRole(sets_size, unsized, _passes_on),
    synonyms={"convolution": "conv", "conv2d": "conv"},
    shape="⌊(W − K_eff + P_total)/S⌋ + 1, K_eff = dilation·(K − 1) + 1; `same` gives ⌈W/S⌉",
    example="conv: {channels: 16, kernel: 3, activation: relu}",
)
