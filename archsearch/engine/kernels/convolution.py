"""The one convolution: a tile of output channels × positions in registers, and rows of tiles.

::

    for g in groups: for y in rows: for run in runs: for i in run.count:     # convolve
        acc[c][p] = bias[c]                                                 # a tile
        for k in taps:
            x[p] = in[offsets[k] + p·in_column]         # a vector: a number of each picture
            for c: for p: acc[c][p] += w[k][c]·x[p]     # the weight repeated in all lanes
        out[c][p] = end(acc[c][p])

Stride, dilation, padding, upsampling, concatenation and the gradient's geometry are in the
offsets and steps; no kernel knows of them.
"""

from __future__ import annotations

from typing import Any

from archsearch.engine.kernels.activations import ACTIVATIONS
from archsearch.engine.kernels.emitter import POINTER, Emitter, Symbol, Values
from archsearch.engine.operations import BLOCK, CONVOLVE, CONVOLVE_RUN

__all__ = ["convolve", "places", "tile"]


def tile(
    symbol: Symbol,
    channels: int,
    positions: int,
    end: str,
    add: bool,
    bias: bool,
) -> str:
    """The kernel of one tile shape, as text.

    Args:
        symbol: of the function.
        channels: output channels of a tile.
        positions: output positions of a tile, side by side.
        end: an activation, or ``back:`` and the activation whose gradient is taken with the
            result that lies at ``result``.
        add: whether the sum is added to what is there.
        bias: whether there is one.
    """
    e = Emitter(symbol, [POINTER] * 6)
    record, source, weights, biases, out, result = e.args
    step = e.field(record, CONVOLVE.place("in_column"))
    taps = e.field(record, CONVOLVE.place("taps"))
    offsets = e.pointer(e.field(record, CONVOLVE.place("offsets")))
    start: Values = []
    for c in range(channels):
        first = e.broadcast(biases, c) if bias else e.constant(0.0)
        start += [first] * positions

    def one_tap(k: Any, acc: Values) -> Values:
        at = e.at(source, e.index(offsets, k))
        w = e.at(weights, e.times(k, e.whole(channels)))
        x = []
        for p in range(positions):
            at = e.at(at, step) if p else at
            x.append(e.load(at))
        grown = []
        for c in range(channels):
            weight = e.broadcast(w, c)
            grown += [e.fma(x[p], weight, acc[c * positions + p]) for p in range(positions)]
        return grown

    acc = e.loop(taps, one_tap, start, may_be_empty=True)
    to = places(e, record, "out", out)
    results = places(e, record, "result", result)
    back = end.removeprefix("back:")
    for c in range(channels):
        for p in range(positions):
            value, place = acc[c * positions + p], to(c, p)
            if add:
                value = e.b.fadd(value, e.load(place))
            if back != end:
                value = ACTIVATIONS[back].backward(e, value, e.load(results(c, p)))
            else:
                value = ACTIVATIONS[end].value(e, value)
            e.store(value, place)
    return e.finish()


def places(e: Emitter, record: Any, which: str, base: Any) -> Any:
    """Addresses of (channel, position) from a tile's first."""
    by_channel = e.field(record, CONVOLVE.place(f"{which}_channel"))
    by_column = e.field(record, CONVOLVE.place(f"{which}_column"))

    def place(c: int, p: int) -> Any:
        return e.at(base, e.sum(e.times(by_channel, e.whole(c)), e.times(by_column, e.whole(p))))

    return place


def convolve(symbol: Symbol) -> str:
    """The loops around the tiles, as text."""
    e = Emitter(symbol, [POINTER] * 3)
    record, arena, block = e.args
    field = dict(zip(CONVOLVE.names, e.fields(record, len(CONVOLVE.names)), strict=True))
    packed = e.pointer(e.field(block, BLOCK.place("packed")))
    runs = e.pointer(field["runs"])

    def one_row(g: Any, y: Any) -> None:
        bases = {
            which: e.at(
                arena,
                e.sum(
                    field[which],
                    e.times(g, field[f"{which}_group"]),
                    e.times(y, field[f"{which}_row"]),
                ),
            )
            for which in ("in", "out", "result")
        }
        starts = {
            which: e.at(packed, e.sum(field[which], e.times(g, field[f"{which}_group"])))
            for which in ("weights", "bias")
        }

        def one_run(r: Any) -> None:
            start = e.times(r, e.whole(8 * len(CONVOLVE_RUN.names)))
            values = e.fields(e.bytes_on(runs, start), len(CONVOLVE_RUN.names))
            run = dict(zip(CONVOLVE_RUN.names, values, strict=True))
            firsts = {which: e.at(base, run[which]) for which, base in (bases | starts).items()}

            def one_tile(i: Any) -> None:
                moved = {
                    which: e.at(firsts[which], e.times(i, run[f"{which}_step"]))
                    for which in ("in", "out", "result")
                }
                e.call(
                    run["tile"],
                    [
                        record,
                        moved["in"],
                        firsts["weights"],
                        firsts["bias"],
                        moved["out"],
                        moved["result"],
                    ],
                )

            e.each(run["count"], one_tile)

        e.each(field["run_count"], one_run)

    e.each(field["groups"], lambda g: e.each(field["rows"], lambda y: one_row(g, y)))
    return e.finish()
