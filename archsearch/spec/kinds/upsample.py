"""``upsample``: a larger picture without trained numbers."""

from __future__ import annotations

from typing import cast, get_args

from archsearch.spec.kinds.fields import Field, PerAxis, Word
from archsearch.spec.kinds.kind import Kind, Step, Values
from archsearch.spec.kinds.ops import Upsample, UpsampleMode
from archsearch.spec.shape import Pair, Shape

__all__ = ["UPSAMPLE"]


def _rule(values: Values, shape: Shape) -> Step:
    scale = values.pair("scale")
    output = Shape(shape.channels, shape.height * scale.height, shape.width * scale.width)
    rows = f"({shape.height}·{scale.height})"
    columns = f"({shape.width}·{scale.width})"
    sides = f"{rows}²" if rows == columns else f"{rows}·{columns}"
    return Step(
        op=Upsample(scale, cast(UpsampleMode, values.word("mode"))),
        output=output,
        formula=f"{sides}·{shape.channels} = {output.elements}",
        jump=(1 / scale.height, 1 / scale.width),
    )


UPSAMPLE = Kind(
    name="upsample",
    doc="Each pixel repeated, or values interpolated between pixels (corners not aligned).",
    fields=(
        Field("scale", PerAxis(1), Pair(2, 2), "Rows and columns made of each."),
        Field("mode", Word(get_args(UpsampleMode)), "nearest", "How new pixels get values."),
    ),
    rule=_rule,
    shape="W·scale; C stays",
    example="upsample: {scale: 2}",
)
