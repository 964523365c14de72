"""``pixel_shuffle``: channels turned into pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archsearch.spec.kinds.fields import Field, FieldValue, Whole
from archsearch.spec.kinds.kind import Kind
from archsearch.spec.kinds.rule import Op, Problem, ShapeResult, Values, area_formula
from archsearch.spec.shape import Shape

__all__ = ["PIXEL_SHUFFLE", "PixelShuffle"]


@dataclass(frozen=True, slots=True)
class PixelShuffle(Op):
    """C·s²×H×W → C×H·s×W·s (Shi et al. 2016, arXiv 1609.05158)."""

    scale: int


def _rule(values: Values, shape: Shape) -> ShapeResult:
    scale = values.whole("scale")
    channels, over = divmod(shape.channels, scale * scale)
    output = Shape(max(1, channels), shape.height * scale, shape.width * scale)
    area = area_formula(f"{shape.height}·{scale}", f"{shape.width}·{scale}")
    problem = Problem(
        "groups-dont-divide",
        f"pixel_shuffle can't split {shape.channels} channels into groups of {scale * scale}",
        field="scale",
        label=f"scale² is {scale * scale}: {shape.channels} / {scale * scale} leaves {over}",
        help=f"give the layer before it a multiple of {scale * scale} channels",
        concerns="channels",
    )
    return ShapeResult(
        op=PixelShuffle(scale),
        output=output,
        formula=f"{area}·({shape.channels}/{scale * scale}) = {output.elements}",
        jump=(1 / scale, 1 / scale),
        problems=(problem,) if over else (),
    )


def _channels_needed(values: Mapping[str, FieldValue], channels: int) -> int:
    scale = values.get("scale")
    return channels * scale * scale if isinstance(scale, int) else channels


PIXEL_SHUFFLE = Kind(
    name="pixel_shuffle",
    doc="C·s² channels become C channels of a picture s times as large (Shi et al. 2016).",
    fields=(Field("scale", Whole(1), 2, "Factor of enlargement; one number.", "factor"),),
    rule=_rule,
    module="archsearch.nn.pixel_shuffle:pixel_shuffle",
    resampling="up",
    channels_needed=_channels_needed,
    shape="W·scale, C/scale²",
    example="pixel_shuffle: {scale: 2}",
)
