"""``norm``, ``activation`` and ``dropout`` as layers of their own."""

from __future__ import annotations

from typing import cast, get_args

from archsearch.spec.kinds.conv import norm_params, norm_problems
from archsearch.spec.kinds.fields import REQUIRED, Field, Probability, Word
from archsearch.spec.kinds.kind import Kind, Step, Values
from archsearch.spec.kinds.ops import Activation, ActivationName, Dropout, Norm, NormName
from archsearch.spec.shape import Shape

__all__ = ["ACTIVATION", "DROPOUT", "NORM"]


def _unchanged(shape: Shape) -> str:
    return f"{shape} unchanged"


def _norm(values: Values, shape: Shape) -> Step:
    norm = cast(NormName, values.word("norm"))
    return Step(
        op=Norm(norm),
        output=shape,
        formula=_unchanged(shape),
        params=norm_params(norm, shape.channels),
        problems=norm_problems(norm, shape.channels, "channels"),
    )


def _activation(values: Values, shape: Shape) -> Step:
    op = Activation(cast(ActivationName, values.word("activation")))
    return Step(op=op, output=shape, formula=_unchanged(shape))


def _dropout(values: Values, shape: Shape) -> Step:
    return Step(op=Dropout(values.number("dropout")), output=shape, formula=_unchanged(shape))


NORM = Kind(
    name="norm",
    doc="A normalization on its own: batch, layer (one group) or group (8 groups).",
    fields=(Field("norm", Word(get_args(NormName)), REQUIRED, "Which normalization."),),
    rule=_norm,
    shape="unchanged",
    example="norm: batch",
    scalar=True,
)

ACTIVATION = Kind(
    name="activation",
    doc="A nonlinearity on its own.",
    fields=(Field("activation", Word(get_args(ActivationName)), REQUIRED, "Which nonlinearity."),),
    rule=_activation,
    shape="unchanged",
    example="activation: relu",
    scalar=True,
    takes_vector=True,
)

DROPOUT = Kind(
    name="dropout",
    doc="Each element set to 0 with this probability while training.",
    fields=(Field("dropout", Probability(), REQUIRED, "The probability, below 1."),),
    rule=_dropout,
    shape="unchanged",
    example="dropout: 0.1",
    scalar=True,
    takes_vector=True,
)
