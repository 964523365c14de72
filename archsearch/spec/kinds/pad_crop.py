"""``pad`` and ``crop``: rows and columns added to, or taken from, each side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from archsearch.spec.kinds.borders import Sides, pads_of
from archsearch.spec.kinds.fields import REQUIRED, Field, FieldValue
from archsearch.spec.kinds.kind import Kind
from archsearch.spec.kinds.mirror import LayerValues
from archsearch.spec.kinds.rule import Op, Problem, ShapeResult, Values
from archsearch.spec.shape import Pads, Pair, Shape

__all__ = ["CROP", "PAD", "Crop", "Pad"]


@dataclass(frozen=True, slots=True)
class Pad(Op):
    """Zeros added on each side."""

    pads: Pads


@dataclass(frozen=True, slots=True)
class Crop(Op):
    """Rows and columns taken from each side."""

    pads: Pads


def _rule(word: str) -> Callable[[Values, Shape], ShapeResult]:
    adds = word == "pad"

    def rule(values: Values, shape: Shape) -> ShapeResult:
        given = values.either(word)
        pads = pads_of(given)
        if pads is None:
            raise TypeError(f"{word} is {given!r}")
        signed = pads if adds else -pads
        height = shape.height + signed.top + signed.bottom
        width = shape.width + signed.left + signed.right
        output = Shape(shape.channels, max(1, height), max(1, width))
        return ShapeResult(
            op=Pad(pads) if adds else Crop(pads),
            output=output,
            formula=f"{shape} → {output}",
            problems=_problems(word, pads, shape, height, width),
        )

    return rule


def _to_picture(sign: int) -> Callable[[Shape, Shape], Pads]:
    """Sides whose sum leads to the picture's size; an odd row is after."""

    def sides(input: Shape, picture: Shape) -> Pads:
        rows = sign * (picture.height - input.height)
        columns = sign * (picture.width - input.width)
        return Pads(rows // 2, rows - rows // 2, columns // 2, columns - columns // 2)

    return sides


def _problems(word: str, pads: Pads, shape: Shape, height: int, width: int) -> tuple[Problem, ...]:
    if min(pads) < 0:
        other = "crop" if word == "pad" else "pad"
        to_input = f"`{other}: {{to: input}}`"
        resize = f"`resize: {{size: [{height}, {width}]}}`"
        return (
            Problem(
                "shape-nonpositive",
                f"{word} can't lead from {shape.height}×{shape.width} to the picture's size",
                field=word,
                label=f"the picture is {height}×{width}",
                help=f"use {to_input if max(pads) <= 0 else resize}",
            ),
        )
    if min(height, width) >= 1:
        return ()
    least = min(shape.height, shape.width)
    return (
        Problem(
            "shape-nonpositive",
            f"{word} would give a {max(0, height)}×{max(0, width)} output",
            field=word,
            label=f"input is {shape.height}×{shape.width}",
            help=f"take less than {least} from both sides together",
        ),
    )


def _written(word: str) -> Callable[[Pad | Crop, Shape], Mapping[str, FieldValue]]:
    def written(op: Pad | Crop, input: Shape) -> Mapping[str, FieldValue]:
        pads = op.pads
        return {word: Pair(pads.top, pads.left) if pads.symmetric else pads}

    return written


def _mirror(word: str) -> Callable[[Pad | Crop, Shape, Shape, str], Iterator[LayerValues]]:
    def mirror(op: Pad | Crop, input: Shape, output: Shape, up: str) -> Iterator[LayerValues]:
        yield word, {word: op.pads}

    return mirror


def _kind(
    word: str,
    other: str,
    *,
    doc: str,
    what: str,
    synonyms: tuple[str, ...],
    shape: str,
    example: str,
) -> Kind:
    """``pad`` or ``crop``; each undoes the other."""
    return Kind(
        name=word,
        doc=doc,
        fields=(Field(word, Sides(), REQUIRED, what, "window"),),
        rule=_rule(word),
        module=f"archsearch.nn.border:{word}",
        scalar=True,
        written=_written(word),
        fits_picture=_to_picture(1 if word == "pad" else -1),
        mirror=_mirror(other),
        synonyms=dict.fromkeys(synonyms, word),
        shape=shape,
        example=example,
    )


PAD = _kind(
    "pad",
    "crop",
    doc="Zeros around the picture: the same on all sides, by axis, or on each side. `to: input` "
    "adds what the picture's size needs, an odd row after.",
    what="Rows and columns added.",
    synonyms=("zeropad2d", "zeropadding2d"),
    shape="W + before + after; C stays",
    example="pad: [[0, 1], [0, 1]]",
)

CROP = _kind(
    "crop",
    "pad",
    doc="Rows and columns taken from the border, written as for `pad`; `to: input` leaves the "
    "picture's size, an odd row taken after.",
    what="Rows and columns taken.",
    synonyms=("centercrop", "cropping2d"),
    shape="W − before − after; C stays",
    example="crop: {to: input}",
)
