"""What is done number by number: activations, dropout, copies and losses.

::

    for c in channels: for y in rows: for x in columns:  result = f(operands)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from archsearch.engine.activations import nature
from archsearch.engine.kernels.activations import kernel_of
from archsearch.engine.kernels.emitter import I32, POINTER, Emitter, Symbol, Values
from archsearch.engine.kernels.losses import LOSSES
from archsearch.engine.operations import ACTIVATE, BLOCK, DROP, LOSS, RESHAPE, Layout

__all__ = ["Place", "activate", "activate_back", "drop", "fill", "loss", "planes", "reshape"]

Place = Callable[[str], Any]
"""The name of an operand → its address at the place that is worked on."""


def activate(symbol: Symbol, word: str) -> str:
    """C = f(a), as text."""
    e = Emitter(symbol, [POINTER] * 3)
    kernel = kernel_of(word)
    planes(e, ACTIVATE, lambda at, _: e.store(kernel.value(e, e.load(at("a"))), at("c")))
    return e.finish()


def activate_back(symbol: Symbol, word: str) -> str:
    """C = gradient a · f′, with b what the activation's gradient reads; as text."""
    e = Emitter(symbol, [POINTER] * 3)
    kernel = kernel_of(word)

    def one(at: Place, _: Any) -> None:
        e.store(kernel.backward(e, e.load(at("a")), e.load(at("b"))), at("c"))

    planes(e, ACTIVATE, one)
    return e.finish()


def fill(symbol: Symbol) -> str:
    """C = 0, as text."""
    e = Emitter(symbol, [POINTER] * 3)
    planes(e, ACTIVATE, lambda at, _: e.store(e.constant(0.0), at("c")))
    return e.finish()


def reshape(symbol: Symbol, add: bool) -> str:
    """C (+)= a between two ways to lie in memory, as text."""
    e = Emitter(symbol, [POINTER] * 3)

    def one(at: Place, _: Any) -> None:
        value = e.load(at("a"))
        e.store(e.b.fadd(e.load(at("c")), value) if add else value, at("c"))

    planes(e, RESHAPE, one)
    return e.finish()


def loss(symbol: Symbol, word: str, activation: str) -> str:
    """The last activation, the loss of what it gives, and the gradient before it; as text."""
    e = Emitter(symbol, [POINTER] * 3)
    record, _, block = e.args
    first, count = (e.field(block, BLOCK.place(which)) for which in ("first", "count"))
    share = _share(e, record, first, count)
    sums = e.pointer(e.field(block, BLOCK.place("sums")))  # the loss has the first numbers

    def one(at: Place, _: Any, total: Values) -> Values:
        x, target = e.load(at("value")), e.load(at("target"))
        y = kernel_of(activation).value(e, x)
        value, slope = LOSSES[word](e, y, target)
        reads = x if nature(activation).reads_input else y
        gradient = kernel_of(activation).backward(e, e.b.fmul(slope, share), reads)
        e.store(y, at("value"))
        e.store(gradient, at("gradient"))
        return [e.b.fadd(total[0], value)]

    zero = e.constant(0.0)
    total = _summed(e, LOSS, one, [zero])[0]
    counted = e.select(e.less(zero, share), total, zero)  # an infinity times 0 would be NaN
    e.store(e.fma(counted, share, e.load(sums)), sums)
    return e.finish()


def _share(e: Emitter, record: Any, first: Any, count: Any) -> Any:
    """1 / (numbers of the whole batch) in lanes that hold a picture, else 0."""
    numbers = e.times(count, e.field(record, LOSS.place("scale")))
    each = e.b.fdiv(ir.Constant(e.number, 1.0), e.b.sitofp(numbers, e.number))
    pictures = e.lane_numbers(first)
    used = e.b.icmp_signed("<", pictures, e.repeated(count, pictures.type))
    return e.select(used, e.repeated(each), e.constant(0.0))


def drop(symbol: Symbol, add: bool) -> str:
    """Set numbers to 0 at random, and scale the others; as text.

    Which ones follows from the layer's key, the picture's place in the batch, and the number's
    in the picture: by the finalizer of MurmurHash3 (Appleby), twice.
    """
    e = Emitter(symbol, [POINTER] * 3)
    record, _, block = e.args
    many = ir.VectorType(I32, e.lanes)
    keys = e.pointer(e.field(block, BLOCK.place("keys")))
    key = e.b.trunc(e.field_at(keys, e.field(record, DROP.place("layer"))), I32)
    pictures = e.b.trunc(e.lane_numbers(e.field(block, BLOCK.place("first"))), many)
    seeds = _mixed(e, e.b.xor(_mixed(e, pictures, many), e.repeated(key, many)), many)
    bound = e.repeated(e.b.trunc(e.field(record, DROP.place("bound")), I32), many)
    factor = e.b.bitcast(e.field(record, DROP.place("scale")), ir.DoubleType())
    scale = e.repeated(factor if e.double else e.b.fptrunc(factor, e.number))

    def one(at: Place, place: Any) -> None:
        number = e.repeated(e.b.trunc(place, I32), many)
        drawn = _mixed(e, e.b.add(seeds, _mixed(e, number, many)), many)
        kept = e.b.icmp_signed(">=", e.b.lshr(drawn, ir.Constant(many, [1] * e.lanes)), bound)
        scaled = e.b.fmul(e.load(at("a")), scale)
        value = e.select(kept, scaled, e.constant(0.0))
        e.store(e.b.fadd(e.load(at("c")), value) if add else value, at("c"))

    planes(e, DROP, one)
    return e.finish()


def _mixed(e: Emitter, x: Any, many: Any) -> Any:
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, None)):
        x = e.b.xor(x, e.b.lshr(x, ir.Constant(many, [shift] * e.lanes)))
        if factor is not None:
            x = e.b.mul(x, ir.Constant(many, [factor] * e.lanes))
    return x


def planes(e: Emitter, layout: Layout, one: Callable[[Place, Any], None]) -> None:
    """``one(place of an operand, number of the place)`` for every channel, row and column."""

    def nothing_summed(at: Place, place: Any, _: Values) -> Values:
        one(at, place)
        return []

    _summed(e, layout, nothing_summed, [])


def _summed(
    e: Emitter, layout: Layout, one: Callable[[Place, Any, Values], Values], start: Values
) -> Values:
    """``sums = one(place of an operand, number of the place, sums)`` for every place."""
    record, arena, _ = e.args
    field = e.record(layout, record)
    channels, rows, columns = (field[name] for name in ("channels", "rows", "columns"))
    steps = e.whole(e.lanes)

    def one_place(c: Any, y: Any, x: Any, sums: Values) -> Values:
        def at(which: str) -> Any:
            return e.at(
                arena,
                e.sum(
                    field[which],
                    e.times(c, field[f"{which}_channel"]),
                    e.times(y, field[f"{which}_row"]),
                    e.times(x, field.get(f"{which}_column", steps)),
                ),
            )

        return one(at, e.sum(e.times(e.sum(e.times(c, rows), y), columns), x), sums)

    def one_row(c: Any, y: Any, sums: Values) -> Values:
        return e.loop(columns, lambda x, sums: one_place(c, y, x, sums), sums)

    def one_channel(c: Any, sums: Values) -> Values:
        return e.loop(rows, lambda y, sums: one_row(c, y, sums), sums)

    return e.loop(channels, one_channel, start)
