"""``conv_transpose``: the reverse of a convolution; it enlarges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from archsearch.spec.kinds.conv import conv_fields, groups_problems, norm_params, norm_problems
from archsearch.spec.kinds.fields import Field, FieldValue, PerAxis
from archsearch.spec.kinds.kind import Kind, Problem, Step, Values
from archsearch.spec.kinds.ops import ActivationName, ConvTranspose, NormName
from archsearch.spec.shape import Pads, Pair, Shape
from archsearch.spec.size import effective_kernel, transposed_crop, transposed_size

__all__ = ["CONV_TRANSPOSE"]


@dataclass(frozen=True, slots=True)
class _Axis:
    """One axis, all numbers known."""

    size: int
    spanned: int
    stride: int
    padding: int
    output_padding: int
    crop: tuple[int, int]

    @property
    def rows(self) -> int:
        return transposed_size(self.size, self.spanned, self.stride) - sum(self.crop)

    @property
    def formula(self) -> str:
        more = f" + {self.output_padding}" if self.output_padding else ""
        total = sum(self.crop) + self.output_padding
        half, odd = divmod(total, 2)
        less = str(total) if odd or total < 0 else f"2·{half}"
        return f"({self.size} − 1)·{self.stride} − {less} + {self.spanned}{more}"


def _axis(values: Values, size: int, place: int) -> _Axis:
    spanned = effective_kernel(values.pair("kernel")[place], values.pair("dilation")[place])
    stride = values.pair("stride")[place]
    extra = values.pair("output_padding")[place]
    padding: FieldValue = values.either("padding")
    rows = None if padding == "same" else padding[place] if isinstance(padding, Pair) else 0
    crop = transposed_crop(spanned, stride, rows, extra)
    return _Axis(size, spanned, stride, rows or 0, extra, crop)


def _problems(values: Values, height: _Axis, width: _Axis) -> tuple[Problem, ...]:
    strides, dilations = values.pair("stride"), values.pair("dilation")
    for axis, stride, dilation in zip((height, width), strides, dilations, strict=True):
        if axis.output_padding >= max(stride, dilation):
            return (
                Problem(
                    "output-padding",
                    f"output_padding {axis.output_padding} is too large",
                    field="output_padding",
                    label=f"stride {stride} and dilation {dilation} "
                    f"allow at most {max(stride, dilation) - 1}",
                    help=f"use output_padding ≤ {max(stride, dilation) - 1}, or a larger stride",
                    concerns="layer",
                ),
            )
    for axis, name in ((width, "wide"), (height, "high")):
        if axis.rows < 1:
            most = (transposed_size(axis.size, axis.spanned, axis.stride) - 1) // 2
            return (
                Problem(
                    "shape-nonpositive",
                    f"conv_transpose would give a {max(0, height.rows)}×{max(0, width.rows)} "
                    "output",
                    field="padding",
                    label=f"input is {axis.size} {name}: {axis.formula} = "
                    f"{str(axis.rows).replace('-', '−')}",
                    help=f"use padding ≤ {most}",
                ),
            )
    return ()


def _formula(height: _Axis, width: _Axis, output: Shape) -> str:
    if height.formula == width.formula:
        return f"({width.formula})²·{output.channels} = {output.elements}"
    return f"({height.formula})·({width.formula})·{output.channels} = {output.elements}"


def _rule(values: Values, shape: Shape) -> Step:
    channels, groups = values.whole("channels"), values.whole("groups")
    kernel, stride = values.pair("kernel"), values.pair("stride")
    height, width = _axis(values, shape.height, 0), _axis(values, shape.width, 1)
    norm = cast(NormName, values.word("norm"))
    output = Shape(channels, max(1, height.rows), max(1, width.rows))
    weights = kernel.height * kernel.width * shape.channels * (channels // groups)
    return Step(
        op=ConvTranspose(
            channels,
            kernel,
            stride,
            Pads(*height.crop, *width.crop),
            values.pair("dilation"),
            groups,
            values.flag("bias"),
            norm,
            cast(ActivationName, values.word("activation")),
        ),
        output=output,
        formula=_formula(height, width, output),
        params=weights + channels * values.flag("bias") + norm_params(norm, channels),
        macs=shape.height * shape.width * weights,
        window=Pair(height.spanned, width.spanned),
        jump=(1 / stride.height, 1 / stride.width),
        jump_first=True,
        problems=(
            *_problems(values, height, width),
            *groups_problems("conv_transpose", channels, groups, shape.channels),
            *norm_problems(norm, channels),
        ),
    )


CONV_TRANSPOSE = Kind(
    name="conv_transpose",
    doc="A transposed convolution, then its norm, then its activation; `same` gives W·S.",
    fields=(
        *conv_fields(),
        Field("output_padding", PerAxis(0), Pair(0, 0), "Rows and columns appended."),
    ),
    rule=_rule,
    shape="(W − 1)·S − 2P + K_eff + output_padding; `same` gives W·S",
    example="conv_transpose: {channels: 8, kernel: 4, stride: 2, padding: 1}",
)
