"""``dense``: every output sees every input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from archsearch.spec.kinds.activation import ActivationType, activation_params
from archsearch.spec.kinds.fields import (
    ABSENT,
    Field,
    FieldValue,
    Flag,
    Numbered,
    Sizes,
    Whole,
    Word,
)
from archsearch.spec.kinds.kind import Kind, TrunkRole
from archsearch.spec.kinds.mirror import LayerValues
from archsearch.spec.kinds.norm import norm_params
from archsearch.spec.kinds.rule import Op, Problem, ShapeResult, Values
from archsearch.spec.shape import Pair, Shape

__all__ = ["DENSE", "Dense"]


@dataclass(frozen=True, slots=True, repr=False)
class Dense(Op):
    """All elements, in the order C, H, W, times a matrix, plus a bias; then norm and activation.

    ``shape`` is the picture that the vector becomes, or None. The norm is over the vector, or over
    the channels of the picture.
    """

    size: int
    shape: Shape | None
    activation: str | Numbered
    norm: str = "none"
    bias: bool = True


def _problems(values: Values) -> tuple[Problem, ...]:
    both = values.has("size") and values.has("shape")
    if values.has("size") != values.has("shape"):
        return ()
    return (
        Problem(
            "dense-size",
            "dense takes `size` or `shape`, not both" if both else "dense needs `size` or `shape`",
            field="shape" if both else "",
            help="size: 64 gives a vector; shape: [16, 8, 8] leads back to a picture",
            concerns="layer",
        ),
    )


def _output(values: Values) -> Shape:
    if values.has("shape"):
        channels, height, width = values.sizes("shape")
        return Shape(channels, height, width)
    return Shape(values.whole("size") if values.has("size") else 1, 1, 1, vector=True)


def _rule(values: Values, shape: Shape) -> ShapeResult:
    output = _output(values)
    inputs, outputs = shape.elements, output.elements
    activation = values.word_or_numbered("activation")
    norm, bias = values.word("norm"), values.flag("bias")
    back = f" as {output}" if not output.vector else ""
    return ShapeResult(
        op=Dense(outputs, None if output.vector else output, activation, norm, bias),
        output=output,
        formula=f"{inputs} → {outputs}{back}",
        params=outputs * (inputs + bias)
        + norm_params(norm, output.channels)
        + activation_params(activation),
        macs=inputs * outputs,
        window=Pair(shape.height, shape.width),
        sees_all=True,
        problems=_problems(values),
    )


def _mirror(op: Dense, input: Shape, output: Shape, up: str) -> Iterator[LayerValues]:
    ending: dict[str, FieldValue] = {"norm": op.norm, "activation": op.activation}
    if input.vector:
        yield "dense", {"size": input.channels, **ending}
    else:
        yield "dense", {"shape": input.as_tuple(), **ending}


def _sets_size(op: Dense, input: Shape) -> bool:
    return True


def _unsized(op: Dense, input: Shape) -> Op:
    return replace(op, size=0, shape=op.shape and replace(op.shape, channels=0))


DENSE = Kind(
    name="dense",
    doc="All elements, flattened in the order C, H, W, times a matrix, plus a bias; then its norm "
    "(over the vector, or over the channels of the picture), then its activation.",
    fields=(
        Field("size", Whole(1), ABSENT, "Length of the output vector.", "elements"),
        Field(
            "shape",
            Sizes(3),
            ABSENT,
            "[channels, height, width] of the output picture.",
            "shape",
        ),
        Field("bias", Flag(), True, "Whether each output has a trained offset."),
        Field("norm", Word(("none", "batch", "layer")), "none", "Normalization after it."),
        Field("activation", ActivationType, "none", "Nonlinearity after the norm."),
    ),
    rule=_rule,
    module="archsearch.nn.dense:dense",
    steps="archsearch.nn.dense:steps",
    weighted=True,
    mirror=_mirror,
    trunk=TrunkRole(_sets_size, _unsized),
    synonyms={"linear": "dense", "fc": "dense"},
    shape="a vector of `size` numbers, or the picture `shape`",
    example="dense: {size: 64}",
    takes_vector=True,
)
