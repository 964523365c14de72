"""``pool``: the largest or mean value of each window."""

from __future__ import annotations

from typing import cast, get_args

from archsearch.spec.kinds.fields import Field, PaddingAmount, PerAxis, SameAs, Word
from archsearch.spec.kinds.kind import ONE, Kind, Problem, Step, Values
from archsearch.spec.kinds.ops import Pool, PoolMode
from archsearch.spec.kinds.windows import lay_windows
from archsearch.spec.shape import Pair, Shape

__all__ = ["POOL"]


def _padding_problems(kernel: Pair, padding: object) -> tuple[Problem, ...]:
    if not isinstance(padding, Pair):
        return ()
    for most, actual in zip((kernel.height // 2, kernel.width // 2), padding, strict=True):
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


def _rule(values: Values, shape: Shape) -> Step:
    kernel, stride, padding = values.pair("kernel"), values.pair("stride"), values.either("padding")
    problems = _padding_problems(kernel, padding)
    windows = lay_windows("pool", shape, kernel, stride, ONE, padding)
    return Step(
        op=Pool(kernel, stride, windows.pads, cast(PoolMode, values.word("mode"))),
        output=windows.output(shape.channels),
        formula=windows.formula(shape.channels),
        window=kernel,
        jump=(stride.height, stride.width),
        problems=problems or windows.problems,
    )


POOL = Kind(
    name="pool",
    doc="The largest value of each window, or the mean of its real pixels.",
    fields=(
        Field("kernel", PerAxis(1), Pair(2, 2), "Rows and columns of the window."),
        Field("stride", PerAxis(1), SameAs("kernel"), "Steps between windows; the kernel's size."),
        Field("padding", PaddingAmount(), Pair(0, 0), "Border per side, at most half the kernel."),
        Field("mode", Word(get_args(PoolMode)), "max", "Largest value, or mean of real pixels."),
    ),
    rule=_rule,
    shape="⌊(W − K + P_total)/S⌋ + 1; `same` gives ⌈W/S⌉; C stays",
    example="pool: {kernel: 2}",
)
