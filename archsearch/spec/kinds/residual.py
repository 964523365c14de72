"""``residual``: layers with a shortcut around them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archsearch.spec.kinds.activation import ActivationType, activation_params
from archsearch.spec.kinds.conv import Conv
from archsearch.spec.kinds.fields import Field, Numbered
from archsearch.spec.kinds.joins import needs_pictures, size_of
from archsearch.spec.kinds.kind import Join, TrunkRole
from archsearch.spec.kinds.rule import ONE, JoinInput, JoinOp, Problem, ShapeResult
from archsearch.spec.shape import Pads, Pair, Shape

__all__ = ["RESIDUAL", "Residual"]


@dataclass(frozen=True, slots=True, repr=False)
class Residual(JoinOp):
    """The sum of the current tensor and a shortcut from tensor ``source``, then an activation.

    ``shortcut`` is a 1×1 convolution where channels or size differ, else None.
    """

    source: int
    shortcut: Conv | None
    activation: str | Numbered = "none"

    @property
    def sources(self) -> tuple[int, ...]:
        """Where the shortcut begins, or the end of its own layers."""
        return (self.source,)


def _rule(given: JoinInput) -> ShapeResult:
    (source,), (current, other) = given.sources, given.shapes
    activation = given.values.word_or_numbered("activation")
    op = Residual(source, None, activation)
    refused = needs_pictures("residual", op, given.shapes)
    if refused is not None:
        return refused
    stride = (other.height / current.height, other.width / current.width)
    exact = all(ratio >= 1 and ratio.is_integer() for ratio in stride)
    plain = ShapeResult(
        op=op,
        output=current,
        formula=f"{current} + shortcut",
        params=activation_params(activation),
    )
    if given.has_layers:
        return replace(plain, problems=() if current == other else (_unequal(current, other),))
    if not exact:
        return replace(plain, problems=(_no_ratio(current, other),))
    return plain if current == other else _with_shortcut(plain, op, current, other, stride)


def _no_ratio(current: Shape, other: Shape) -> Problem:
    return Problem(
        "residual-mismatch",
        f"the shortcut can't get from {size_of(other)} to {size_of(current)}: no whole ratio",
        help="use `padding: same` inside, and shrink by a whole factor such as `stride: 2`",
    )


def _unequal(current: Shape, other: Shape) -> Problem:
    return Problem(
        "residual-mismatch",
        f"the shortcut gives {other}, and the layers give {current}",
        help="give both the same channels and strides, or leave `shortcut` out: then a 1×1 "
        "convolution adapts",
    )


def _with_shortcut(
    plain: ShapeResult, op: Residual, current: Shape, other: Shape, stride: tuple[float, float]
) -> ShapeResult:
    steps = Pair(int(stride[0]), int(stride[1]))
    shortcut = Conv(current.channels, ONE, steps, Pads(), ONE, 1, True, "none", "none")
    return replace(
        plain,
        op=replace(op, shortcut=shortcut),
        formula=f"{current} + 1×1 conv of {other}",
        params=plain.params + current.channels * (other.channels + 1),
        macs=current.elements * other.channels,
    )


def _sets_size(op: Residual, input: Shape) -> bool:
    return False


def _without_shortcut(op: Residual, input: Shape) -> Residual:
    return replace(op, shortcut=None)


RESIDUAL = Join(
    name="residual",
    doc="Layers with a shortcut around them, added to their output. `shortcut` lists the "
    "shortcut's layers. Without it, the shortcut is a 1×1 convolution where channels or size "
    "differ, with the exact ratio as its stride.",
    fields=(Field("activation", ActivationType, "none", "Nonlinearity after the sum."),),
    rule=_rule,
    names_layer=False,
    module="archsearch.nn.joins:residual",
    trunk=TrunkRole(_sets_size, _without_shortcut),
    shape="that of the last layer inside",
    example="residual: {layers: [conv: {channels: 8}], activation: relu}",
)
