"""``dropout``: elements set to 0 at random while training."""

from __future__ import annotations

from dataclasses import dataclass

from archsearch.spec.kinds.fields import REQUIRED, Field, Probability
from archsearch.spec.kinds.kind import Kind
from archsearch.spec.kinds.rule import Op, ShapeResult, Values
from archsearch.spec.shape import Shape

__all__ = ["DROPOUT", "Dropout"]


@dataclass(frozen=True, slots=True)
class Dropout(Op):
    """Each element set to 0 with probability ``p`` while training."""

    p: float


def _rule(values: Values, shape: Shape) -> ShapeResult:
    op = Dropout(values.number("dropout"))
    return ShapeResult(op=op, output=shape, formula=f"{shape} unchanged")


DROPOUT = Kind(
    name="dropout",
    doc="Each element set to 0 with this probability while training.",
    fields=(Field("dropout", Probability(), REQUIRED, "The probability, below 1."),),
    rule=_rule,
    module="archsearch.nn.dropout:dropout",
    shape="unchanged",
    example="dropout: 0.1",
    scalar=True,
    takes_vector=True,
    mirror="dropped",
)
