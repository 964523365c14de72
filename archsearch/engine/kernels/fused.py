"""A convolution and a maximum of 2×2 in one: what isn't the largest never leaves the registers.

::

    acc[c][p] as in a tile of ``kernels.convolution``, for two rows of positions
    most = max of four; bits[t] = whether place t is the first that has it, a bit a picture
    out = activation(most)

    unmask:  for t: gradient where bits[t], else 0
"""

from __future__ import annotations

from functools import partial
from typing import Any

from llvmlite import ir

from archsearch.engine.kernels.activations import kernel_of
from archsearch.engine.kernels.convolution import Loads, accumulated, places
from archsearch.engine.kernels.emitter import POINTER, Emitter, Symbol, Values
from archsearch.engine.kernels.pointwise import Place, planes
from archsearch.engine.kernels.pooling import larger
from archsearch.engine.operations import CONVOLVE, UNMASK

__all__ = ["pooled_tile", "unmask"]

I16 = ir.IntType(16)


def pooled_tile(symbol: Symbol, channels: int, windows: int, end: str, bias: bool) -> str:
    """The kernel of one tile shape, as text.

    Args:
        symbol: of the function.
        channels: output channels of a tile.
        windows: 2×2 windows of a tile, side by side.
        end: an activation.
        bias: whether there is one.
    """
    e = Emitter(symbol, [POINTER] * 6)
    record, _, _, biases, out, bits = e.args
    step, below = (e.field(record, CONVOLVE.place(name)) for name in ("in_column", "in_below"))
    positions = 4 * windows

    def read(at: Any) -> Loads:
        rows = [at, e.at(at, below)]
        columns = [e.times(step, e.whole(p)) for p in range(2 * windows)]
        return [partial(e.load, row, x) for row in rows for x in columns]

    acc = accumulated(e, channels, positions, read, biases if bias else None)
    to, of_bits = places(e, record, "out", out), places(e, record, "result", bits)
    for c in range(channels):
        for window in range(windows):
            first = c * positions + 2 * window
            four = [acc[first + p] for p in (0, 1, 2 * windows, 2 * windows + 1)]
            _pool(e, four, end, to(c, window), of_bits(c, window))
    return e.finish()


def _pool(e: Emitter, four: Values, end: str, out: Any, bits: Any) -> None:
    (right, rest), (below_right, other) = larger(e, four[1], four[0]), larger(e, four[3], four[2])
    lower, most = larger(e, other, rest)
    e.store(kernel_of(end).value(e, most), out)
    upper = e.b.not_(lower)
    chosen_ones = [
        e.b.and_(upper, e.b.not_(right)),
        e.b.and_(upper, right),
        e.b.and_(lower, e.b.not_(below_right)),
        e.b.and_(lower, below_right),
    ]
    for t, chosen in enumerate(chosen_ones):
        whole = e.b.bitcast(chosen, ir.IntType(e.lanes))
        wide = whole if e.lanes == 16 else e.b.zext(whole, I16)
        e.b.store(wide, e.b.gep(bits, [e.whole(t)], source_etype=I16))


def unmask(symbol: Symbol) -> str:
    """The gradient of windows to their largest pixels, as text; every pixel is written."""
    e = Emitter(symbol, [POINTER] * 3)
    below = e.field(e.args[0], UNMASK.place("c_below"))
    truths = ir.VectorType(ir.IntType(1), e.lanes)

    def one(at: Place, _: Any) -> None:
        gradient, bits, to = e.load(at("a")), at("b"), at("c")
        beside = e.whole(e.lanes)
        for t, move in enumerate((e.whole(0), beside, below, e.sum(below, beside))):
            place = e.b.gep(bits, [e.whole(t)], source_etype=I16)
            wide = e.b.load(place, typ=I16)
            whole = wide if e.lanes == 16 else e.b.trunc(wide, ir.IntType(e.lanes))
            e.store(e.select(e.b.bitcast(whole, truths), gradient, e.constant(0.0)), to, move)

    planes(e, UNMASK, one)
    return e.finish()
