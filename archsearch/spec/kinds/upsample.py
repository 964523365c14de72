"""``upsample``: a larger picture without trained numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

from archsearch.spec.kinds.fields import Field, PerAxis, Word
from archsearch.spec.kinds.kind import Kind
from archsearch.spec.kinds.rule import Op, ShapeResult, Values, area_formula
from archsearch.spec.shape import Pair, Shape

__all__ = ["UPSAMPLE", "Upsample", "UpsampleMode"]

UpsampleMode = Literal["nearest", "bilinear"]


@dataclass(frozen=True, slots=True)
class Upsample(Op):
    """Enlarge height and width by ``scale`` (bilinear: corners not aligned)."""

    scale: Pair
    mode: UpsampleMode


def _rule(values: Values, shape: Shape) -> ShapeResult:
    scale = values.pair("scale")
    output = Shape(shape.channels, shape.height * scale.height, shape.width * scale.width)
    area = area_formula(f"{shape.height}·{scale.height}", f"{shape.width}·{scale.width}")
    return ShapeResult(
        op=Upsample(scale, cast(UpsampleMode, values.word("mode"))),
        output=output,
        formula=f"{area}·{shape.channels} = {output.elements}",
        jump=(1 / scale.height, 1 / scale.width),
    )


UPSAMPLE = Kind(
    name="upsample",
    doc="Each pixel repeated, or values interpolated between pixels (corners not aligned).",
    fields=(
        Field("scale", PerAxis(1), Pair(2, 2), "Factor of enlargement.", "factor"),
        Field("mode", Word(get_args(UpsampleMode)), "nearest", "How new pixels get values."),
    ),
    rule=_rule,
    module="archsearch.nn.upsample:upsample",
    steps="archsearch.nn.upsample:steps",
    resampling="up",
    synonyms={"unpool": "upsample", "upsampling2d": "upsample"},
    shape="W·scale; C stays",
    example="upsample: {scale: 2}",
)
