"""``conv``: a convolution with its norm and activation."""

from __future__ import annotations

from typing import Literal, cast, get_args

from archsearch.spec.kinds.fields import (
    REQUIRED,
    ChannelCount,
    Field,
    Flag,
    Groups,
    PaddingAmount,
    PerAxis,
    Word,
)
from archsearch.spec.kinds.kind import Kind, Problem, Step, Values
from archsearch.spec.kinds.ops import ActivationName, Conv, NormName
from archsearch.spec.kinds.windows import lay_windows
from archsearch.spec.shape import Pair, Shape

__all__ = ["CONV", "conv_fields", "groups_problems", "norm_params"]

NORM_GROUPS = 8
"""Groups of ``norm: group``."""


def conv_fields(*group_words: str) -> tuple[Field, ...]:
    """The fields that conv and conv_transpose share."""
    return (
        Field("channels", ChannelCount(), REQUIRED, "Channels that come out."),
        Field("kernel", PerAxis(1), Pair(3, 3), "Rows and columns of the window."),
        Field("stride", PerAxis(1), Pair(1, 1), "Rows and columns from a window to the next."),
        Field("padding", PaddingAmount(), "same", "Zeros added per side."),
        Field("dilation", PerAxis(1), Pair(1, 1), "Distance between the kernel's rows."),
        Field("groups", Groups(group_words), 1, "Groups of channels that don't mix."),
        Field("bias", Flag(), True, "Whether a trained number is added per channel."),
        Field("norm", Word(get_args(NormName)), "none", "Normalization after the convolution."),
        Field("activation", Word(get_args(ActivationName)), "none", "Nonlinearity after the norm."),
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


def norm_params(norm: str, channels: int) -> int:
    """Trained numbers of a norm: a scale and a shift per channel."""
    return 0 if norm == "none" else 2 * channels


def norm_problems(
    norm: str, channels: int, concerns: Literal["channels", "layer"] = "layer"
) -> tuple[Problem, ...]:
    """``group`` needs channels that eight groups can share."""
    if norm != "group" or channels % NORM_GROUPS == 0:
        return ()
    return (
        Problem(
            "groups-dont-divide",
            f"norm: group can't split {channels} channels into {NORM_GROUPS} groups",
            field="norm",
            label=f"{channels} / {NORM_GROUPS} leaves {channels % NORM_GROUPS}",
            help=f"use a multiple of {NORM_GROUPS} channels, or norm: layer",
            concerns=concerns,
        ),
    )


def _rule(values: Values, shape: Shape) -> Step:
    channels = values.whole("channels")
    groups = shape.channels if values.either("groups") == "depthwise" else values.whole("groups")
    kernel, stride, dilation = values.pair("kernel"), values.pair("stride"), values.pair("dilation")
    norm = cast(NormName, values.word("norm"))
    windows = lay_windows("conv", shape, kernel, stride, dilation, values.either("padding"))
    bias = values.flag("bias")
    output = windows.output(channels)
    weights = kernel.height * kernel.width * (shape.channels // groups)
    return Step(
        op=Conv(
            channels,
            kernel,
            stride,
            windows.pads,
            dilation,
            groups,
            bias,
            norm,
            cast(ActivationName, values.word("activation")),
        ),
        output=output,
        formula=windows.formula(channels),
        params=channels * (weights + bias) + norm_params(norm, channels),
        macs=output.elements * weights,
        window=windows.spanned,
        jump=(stride.height, stride.width),
        problems=(
            *windows.problems,
            *groups_problems(
                "conv",
                channels,
                groups,
                shape.channels,
                depthwise=values.either("groups") == "depthwise",
            ),
            *norm_problems(norm, channels),
        ),
    )


CONV = Kind(
    name="conv",
    doc="A convolution, then its norm, then its activation: one layer, as in the literature.",
    fields=conv_fields("depthwise"),
    rule=_rule,
    shape="⌊(W − K_eff + P_total)/S⌋ + 1, K_eff = dilation·(K − 1) + 1; `same` gives ⌈W/S⌉",
    example="conv: {channels: 16, kernel: 3, activation: relu}",
)
