"""``resize``: a picture of a given size, without trained numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from archsearch.spec.kinds.fields import REQUIRED, Field, PerAxis
from archsearch.spec.kinds.interpolation import (
    Interpolation,
    corner_problems,
    interpolation_fields,
)
from archsearch.spec.kinds.kind import Kind
from archsearch.spec.kinds.mirror import LayerValues
from archsearch.spec.kinds.rule import Op, ShapeResult, Values
from archsearch.spec.shape import Pair, Shape

__all__ = ["RESIZE", "Resize"]


@dataclass(frozen=True, slots=True)
class Resize(Op):
    """Height and width become ``size``, larger or smaller."""

    size: Pair
    mode: Interpolation
    align_corners: bool


def _rule(values: Values, shape: Shape) -> ShapeResult:
    size, corners = values.pair("size"), values.flag("align_corners")
    mode = cast(Interpolation, values.word("mode"))
    output = Shape(shape.channels, size.height, size.width)
    return ShapeResult(
        op=Resize(size, mode, corners),
        output=output,
        formula=f"{shape} → {output}",
        jump=(shape.height / size.height, shape.width / size.width),
        problems=corner_problems("resize", mode, corners),
    )


def _mirror(op: Resize, input: Shape, output: Shape, up: str) -> Iterator[LayerValues]:
    size = Pair(input.height, input.width)
    yield "resize", {"size": size, "mode": op.mode, "align_corners": op.align_corners}


RESIZE = Kind(
    name="resize",
    doc="The picture at another size, by any ratio: its pixels taken as they are, or interpolated.",
    fields=(
        Field("size", PerAxis(1), REQUIRED, "[height, width] of the output.", "factor"),
        *interpolation_fields(),
    ),
    rule=_rule,
    module="archsearch.nn.resize:resize",
    mirror=_mirror,
    synonyms={"interpolate": "resize", "resizing": "resize"},
    shape="`size`; C stays",
    example="resize: {size: [24, 32]}",
)
