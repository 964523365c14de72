"""The gradient of weights: products of inputs and output gradients, summed over everything.

::

    for g in groups: for band of rows: for run in runs: for i in run.count:   # weigh
        acc[k][c] = 0                                                       # a tile
        for y in band: for x in columns:
            acc[k][c] += in[offsets[k] + y, x]·gradient[c][y, x]            # a number a picture
        sums[k][c] += Σ over lanes of acc[k][c]

A band is so many rows as keep the gradients in the first-level cache while all taps pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from archsearch.engine.kernels.convolution import products
from archsearch.engine.kernels.emitter import I64, POINTER, Emitter, Symbol, Values
from archsearch.engine.operations import BLOCK, WEIGHTS, WEIGHTS_RUN

__all__ = ["lane_sums", "weigh", "weight_tile"]


def weight_tile(symbol: Symbol, taps: int, channels: int) -> str:
    """The kernel of one tile shape, as text; with 0 taps it sums the gradient, for a bias."""
    e = Emitter(symbol, [POINTER] * 5 + [I64])
    record, offsets, source, gradient, sums, rows = e.args
    names = ("columns", "in_row", "in_column")
    columns, in_row, in_column = (e.field(record, WEIGHTS.place(name)) for name in names)
    by_channel, by_row, by_column = (
        e.field(record, WEIGHTS.place(f"gradient_{way}")) for way in ("channel", "row", "column")
    )
    starts = [e.at(source, e.index(offsets, e.whole(k))) for k in range(taps)]

    def one_row(y: Any, acc: Values) -> Values:
        row = e.at(gradient, e.times(y, by_row))
        ins = [e.at(start, e.times(y, in_row)) for start in starts]

        def one_column(x: Any, acc: Values) -> Values:
            at, place = e.times(x, in_column), e.at(row, e.times(x, by_column))
            gs = [partial(e.load, place, e.times(by_channel, e.whole(c))) for c in range(channels)]
            if not taps:
                return [e.b.fadd(total, g()) for total, g in zip(acc, gs, strict=True)]
            return products(e, gs, [partial(e.load, one, at) for one in ins], acc)

        return e.loop(columns, one_column, acc)

    acc = e.loop(rows, one_row, [e.constant(0.0)] * (max(taps, 1) * channels))
    for first in range(0, len(acc), e.lanes):
        total = lane_sums(e, acc[first : first + e.lanes])
        e.store(e.b.fadd(e.load(sums, first), total), sums, first)
    return e.finish()


def lane_sums(e: Emitter, vectors: Values) -> Any:
    """One vector whose lane i is the sum of all lanes of vector i; missing vectors are 0.

    Half as many vectors at each level: pairs are put side by side and added.
    """
    level: Values = [*vectors, *[None] * (e.lanes - len(vectors))]
    width = 1
    while width < e.lanes:
        left, right = [], []
        for lane in range(e.lanes):
            base, j = lane // (2 * width) * 2 * width, lane % width
            of_second = lane % (2 * width) >= width
            left.append(base + j + e.lanes * of_second)
            right.append(base + j + width + e.lanes * of_second)
        level = [
            _paired(e, a, b, left, right) for a, b in zip(level[::2], level[1::2], strict=True)
        ]
        width *= 2
    return level[0]


def _paired(e: Emitter, a: Any, b: Any, left: list[int], right: list[int]) -> Any:
    if a is None:
        return None
    b = e.constant(0.0) if b is None else b
    return e.b.fadd(e.shuffled(a, b, left), e.shuffled(a, b, right))


def weigh(symbol: Symbol) -> str:
    """The loops around the tiles, as text."""
    e = Emitter(symbol, [POINTER] * 3)
    record, arena, block = e.args
    field = e.record(WEIGHTS, record)
    sums = e.pointer(e.field(block, BLOCK.place("sums")))
    runs = e.pointer(field["runs"])
    rows, band = field["rows"], field["band"]
    bands = e.b.sdiv(e.sum(rows, e.b.sub(band, e.whole(1))), band)

    def one_band(g: Any, number: Any) -> None:
        y = e.times(number, band)
        left = e.b.sub(rows, y)
        here = e.select(e.b.icmp_signed("<", left, band), left, band)
        source, gradient = (
            e.moved(arena, field, which, group=g, row=y) for which in ("in", "gradient")
        )
        places = source, gradient, e.moved(sums, field, "sums", group=g)
        offsets = e.pointer(field["offsets"])
        e.each(
            field["run_count"],
            lambda r: _run(e, e.record(WEIGHTS_RUN, runs, r), offsets, places, here),
        )

    e.each(field["groups"], lambda g: e.each(bands, lambda i: one_band(g, i)))
    return e.finish()


def _run(
    e: Emitter, run: Mapping[str, Any], offsets: Any, places: tuple[Any, Any, Any], rows: Any
) -> None:
    source, gradient, sums = places

    def one_tile(i: Any) -> None:
        tap = e.sum(run["tap"], e.times(i, run["tap_step"]))
        own = e.at(sums, e.sum(run["sums"], e.times(i, run["sums_step"])))
        taps = e.bytes_on(offsets, e.times(tap, e.whole(4)))
        e.call(run["tile"], [e.args[0], taps, source, e.at(gradient, run["gradient"]), own, rows])

    e.each(run["count"], one_tile)
