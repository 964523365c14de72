"""``conv_transpose``: the reverse of a convolution; it enlarges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archsearch.spec.kinds.activation import activation_params
from archsearch.spec.kinds.borders import pads_of
from archsearch.spec.kinds.conv import (
    conv_fields,
    groups_problems,
    is_depthwise,
    sets_size,
    unsized,
    written_convolution,
)
from archsearch.spec.kinds.fields import Field, FieldValue, Numbered, PerAxis
from archsearch.spec.kinds.kind import Kind, Surroundings, TrunkRole
from archsearch.spec.kinds.norm import norm_params, norm_problems
from archsearch.spec.kinds.rule import Op, Problem, ShapeResult, Values, area_formula
from archsearch.spec.shape import Pads, Pair, Shape
from archsearch.spec.size import effective_kernel, transposed_crop, transposed_size

__all__ = ["CONV_TRANSPOSE", "ConvTranspose", "uneven"]


@dataclass(frozen=True, slots=True)
class ConvTranspose(Op):
    """A transposed convolution, then its norm, then its activation.

    ``crop`` is taken off each side of the full output of (W − 1)·S + K_eff
    rows; a negative number appends rows that hold the bias alone.
    """

    channels: int
    kernel: Pair
    stride: Pair
    crop: Pads
    dilation: Pair
    groups: int
    bias: bool
    norm: str | Numbered
    activation: str | Numbered


@dataclass(frozen=True, slots=True)
class _Axis:
    """One axis, all numbers known."""

    size: int
    spanned: int
    stride: int
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
    if padding == "same":
        crop = transposed_crop(spanned, stride, None, extra)
    else:
        before, after = (pads_of(padding) or Pads())[2 * place : 2 * place + 2]
        crop = (before, after - extra)
    return _Axis(size, spanned, stride, extra, crop)


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


def _checkerboard(op: ConvTranspose) -> tuple[Problem, ...]:
    """Windows that overlap unevenly (Odena, Dumoulin and Olah 2016)."""
    for taps, step, apart in zip(op.kernel, op.stride, op.dilation, strict=True):
        if step > 1 and apart == 1 and taps % step:
            nearest = step * -(-taps // step)
            return (
                Problem(
                    "checkerboard",
                    "conv_transpose covers its pixels unevenly: checkerboards may show",
                    field="kernel",
                    label=f"kernel {taps} at stride {step}: pixels get {taps // step} or "
                    f"{-(-taps // step)} products along an axis",
                    help=f"use kernel {nearest}, a multiple of the stride, or `upsample` and a "
                    "conv; if this is intended, write `allow: [checkerboard]`",
                    severity="warning",
                    concerns="layer",
                ),
            )
    return ()


def uneven(op: Op) -> bool:
    """Whether an op is a transposed convolution that covers its pixels unevenly."""
    return isinstance(op, ConvTranspose) and bool(_checkerboard(op))


def _rule(values: Values, shape: Shape) -> ShapeResult:
    channels, groups = values.whole("channels"), values.whole("groups")
    kernel, stride = values.pair("kernel"), values.pair("stride")
    height, width = _axis(values, shape.height, 0), _axis(values, shape.width, 1)
    norm, activation = values.word_or_numbered("norm"), values.word_or_numbered("activation")
    output = Shape(channels, max(1, height.rows), max(1, width.rows))
    weights = kernel.height * kernel.width * shape.channels * (channels // groups)
    op = ConvTranspose(
        channels,
        kernel,
        stride,
        Pads(*height.crop, *width.crop),
        values.pair("dilation"),
        groups,
        values.flag("bias"),
        norm,
        activation,
    )
    return ShapeResult(
        op=op,
        output=output,
        formula=f"{area_formula(height.formula, width.formula)}·{channels} = {output.elements}",
        params=weights
        + channels * values.flag("bias")
        + norm_params(norm, channels)
        + activation_params(activation),
        macs=shape.height * shape.width * weights,
        window=Pair(height.spanned, width.spanned),
        jump=(1 / stride.height, 1 / stride.width),
        jump_first=True,
        problems=(
            *(_problems(values, height, width) or _checkerboard(op)),
            *groups_problems("conv_transpose", channels, groups, shape.channels),
            *norm_problems(norm, output),
        ),
    )


def _written(op: ConvTranspose, input: Shape) -> Mapping[str, FieldValue]:
    return {**written_convolution(op), **_cropping(op)}


def _cropping(op: ConvTranspose) -> Mapping[str, FieldValue]:
    """``padding`` and ``output_padding`` that crop the same rows."""
    axes = [
        (effective_kernel(k, d), s, max(s, d))
        for k, d, s in zip(op.kernel, op.dilation, op.stride, strict=True)
    ]
    crops = ((op.crop.top, op.crop.bottom), (op.crop.left, op.crop.right))
    if all(transposed_crop(k, s, None, 0) == c for (k, s, _), c in zip(axes, crops, strict=True)):
        return {"padding": "same"}
    extra = Pair(*(before - after for before, after in crops))
    if all(0 <= more < most for more, (_, _, most) in zip(extra, axes, strict=True)):
        return {"padding": Pair(op.crop.top, op.crop.left), "output_padding": extra}
    found = [
        next((more for more in range(most) if transposed_crop(k, s, None, more) == crop), None)
        for (k, s, most), crop in zip(axes, crops, strict=True)
    ]
    if found[0] is not None and found[1] is not None:
        return {"padding": "same", "output_padding": Pair(found[0], found[1])}
    appended = Pair(max(0, -op.crop.bottom), max(0, -op.crop.right))
    sides = op.crop._replace(
        bottom=op.crop.bottom + appended.height, right=op.crop.right + appended.width
    )
    return {"padding": sides, "output_padding": appended}


def _passes_on(op: ConvTranspose, input: Shape, around: Surroundings) -> bool:
    """A depthwise one, or the mirror of a pool behind the code: C → C, no norm or activation."""
    plain = op.norm == op.activation == "none" and op.channels == input.channels
    return is_depthwise(op, input) or (plain and around.pools > 0)


CONV_TRANSPOSE = Kind(
    name="conv_transpose",
    doc="A transposed convolution, then its norm, then its activation; `same` gives W·S.",
    fields=(
        *conv_fields(),
        Field("output_padding", PerAxis(0), Pair(0, 0), "Rows and columns appended.", "window"),
    ),
    rule=_rule,
    module="archsearch.nn.conv_transpose:conv_transpose",
    weighted=True,
    resampling="up",
    written=_written,
    trunk=TrunkRole(sets_size, unsized, _passes_on),
    synonyms={"deconv": "conv_transpose", "convtranspose2d": "conv_transpose"},
    shape="(W − 1)·S − 2P + K_eff + output_padding; `same` gives W·S",
    example="conv_transpose: {channels: 8, kernel: 4, stride: 2, padding: 1}",
)
