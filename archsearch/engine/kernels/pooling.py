"""The largest value of each window, and the way of its gradient.

::

    for c in channels: for y in rows: for x in columns:
        most = max over t of in[offsets[t]]                   # the first of equal ones; NaN wins
        pool:    out = activation(most)
        unpool:  for t: to[offsets[t]] (+)= gradient where in[offsets[t]] is that first one
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from archsearch.engine.kernels.activations import kernel_of
from archsearch.engine.kernels.emitter import POINTER, Emitter, Symbol, Values
from archsearch.engine.kernels.pointwise import Place, planes
from archsearch.engine.operations import POOL

__all__ = ["larger", "pool", "unpool"]

Offset = Callable[[Any], Any]
"""The number of a place in a window → how far on from the window's first it lies."""


def pool(symbol: Symbol, taps: int, end: str) -> str:
    """The forward kernel, as text; ``taps`` 0 reads their number from the record."""
    e = Emitter(symbol, [POINTER] * 3)

    def one(at: Place, count: Any, offset: Offset) -> None:
        window = at("in")
        most = _largest(e, taps, count, lambda t: e.load(window, offset(t)))
        e.store(kernel_of(end).value(e, most), at("out"))

    _windows(e, taps, one)
    return e.finish()


def unpool(symbol: Symbol, taps: int, add: bool) -> str:
    """The backward kernel, as text; ``add``: to the old values."""
    e = Emitter(symbol, [POINTER] * 3)
    truths = ir.VectorType(ir.IntType(1), e.lanes)

    def one(at: Place, count: Any, offset: Offset) -> None:
        window, to, gradient = at("in"), at("to"), e.load(at("out"))
        most = _largest(e, taps, count, lambda t: e.load(window, offset(t)))

        def one_tap(t: Any, left: Values) -> Values:
            place = e.at(to, offset(t))
            chosen, rest = _first_of(e, e.load(window, offset(t)), most, left[0])
            share = e.select(chosen, gradient, e.constant(0.0))
            e.store(e.b.fadd(e.load(place), share) if add else share, place)
            return [rest]

        left: Values = [ir.Constant(truths, [1] * e.lanes)]
        if not taps:
            e.loop(count, one_tap, left)
        for t in range(taps):
            left = one_tap(e.whole(t), left)

    _windows(e, taps, one)
    return e.finish()


def larger(e: Emitter, x: Any, most: Any) -> tuple[Any, Any]:
    """Where x is larger than ``most`` or NaN; x there, else ``most``."""
    above = e.b.or_(e.less(most, x), e.b.fcmp_unordered("uno", x, x))
    return above, e.select(above, x, most)


def _first_of(e: Emitter, x: Any, most: Any, left: Any) -> tuple[Any, Any]:
    """Where x is the largest and no one before it was; where still nobody was."""
    chosen = e.b.and_(e.b.fcmp_unordered("==", x, most), left)
    return chosen, e.b.xor(left, chosen)


def _largest(e: Emitter, taps: int, count: Any, load: Callable[[Any], Any]) -> Any:
    def one_more(t: Any, most: Values) -> Values:
        return [larger(e, load(t), most[0])[1]]

    most: Values = [load(e.whole(0))]
    if not taps:
        return e.loop(count, one_more, most)[0]
    for t in range(1, taps):
        most = one_more(e.whole(t), most)
    return most[0]


def _windows(e: Emitter, taps: int, one: Callable[[Place, Any, Offset], None]) -> None:
    """``one(place of an operand, number of places, offset of each)`` for every window."""
    record = e.args[0]
    count = e.field(record, POOL.place("taps"))
    table = e.pointer(e.field(record, POOL.place("offsets")))
    known = [e.index(table, e.whole(t)) for t in range(taps)]

    def offset(t: Any) -> Any:
        return known[t.constant] if taps else e.index(table, t)

    planes(e, POOL, lambda at, _: one(at, count, offset))
