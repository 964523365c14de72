"""``pool``: the largest or mean value of each window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from archsearch.spec.kinds.borders import PaddingAmount, PoolKernel, pads_of
from archsearch.spec.kinds.fields import Field, FieldValue, PerAxis, SameAs, Word
from archsearch.spec.kinds.kind import Kind
from archsearch.spec.kinds.mirror import LayerValues, enlarging, refilling, same_size, widening
from archsearch.spec.kinds.rule import ONE, Op, Problem, ShapeResult, Values
from archsearch.spec.kinds.windows import lay_windows, written_padding
from archsearch.spec.shape import Pads, Pair, Shape

__all__ = ["POOL", "Pool", "PoolMode"]

PoolMode = Literal["max", "avg"]


@dataclass(frozen=True, slots=True)
class Pool(Op):
    """A pooling; max pads with −inf, avg counts real pixels only."""

    kernel: Pair
    stride: Pair
    pads: Pads
    mode: PoolMode


def _padding_problems(kernel: Pair, padding: FieldValue) -> tuple[Problem, ...]:
    pads = pads_of(padding) or Pads()
    sides = (max(pads.top, pads.bottom), max(pads.left, pads.right))
    for most, actual in zip((kernel.height // 2, kernel.width // 2), sides, strict=True):
        if actual > most:
            return (
                Problem(
                    "pool-padding",
                    f"pool padding {actual} is more than half its kernel",
                    field="padding",
                    label=f"kernel {kernel} allows at most {most}",
                    help=f"use padding ≤ {most}, or kernel ≥ {2 * actual}",
                    concerns="layer",
                ),
            )
    return ()


def _rule(values: Values, shape: Shape) -> ShapeResult:
    whole = values.either("kernel") == "global"
    kernel = Pair(shape.height, shape.width) if whole else values.pair("kernel")
    stride = kernel if values.either("stride") == "global" else values.pair("stride")
    padding = values.either("padding")
    problems = _padding_problems(kernel, padding)
    windows = lay_windows("pool", shape, kernel, stride, ONE, padding)
    return ShapeResult(
        op=Pool(kernel, stride, windows.pads, cast(PoolMode, values.word("mode"))),
        output=windows.output(shape.channels),
        formula=windows.formula(shape.channels),
        window=kernel,
        jump=(stride.height, stride.width),
        problems=problems or windows.problems,
    )


def _written(op: Pool, input: Shape) -> Mapping[str, FieldValue]:
    padding = written_padding(input, op.pads, op.kernel, op.stride, ONE)
    padding = Pair(op.pads.top, op.pads.left) if op.pads.symmetric else padding
    return {"kernel": op.kernel, "stride": op.stride, "padding": padding, "mode": op.mode}


def _mirror(op: Pool, input: Shape, output: Shape, up: str) -> Iterator[LayerValues]:
    if same_size(input, output):
        return
    if op.stride == ONE:
        yield refilling(input, output, op.kernel, op.stride, op.pads)
    elif up == "conv_transpose":
        yield widening(input, output, op.stride)
    else:
        yield from enlarging("pool", input, output, op.stride, up)


POOL = Kind(
    name="pool",
    doc="The largest value of each window, or the mean of its pixels without the border.",
    fields=(
        Field(
            "kernel",
            PoolKernel(),
            Pair(2, 2),
            "Rows and columns of the window; global: the whole picture.",
            "window",
        ),
        Field(
            "stride",
            PerAxis(1),
            SameAs("kernel"),
            "Distance between neighboring windows; by default the kernel's size.",
            "factor",
        ),
        Field(
            "padding",
            PaddingAmount(),
            Pair(0, 0),
            "Border per side, at most half the kernel.",
            "window",
        ),
        Field("mode", Word(get_args(PoolMode)), "max", "Largest value, or mean."),
    ),
    rule=_rule,
    module="archsearch.nn.pool:pool",
    steps="archsearch.nn.pool:steps",
    resampling="down",
    written=_written,
    mirror=_mirror,
    synonyms=dict.fromkeys(
        ("maxpool", "max_pool", "maxpool2d", "avgpool", "avg_pool", "avgpool2d"), "pool"
    )
    | dict.fromkeys(("adaptiveavgpool2d", "globalavgpool"), "pool: {kernel: global, mode: avg}"),
    shape="⌊(W − K + P_total)/S⌋ + 1; `same` gives ⌈W/S⌉; C stays",
    example="pool: {kernel: 2}",
)
