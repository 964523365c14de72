"""``upsample``: a larger picture without trained numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from archsearch.spec.kinds.fields import Field, PerAxis
from archsearch.spec.kinds.interpolation import (
    Interpolation,
    corner_problems,
    interpolation_fields,
)
from archsearch.spec.kinds.kind import Kind
from archsearch.spec.kinds.rule import Op, ShapeResult, Values, area_formula
from archsearch.spec.shape import Pair, Shape

__all__ = ["UPSAMPLE", "Upsample"]


@dataclass(frozen=True, slots=True, repr=False)
class Upsample(Op):
    """Enlarge height and width by ``scale``."""

    scale: Pair
    mode: Interpolation
    align_corners: bool = False


def _rule(values: Values, shape: Shape) -> ShapeResult:
    scale, corners = values.pair("scale"), values.flag("align_corners")
    mode = cast(Interpolation, values.word("mode"))
    output = Shape(shape.channels, shape.height * scale.height, shape.width * scale.width)
    area = area_formula(f"{shape.height}·{scale.height}", f"{shape.width}·{scale.width}")
    return ShapeResult(
        op=Upsample(scale, mode, corners),
        output=output,
        formula=f"{area}·{shape.channels} = {output.elements}",
        jump=(1 / scale.height, 1 / scale.width),
        problems=corner_problems("upsample", mode, corners),
    )


UPSAMPLE = Kind(
    name="upsample",
    doc="Each pixel repeated, or values interpolated between pixels.",
    fields=(
        Field("scale", PerAxis(1), Pair(2, 2), "Factor of enlargement.", "factor"),
        *interpolation_fields(),
    ),
    rule=_rule,
    module="archsearch.nn.upsample:upsample",
    steps="archsearch.nn.upsample:steps",
    resampling="up",
    synonyms={"upsampling2d": "upsample"},
    shape="W·scale; C stays",
    example="upsample: {scale: 2}",
)
