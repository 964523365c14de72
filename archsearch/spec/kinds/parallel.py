"""``parallel``: branches side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

from archsearch.spec.kinds.fields import Field, Word
from archsearch.spec.kinds.joins import concatenated, needs_pictures, summed
from archsearch.spec.kinds.kind import Join
from archsearch.spec.kinds.rule import JoinInput, JoinOp, ShapeResult

__all__ = ["PARALLEL", "Parallel"]

Way = Literal["concat", "add"]


@dataclass(frozen=True, slots=True)
class Parallel(JoinOp):
    """The branches' channels one after the other, or their sum.

    ``others`` are the tensors that end the branches after the first.
    """

    join: Way
    others: tuple[int, ...]

    @property
    def sources(self) -> tuple[int, ...]:
        """The ends of the branches after the first."""
        return self.others


def _rule(given: JoinInput) -> ShapeResult:
    way, shapes = cast(Way, given.values.word("join")), given.shapes
    op = Parallel(way, given.sources)
    refused = needs_pictures("parallel", op, shapes)
    if refused is not None:
        return refused
    if way == "concat":
        output, formula, problems = concatenated("parallel", shapes)
        return ShapeResult(op=op, output=output, formula=formula, problems=problems)
    return ShapeResult(
        op=op,
        output=shapes[0],
        formula=f"{shapes[0]}, the sum of {len(shapes)}",
        problems=summed("parallel", shapes),
    )


PARALLEL = Join(
    name="parallel",
    doc="Branches that all start from the current tensor; their ends are concatenated, or added. "
    "An empty branch passes the tensor on.",
    fields=(Field("join", Word(get_args(Way)), "concat", "How the ends are joined."),),
    rule=_rule,
    names_layer=False,
    adds_channels=True,
    module="archsearch.nn.joins:parallel",
    shape="H and W of the branches; C is the sum of theirs, or with `join: add` theirs",
    example="parallel: {branches: [[conv: {channels: 8}], [pool: {kernel: 3, stride: 1, "
    "padding: same}]]}",
    synonyms={"branches": "parallel: {branches: …}", "inception": "parallel: {branches: …}"},
)
