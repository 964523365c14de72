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
from archsearch.engine.operations import POOL

__all__ = ["larger", "pool", "unpool"]


def pool(symbol: Symbol, taps: int, end: str) -> str:
    """The forward kernel, as text; ``taps`` 0 reads their number from the record."""
    e = Emitter(symbol, [POINTER] * 3)

    def one(field: dict[str, Any], at: Callable[[str], Any], offset: Callable[[Any], Any]) -> None:
        window = at("in")
        most = _largest(e, taps, field["taps"], lambda t: e.load(window, offset(t)))
        e.store(kernel_of(end).value(e, most), at("out"))

    _windows(e, taps, one)
    return e.finish()


def unpool(symbol: Symbol, taps: int, add: bool) -> str:
    """The backward kernel, as text; ``add``: to the old values."""
    e = Emitter(symbol, [POINTER] * 3)
    truths = ir.VectorType(ir.IntType(1), e.lanes)

    def one(field: dict[str, Any], at: Callable[[str], Any], offset: Callable[[Any], Any]) -> None:
        window, to, gradient = at("in"), at("to"), e.load(at("out"))
        most = _largest(e, taps, field["taps"], lambda t: e.load(window, offset(t)))

        def one_tap(t: Any, left: Values) -> Values:
            place = e.at(to, offset(t))
            chosen, rest = _first_of(e, e.load(window, offset(t)), most, left[0])
            share = e.select(chosen, gradient, e.constant(0.0))
            e.store(e.b.fadd(e.load(place), share) if add else share, place)
            return [rest]

        left: Values = [ir.Constant(truths, [1] * e.lanes)]
        if not taps:
            e.loop(field["taps"], one_tap, left)
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


def _windows(e: Emitter, taps: int, one: Callable[..., None]) -> None:
    record, arena, _ = e.args
    field = e.record(POOL, record)
    table = e.pointer(field["offsets"])
    known = [e.index(table, e.whole(t)) for t in range(taps)]

    def offset(t: Any) -> Any:
        return known[t.constant] if taps else e.index(table, t)

    def one_window(c: Any, y: Any, x: Any) -> None:
        def at(which: str) -> Any:
            side = "out" if which == "out" else "in"
            return e.at(
                arena,
                e.sum(
                    field[which],
                    e.times(c, field[f"{side}_channel"]),
                    e.times(y, field[f"{side}_row"]),
                    e.times(x, field[f"{side}_column"]),
                ),
            )

        one(field, at, offset)

    e.each(
        field["channels"],
        lambda c: e.each(
            field["rows"],
            lambda y: e.each(field["columns"], lambda x: one_window(c, y, x)),
        ),
    )
