"""Layers that bring two tensors together: concat, add and residual."""

from __future__ import annotations

from archsearch.spec.kinds import Problem, Step
from archsearch.spec.kinds.ops import Add, Concat, Conv, Residual
from archsearch.spec.shape import Pads, Pair, Shape

__all__ = ["join_step"]


def join_step(word: str, source: int, current: Shape, other: Shape) -> Step:
    """What a join gives.

    Args:
        word: concat, add or residual.
        source: index of the layer joined.
        current: the shape so far.
        other: the shape of ``source``'s output.
    """
    if current.vector or other.vector:
        return Step(Add(source), current, "", problems=(_after_vector(word, current, other),))
    if word == "concat":
        return _concat(source, current, other)
    return _add(source, current, other) if word == "add" else _residual(source, current, other)


def _after_vector(word: str, current: Shape, other: Shape) -> Problem:
    which = "what comes in" if current.vector else "the other side"
    return Problem(
        "picture-after-vector",
        f"{word} needs pictures on both sides",
        label=f"{which} is a vector of {current if current.vector else other} numbers",
        help="lead back to a picture first: `dense: {shape: [C, H, W]}`",
    )


def _concat(source: int, current: Shape, other: Shape) -> Step:
    output = Shape(current.channels + other.channels, current.height, current.width)
    problem = Problem(
        "concat-size",
        f"concat needs equal sizes, and these are {_size(current)} and {_size(other)}",
        help="join where the sizes agree, or resample one of the two",
    )
    return Step(
        op=Concat(source),
        output=output,
        formula=f"{_size(output)}·({current.channels} + {other.channels}) = {output.elements}",
        problems=() if _size(current) == _size(other) else (problem,),
    )


def _add(source: int, current: Shape, other: Shape) -> Step:
    return Step(
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


def _residual(source: int, current: Shape, other: Shape) -> Step:
    stride = (other.height / current.height, other.width / current.width)
    exact = all(ratio >= 1 and ratio.is_integer() for ratio in stride)
    problem = Problem(
        "residual-mismatch",
        f"the shortcut can't get from {_size(other)} to {_size(current)}: no whole ratio",
        help="use `padding: same` inside, and shrink by a whole factor such as `stride: 2`",
    )
    if current == other or not exact:
        return Step(
            op=Residual(source, None),
            output=current,
            formula=f"{current} + shortcut",
            problems=() if exact else (problem,),
        )
    return _with_shortcut(source, current, other, Pair(int(stride[0]), int(stride[1])))


def _with_shortcut(source: int, current: Shape, other: Shape, stride: Pair) -> Step:
    one = Pair(1, 1)
    shortcut = Conv(current.channels, one, stride, Pads(), one, 1, True, "none", "none")
    return Step(
        op=Residual(source, shortcut),
        output=current,
        formula=f"{current} + 1×1 conv of {other}",
        params=current.channels * (other.channels + 1),
        macs=current.elements * other.channels,
    )


def _size(shape: Shape) -> str:
    return f"{shape.height}×{shape.width}"
