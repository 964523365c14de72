"""``activation``: a nonlinearity as a layer of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

from archsearch.spec.kinds.fields import REQUIRED, Field, Word
from archsearch.spec.kinds.kind import Kind
from archsearch.spec.kinds.rule import Op, ShapeResult, Values
from archsearch.spec.shape import Shape

__all__ = ["ACTIVATION", "Activation", "ActivationName"]

ActivationName = Literal["none", "relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid"]


@dataclass(frozen=True, slots=True)
class Activation(Op):
    """A nonlinearity on its own."""

    activation: ActivationName


def _rule(values: Values, shape: Shape) -> ShapeResult:
    op = Activation(cast(ActivationName, values.word("activation")))
    return ShapeResult(op=op, output=shape, formula=f"{shape} unchanged")


ACTIVATION = Kind(
    name="activation",
    doc="A nonlinearity on its own.",
    fields=(Field("activation", Word(get_args(ActivationName)), REQUIRED, "Which nonlinearity."),),
    rule=_rule,
    module="archsearch.nn.activation:activation_layer",
    steps="archsearch.nn.activation:steps",
    shape="unchanged",
    example="activation: relu",
    scalar=True,
    takes_vector=True,
    mirror="repeated",
    synonyms={word: f"activation: {word}" for word in get_args(ActivationName)},
)
