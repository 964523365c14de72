"""Layers that bring two tensors together: concat, add and residual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from archsearch.spec.kinds.conv import Conv
from archsearch.spec.kinds.kind import Join, TrunkRole
from archsearch.spec.kinds.rule import ONE, JoinOp, Problem, ShapeResult
from archsearch.spec.shape import Pads, Pair, Shape

__all__ = ["JOINS", "Add", "Concat", "Residual"]


@dataclass(frozen=True, slots=True)
class Concat(JoinOp):
    """The current tensor's channels, then those of layer ``source``."""


@dataclass(frozen=True, slots=True)
class Add(JoinOp):
    """The sum of the current tensor and that of layer ``source``."""


@dataclass(frozen=True, slots=True)
class Residual(JoinOp):
    """The sum of the current tensor and a shortcut from layer ``source``.

    ``shortcut`` is a 1×1 convolution where channels or size differ, else None.
    """

    shortcut: Conv | None


def _after_vector(word: str, source: int, current: Shape, other: Shape) -> ShapeResult:
    which = "what comes in" if current.vector else "the other side"
    problem = Problem(
        "picture-after-vector",
        f"{word} needs pictures on both sides",
        label=f"{which} is a vector of {current if current.vector else other} numbers",
        help="lead back to a picture first: `dense: {shape: [C, H, W]}`",
    )
    return ShapeResult(Add(source), current, "", problems=(problem,))


def _concat(source: int, current: Shape, other: Shape) -> ShapeResult:
    if current.vector or other.vector:
        return _after_vector("concat", source, current, other)
    output = Shape(current.channels + other.channels, current.height, current.width)
    problem = Problem(
        "concat-size",
        f"concat needs equal sizes, and these are {_size(current)} and {_size(other)}",
        help="join where the sizes agree, or resample one of the two",
    )
    return ShapeResult(
        op=Concat(source),
        output=output,
        formula=f"{_size(output)}·({current.channels} + {other.channels}) = {output.elements}",
        problems=() if _size(current) == _size(other) else (problem,),
    )


def _add(source: int, current: Shape, other: Shape) -> ShapeResult:
    if current.vector or other.vector:
        return _after_vector("add", source, current, other)
    return ShapeResult(
        op=Add(source),
        output=current,
        formula=f"{current} unchanged",
        problems=_add_problems(current, other),
    )


def _add_problems(current: Shape, other: Shape) -> tuple[Problem, ...]:
    if _size(current) != _size(other):
        return (
            Problem(
                "add-mismatch",
                f"add needs equal sizes, and these are {_size(current)} and {_size(other)}",
                help="join where the sizes agree, or use `residual`, whose shortcut adapts",
            ),
        )
    if current.channels != other.channels:
        return (
            Problem(
                "add-mismatch",
                f"add needs equal channels, and these are {current.channels} and {other.channels}",
                help="give both the same channels, or use `concat` or `residual`",
                concerns="channels",
            ),
        )
    return ()


def _residual(source: int, current: Shape, other: Shape) -> ShapeResult:
    if current.vector or other.vector:
        return _after_vector("residual", source, current, other)
    stride = (other.height / current.height, other.width / current.width)
    exact = all(ratio >= 1 and ratio.is_integer() for ratio in stride)
    problem = Problem(
        "residual-mismatch",
        f"the shortcut can't get from {_size(other)} to {_size(current)}: no whole ratio",
        help="use `padding: same` inside, and shrink by a whole factor such as `stride: 2`",
    )
    if current == other or not exact:
        return ShapeResult(
            op=Residual(source, None),
            output=current,
            formula=f"{current} + shortcut",
            problems=() if exact else (problem,),
        )
    return _with_shortcut(source, current, other, Pair(int(stride[0]), int(stride[1])))


def _with_shortcut(source: int, current: Shape, other: Shape, stride: Pair) -> ShapeResult:
    shortcut = Conv(current.channels, ONE, stride, Pads(), ONE, 1, True, "none", "none")
    return ShapeResult(
        op=Residual(source, shortcut),
        output=current,
        formula=f"{current} + 1×1 conv of {other}",
        params=current.channels * (other.channels + 1),
        macs=current.elements * other.channels,
    )


def _size(shape: Shape) -> str:
    return f"{shape.height}×{shape.width}"


def _sets_size(op: Residual, input: Shape) -> bool:
    return False


def _without_shortcut(op: Residual, input: Shape) -> Residual:
    return replace(op, shortcut=None)


JOINS: Mapping[str, Join] = {
    join.name: join
    for join in (
        Join(
            name="concat",
            doc="The current tensor's channels, then those of an earlier layer of equal size.",
            rule=_concat,
            adds_channels=True,
            module="archsearch.nn.joins:concat",
            steps="archsearch.nn.joins:steps",
            shape="H and W stay, C = C + C of the named layer",
            example="concat: early",
            synonyms={"skip": "concat: early"},
        ),
        Join(
            name="add",
            doc="The sum of the current tensor and that of an earlier layer of equal shape.",
            rule=_add,
            module="archsearch.nn.joins:add",
            steps="archsearch.nn.joins:steps",
            shape="unchanged",
            example="add: early",
        ),
        Join(
            name="residual",
            doc="Layers with a shortcut around them, added to their output. The shortcut is a 1×1 "
            "convolution where channels or size differ, with the exact ratio as its stride.",
            rule=_residual,
            encloses=True,
            module="archsearch.nn.joins:residual",
            steps="archsearch.nn.joins:steps",
            trunk=TrunkRole(_sets_size, _without_shortcut),
            shape="that of the last layer inside",
            example="residual: {layers: [conv: {channels: 8}]}",
        ),
    )
}
