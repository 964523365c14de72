"""``activation``: a nonlinearity as a layer of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from archsearch.spec.kinds.fields import REQUIRED, Field, Numbered
from archsearch.spec.kinds.kind import Kind
from archsearch.spec.kinds.numbered import NumberOf, WordOrNumbered, word_of
from archsearch.spec.kinds.rule import Op, ShapeResult, Values
from archsearch.spec.shape import Shape

__all__ = [
    "ACTIVATION",
    "ACTIVATION_NUMBERS",
    "Activation",
    "ActivationName",
    "ActivationType",
    "activation_params",
]

ActivationName = Literal[
    "none",
    "relu",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "tanh",
    "sigmoid",
    "prelu",
    "selu",
    "softplus",
    "hardtanh",
    "mish",
]

ACTIVATION_NUMBERS = (
    NumberOf("leaky_relu", 0.01, "the slope below 0"),
    NumberOf("elu", 1.0, "α: minus the value that it tends to"),
    NumberOf("prelu", 0.25, "the slope below 0 that training starts with"),
    NumberOf("softplus", 1.0, "β: the larger, the nearer to relu"),
    NumberOf("hardtanh", 1.0, "the largest value; minus it is the smallest"),
)
"""The nonlinearities that may have a number; the defaults are torch's."""

ActivationType = WordOrNumbered(get_args(ActivationName), ACTIVATION_NUMBERS)
"""How a field for a nonlinearity is read."""


@dataclass(frozen=True, slots=True)
class Activation(Op):
    """A nonlinearity on its own."""

    activation: str | Numbered


def activation_params(activation: str | Numbered) -> int:
    """Trained numbers of a nonlinearity: the slope of ``prelu``, one for all channels."""
    return int(word_of(activation) == "prelu")


def _rule(values: Values, shape: Shape) -> ShapeResult:
    op = Activation(values.word_or_numbered("activation"))
    return ShapeResult(
        op=op,
        output=shape,
        formula=f"{shape} unchanged",
        params=activation_params(op.activation),
    )


ACTIVATION = Kind(
    name="activation",
    doc="A nonlinearity on its own; some take a number.",
    fields=(Field("activation", ActivationType, REQUIRED, "Which nonlinearity."),),
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
