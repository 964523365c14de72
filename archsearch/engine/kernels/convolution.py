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

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from archsearch.engine.kernels.activations import kernel_of
from archsearch.engine.kernels.emitter import POINTER, Emitter, Symbol, Values
from archsearch.engine.operations import BLOCK, CONVOLVE, CONVOLVE_RUN

__all__ = ["Loads", "accumulated", "convolve", "places", "products", "tile"]

Loads = Sequence[Callable[[], Any]]
"""What loads a vector, where it is needed."""


def tile(  # noqa: PLR0917 - each is a part of the kernel's name
    symbol: Symbol,
    channels: int,
    positions: int,
    stride: int,
    end: str,
    add: bool,
    bias: bool,
) -> str:
    """The kernel of one tile shape, as text.

    Args:
        symbol: of the function.
        channels: output channels of a tile.
        positions: output positions of a tile, side by side.
        stride: columns from the input of a position to that of the next; 0: from the record.
        end: an activation, or ``back:`` and the activation whose gradient is taken with the
            result that lies at ``result``.
        add: whether the sum is added to what is there.
        bias: whether there is one.
    """
    e = Emitter(symbol, [POINTER] * 6)
    record, _, _, biases, out, result = e.args
    step = e.whole(stride * e.lanes) if stride else e.field(record, CONVOLVE.place("in_column"))

    def read(at: Any) -> Loads:
        return [partial(e.load, at, e.times(step, e.whole(p))) for p in range(positions)]

    acc = accumulated(e, channels, positions, read, biases if bias else None)
    to, results = places(e, record, "out", out), places(e, record, "result", result)
    for c in range(channels):
        for p in range(positions):
            value, place = acc[c * positions + p], to(c, p)
            value = e.b.fadd(value, e.load(place)) if add else value
            e.store(_ended(e, end, value, lambda c=c, p=p: e.load(results(c, p))), place)  # type: ignore[misc]
    return e.finish()


def _ended(e: Emitter, end: str, value: Any, result: Callable[[], Any]) -> Any:
    back = end.removeprefix("back:")
    if back != end:
        return kernel_of(back).backward(e, value, result())
    return kernel_of(end).value(e, value)


def accumulated(
    e: Emitter, channels: int, positions: int, read: Callable[[Any], Loads], biases: Any
) -> Values:
    """A tile's sums, channel by channel: the arguments of ``e`` start as those of :func:`tile`.

    Args:
        e: where it is written.
        channels: output channels.
        positions: output positions.
        read: the address of a tap → what loads the positions' inputs.
        biases: the address of the first bias, or None.
    """
    record, source, weights = e.args[:3]
    taps = e.field(record, CONVOLVE.place("taps"))
    offsets = e.pointer(e.field(record, CONVOLVE.place("offsets")))
    start: Values = []
    for c in range(channels):
        first = e.constant(0.0) if biases is None else e.broadcast(biases, c)
        start += [first] * positions

    def one_tap(k: Any, acc: Values) -> Values:
        x = read(e.at(source, e.index(offsets, k)))
        w = e.at(weights, e.times(k, e.whole(channels)))
        return products(e, [partial(e.broadcast, w, c) for c in range(channels)], x, acc)

    return e.loop(taps, one_tap, start, may_be_empty=True)


def products(e: Emitter, ones: Loads, others: Loads, acc: Values) -> Values:
    """acc[i][j] + ones[i]·others[j]; the shorter list is loaded first, and stays in registers."""
    grown = [*acc]
    few, many = (ones, others) if len(ones) < len(others) else (others, ones)
    kept = [load() for load in few]
    for m, load in enumerate(many):
        value = load()
        for f, other in enumerate(kept):
            at = f * len(many) + m if few is ones else m * len(few) + f
            grown[at] = e.fma(value, other, acc[at])
    return grown


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
    field = e.record(CONVOLVE, record)
    packed = e.pointer(e.field(block, BLOCK.place("packed")))
    runs = e.pointer(field["runs"])

    def one_row(g: Any, y: Any) -> None:
        bases = {one: e.moved(arena, field, one, group=g, row=y) for one in MOVING}
        bases |= {one: e.moved(packed, field, one, group=g) for one in ("weights", "bias")}
        e.each(field["run_count"], lambda r: _run(e, e.record(CONVOLVE_RUN, runs, r), bases))

    e.each(field["groups"], lambda g: e.each(field["rows"], lambda y: one_row(g, y)))
    return e.finish()


MOVING = ("in", "out", "result")
"""What each tile of a run has elsewhere; weights and biases are the same."""


def _run(e: Emitter, run: Mapping[str, Any], bases: Mapping[str, Any]) -> None:
    firsts = {which: e.at(base, run[which]) for which, base in bases.items()}

    def one_tile(i: Any) -> None:
        at = {one: e.at(firsts[one], e.times(i, run[f"{one}_step"])) for one in MOVING}
        weights = firsts["weights"], firsts["bias"]
        e.call(run["tile"], [e.args[0], at["in"], *weights, at["out"], at["result"]])

    e.each(run["count"], one_tile)
