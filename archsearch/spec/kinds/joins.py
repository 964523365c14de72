"""Layers that read an earlier tensor by its layer's name: concat and add."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from archsearch.spec.kinds.fields import Field, Word
from archsearch.spec.kinds.kind import Join
from archsearch.spec.kinds.rule import JoinInput, JoinOp, Problem, ShapeResult
from archsearch.spec.shape import Shape

__all__ = ["ADD", "CONCAT", "Add", "Concat", "concatenated", "needs_pictures", "size_of", "summed"]

Place = Literal["after", "before"]


@dataclass(frozen=True, slots=True, repr=False)
class Concat(JoinOp):
    """The current tensor's channels, then those of tensor ``source``; or these first."""

    source: int
    place: Place = "after"

    @property
    def sources(self) -> tuple[int, ...]:
        """The tensor joined."""
        return (self.source,)


@dataclass(frozen=True, slots=True)
class Add(JoinOp):
    """The sum of the current tensor and tensor ``source``."""

    source: int

    @property
    def sources(self) -> tuple[int, ...]:
        """The tensor added."""
        return (self.source,)


def needs_pictures(word: str, op: JoinOp, shapes: tuple[Shape, ...]) -> ShapeResult | None:
    """The refusal of a vector on any side; None where all are pictures."""
    vector = next((shape for shape in shapes if shape.vector), None)
    if vector is None:
        return None
    which = "what comes in" if shapes[0].vector else "the other side"
    problem = Problem(
        "picture-after-vector",
        f"{word} needs pictures on both sides",
        label=f"{which} is a vector of {vector} numbers",
        help="lead back to a picture first: `dense: {shape: [C, H, W]}`",
    )
    return ShapeResult(op, shapes[0], "", problems=(problem,))


def concatenated(word: str, shapes: tuple[Shape, ...]) -> tuple[Shape, str, tuple[Problem, ...]]:
    """Shape, formula and problems of channels one after the other."""
    first = shapes[0]
    output = Shape(sum(shape.channels for shape in shapes), first.height, first.width)
    sizes = _different(shapes)
    problem = Problem(
        "concat-size",
        f"{word} needs equal sizes, and these are {sizes}",
        help=_fitting(word, shapes),
    )
    channels = " + ".join(str(shape.channels) for shape in shapes)
    formula = f"{size_of(output)}·({channels}) = {output.elements}"
    return output, formula, (problem,) if sizes else ()


def _fitting(word: str, shapes: tuple[Shape, ...]) -> str:
    """The layer that gives the second tensor the first one's size."""
    first, other = shapes[0], shapes[-1]
    rows, columns = other.height - first.height, other.width - first.width
    resize = f"`resize: {{size: [{first.height}, {first.width}]}}`"
    if word != "concat":
        return f"give the branches one size, for example by {resize}"
    kind = "crop" if min(rows, columns) >= 0 else "pad" if max(rows, columns) <= 0 else ""
    if not kind or max(abs(rows), abs(columns)) * 8 > max(first.height, first.width):
        return f"join where the sizes agree, or put {resize} in its `layers`"
    sides = [[n // 2, n - n // 2] for n in (abs(rows), abs(columns))]
    return f"to fit, write `concat: {{with: …, layers: [{kind}: {sides}]}}`"


def summed(word: str, shapes: tuple[Shape, ...]) -> tuple[Problem, ...]:
    """Problems of a sum."""
    if sizes := _different(shapes):
        return (
            Problem(
                "add-mismatch",
                f"{word} needs equal sizes, and these are {sizes}",
                help="join where the sizes agree, or use `residual`, whose shortcut adapts",
            ),
        )
    channels = list(dict.fromkeys(shape.channels for shape in shapes))
    if len(channels) > 1:
        return (
            Problem(
                "add-mismatch",
                f"{word} needs equal channels, and these are {' and '.join(map(str, channels))}",
                help="give both the same channels, or use `concat` or `residual`",
                concerns="channels",
            ),
        )
    return ()


def _different(shapes: tuple[Shape, ...]) -> str:
    """The sizes, where they differ; else ""."""
    sizes = list(dict.fromkeys(map(size_of, shapes)))
    return " and ".join(sizes) if len(sizes) > 1 else ""


def size_of(shape: Shape) -> str:
    """Height and width, for people."""
    return f"{shape.height}×{shape.width}"


def _concat(given: JoinInput) -> ShapeResult:
    (source,) = given.sources
    before = given.values.word("place") == "before"
    op = Concat(source, "before") if before else Concat(source)
    refused = needs_pictures("concat", op, given.shapes)
    if refused is not None:
        return refused
    output, formula, problems = concatenated("concat", given.shapes)
    return ShapeResult(op=op, output=output, formula=formula, problems=problems)


def _add(given: JoinInput) -> ShapeResult:
    op, current = Add(*given.sources), given.shapes[0]
    refused = needs_pictures("add", op, given.shapes)
    if refused is not None:
        return refused
    return ShapeResult(
        op=op,
        output=current,
        formula=f"{current} unchanged",
        problems=summed("add", given.shapes),
    )


CONCAT = Join(
    name="concat",
    doc="The current tensor's channels, then those of an earlier layer of equal size. `layers` run "
    "on the earlier tensor first; `place: before` puts its channels first.",
    fields=(
        Field(
            "place", Word(("after", "before")), "after", "Where the earlier layer's channels go."
        ),
    ),
    rule=_concat,
    adds_channels=True,
    module="archsearch.nn.joins:concat",
    shape="H and W stay, C = C + C of the named layer",
    example="concat: early",
    synonyms={"skip": "concat: early", "cat": "concat: early", "concatenate": "concat: early"},
)

ADD = Join(
    name="add",
    doc="The sum of the current tensor and that of an earlier layer of equal shape. `layers` run "
    "on the earlier tensor first.",
    rule=_add,
    module="archsearch.nn.joins:add",
    shape="unchanged",
    example="add: early",
)
