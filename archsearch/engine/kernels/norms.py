"""Norms: of a picture's groups of channels, and of channels over the whole batch.

::

    normalize:        for each group: mean, 1/√(variance + ε); y = (x − mean)·scale·w[c] + b[c]
    normalize_back:   dx = r·(g·w − mean(g·w) − x̂·mean(g·w·x̂)), x̂ = (x − mean)·r
    batch_moments:    for each channel: a picture's mean, and squares around it
    batch_normalize:  the same with moments of the batch, which stand among the packed weights
    batch_sums:       for each channel: Σ g and Σ g·x̂, the gradients of b and w
    batch_back:       dx = w·r·(g − mean g − x̂·mean(g·x̂)), for lanes that hold a picture
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archsearch.engine.kernels.activations import kernel_of
from archsearch.engine.kernels.emitter import POINTER, Emitter, Symbol, Values
from archsearch.engine.kernels.weights import lane_sums
from archsearch.engine.operations import BATCH_NORM, BLOCK, EPSILON, NORMALIZE, Layout

__all__ = [
    "batch_back",
    "batch_moments",
    "batch_normalize",
    "batch_sums",
    "normalize",
    "normalize_back",
]


class _Norm:
    """What the norm kernels share: the record, and loops over a channel's positions."""

    def __init__(self, symbol: Symbol, layout: Layout) -> None:
        self.e = Emitter(symbol, [POINTER] * 3)
        record, self.arena, self.block = self.e.args
        self.field = self.e.record(layout, record)
        self.packed = self.e.pointer(self.e.field(self.block, BLOCK.place("packed")))
        self.sums = self.e.pointer(self.e.field(self.block, BLOCK.place("sums")))

    def weight(self, which: str, channel: Any) -> Any:
        """A number of a channel, among the packed ones, in all lanes."""
        return self.e.broadcast(self.packed, self.e.sum(self.field[which], channel))

    def positions(
        self,
        channel: Any,
        operands: tuple[str, ...],
        body: Callable[[Values, Values], Values],
        carried: Values,
    ) -> Values:
        """``carried = body(addresses of the operands, carried)`` for each position."""
        e, field = self.e, self.field
        starts = [
            e.at(self.arena, e.sum(field[one], e.times(channel, field[f"{one}_channel"])))
            for one in operands
        ]

        def row(y: Any, carried: Values) -> Values:
            rows = [
                e.at(start, e.times(y, field[f"{one}_row"]))
                for start, one in zip(starts, operands, strict=True)
            ]

            def column(x: Any, carried: Values) -> Values:
                at = e.times(x, e.whole(e.lanes))
                return body([e.at(one, at) for one in rows], carried)

            return e.loop(field["columns"], column, carried)

        return e.loop(field["rows"], row, carried)

    def groups(self, body: Callable[[Any, Any], None]) -> None:
        """``body(group, its first channel)`` for each group."""
        e, field = self.e, self.field
        e.each(field["groups"], lambda g: body(g, e.times(g, field["channels"])))

    def count(self, *more: Any) -> Any:
        """Positions (times more) as a vector."""
        e = self.e
        whole = e.times(self.field["rows"], self.field["columns"], *more)
        return e.repeated(e.b.sitofp(whole, e.number))

    def add_sums(self, channel: Any, of_shift: Any, of_scale: Any) -> None:
        """Add a channel's Σ g and Σ g·x̂ to the first two numbers of its vector of sums."""
        e = self.e
        place = e.sum(self.field["sums"], e.times(channel, e.whole(e.lanes)))
        total = lane_sums(e, [of_shift, of_scale])
        e.store(e.b.fadd(e.load(self.sums, place), total), self.sums, place)


def normalize(symbol: Symbol, end: str) -> str:
    """Normalize each group of channels of a picture, as text; keeps mean and 1/√(variance + ε)."""
    n = _Norm(symbol, NORMALIZE)
    e, channels = n.e, n.field["channels"]
    count = n.count(channels)

    def group(g: Any, first: Any) -> None:
        def over(body: Callable[[Any], Any]) -> Any:
            """The mean over the group of a function of x."""

            def channel(c: Any, total: Values) -> Values:
                def position(at: Values, total: Values) -> Values:
                    return [e.b.fadd(total[0], body(e.load(at[0])))]

                return n.positions(e.sum(first, c), ("x",), position, total)

            return e.b.fdiv(e.loop(channels, channel, [e.constant(0.0)])[0], count)

        mean = over(lambda x: x)
        variance = over(lambda x: e.b.fmul(e.b.fsub(x, mean), e.b.fsub(x, mean)))
        root = e.intrinsic("sqrt", [e.b.fadd(variance, e.constant(EPSILON))])
        inverse = e.b.fdiv(e.constant(1.0), root)
        moments = _moments(n, g)
        e.store(mean, moments[0])
        e.store(inverse, moments[1])
        e.each(channels, lambda c: _scaled(n, e.sum(first, c), mean, inverse, end))

    n.groups(group)
    return e.finish()


def _moments(n: _Norm, g: Any) -> Values:
    step = n.field["moments_step"]
    start = n.e.at(n.arena, n.e.sum(n.field["moments"], n.e.times(g, n.e.whole(2), step)))
    return [start, n.e.at(start, step)]


def _scaled(n: _Norm, channel: Any, mean: Any, inverse: Any, end: str) -> None:
    """Y = (x − mean)·inverse·w + b, and an activation."""
    e = n.e
    factor = e.b.fmul(inverse, n.weight("scale", channel))
    shift = n.weight("shift", channel)

    def position(at: Values, _: Values) -> Values:
        y = e.fma(e.b.fsub(e.load(at[0]), mean), factor, shift)
        e.store(kernel_of(end).value(e, y), at[1])
        return []

    n.positions(channel, ("x", "y"), position, [])


def normalize_back(symbol: Symbol, add: bool) -> str:
    """The gradient of ``normalize``, as text."""
    n = _Norm(symbol, NORMALIZE)
    e, channels = n.e, n.field["channels"]
    count = n.count(channels)

    def group(g: Any, first: Any) -> None:
        mean, inverse = (e.load(place) for place in _moments(n, g))

        def channel(c: Any, totals: Values) -> Values:
            c = e.sum(first, c)
            plain, with_x = _gradient_sums(n, c, mean, inverse)
            n.add_sums(c, plain, with_x)
            w = n.weight("scale", c)
            return [e.fma(w, plain, totals[0]), e.fma(w, with_x, totals[1])]

        zero = e.constant(0.0)
        means = [e.b.fdiv(one, count) for one in e.loop(channels, channel, [zero, zero])]

        def back(c: Any) -> None:
            c = e.sum(first, c)
            w = n.weight("scale", c)
            _returned(n, c, (mean, inverse), lambda gradient: e.b.fmul(gradient, w), means, add=add)

        e.each(channels, back)

    n.groups(group)
    return e.finish()


def _gradient_sums(n: _Norm, channel: Any, mean: Any, inverse: Any) -> Values:
    """Σ g and Σ g·x̂ over a channel's positions, a number a lane."""
    e = n.e

    def position(at: Values, totals: Values) -> Values:
        g = e.load(at[1])
        x = e.b.fmul(e.b.fsub(e.load(at[0]), mean), inverse)
        return [e.b.fadd(totals[0], g), e.fma(g, x, totals[1])]

    return n.positions(channel, ("x", "gradient"), position, [e.constant(0.0)] * 2)


def _returned(
    n: _Norm,
    channel: Any,
    moments: tuple[Any, Any],
    weighted: Callable[[Any], Any],
    means: Values,
    *,
    add: bool,
    used: Any = None,
) -> None:
    """Dx = inverse·(weighted g − means[0] − x̂·means[1])."""
    e = n.e
    mean, inverse = moments

    def position(at: Values, _: Values) -> Values:
        x = e.b.fmul(e.b.fsub(e.load(at[0]), mean), inverse)
        centred = e.b.fsub(weighted(e.load(at[1])), means[0])
        dx = e.b.fmul(inverse, e.b.fsub(centred, e.b.fmul(x, means[1])))
        dx = dx if used is None else e.select(used, dx, e.constant(0.0))
        e.store(e.b.fadd(e.load(at[2]), dx) if add else dx, at[2])
        return []

    n.positions(channel, ("x", "gradient", "to"), position, [])


def batch_moments(symbol: Symbol) -> str:
    """Mean of each picture's channel, and the sum of squares around it; as text."""
    n = _Norm(symbol, BATCH_NORM)
    e = n.e
    count = n.count()

    def channel(c: Any) -> None:
        def plain(at: Values, total: Values) -> Values:
            return [e.b.fadd(total[0], e.load(at[0]))]

        mean = e.b.fdiv(n.positions(c, ("x",), plain, [e.constant(0.0)])[0], count)

        def around(at: Values, total: Values) -> Values:
            d = e.b.fsub(e.load(at[0]), mean)
            return [e.fma(d, d, total[0])]

        squares = n.positions(c, ("x",), around, [e.constant(0.0)])[0]
        for value, place in zip((mean, squares), _moments(n, c), strict=True):
            e.store(value, place)

    e.each(n.field["channels"], channel)
    return e.finish()


def batch_normalize(symbol: Symbol, end: str) -> str:
    """Normalize channels with given moments, as text."""
    n = _Norm(symbol, BATCH_NORM)

    def channel(c: Any) -> None:
        _scaled(n, c, n.weight("mean", c), n.weight("inverse", c), end)

    n.e.each(n.field["channels"], channel)
    return n.e.finish()


def batch_sums(symbol: Symbol) -> str:
    """The gradients of shift and scale, as text."""
    n = _Norm(symbol, BATCH_NORM)

    def channel(c: Any) -> None:
        moments = n.weight("mean", c), n.weight("inverse", c)
        n.add_sums(c, *_gradient_sums(n, c, *moments))

    n.e.each(n.field["channels"], channel)
    return n.e.finish()


def batch_back(symbol: Symbol, add: bool) -> str:
    """The gradient of ``batch_normalize`` where the moments are the batch's, as text."""
    n = _Norm(symbol, BATCH_NORM)
    e = n.e
    first, count = (e.field(n.block, BLOCK.place(which)) for which in ("first", "count"))
    pictures = e.lane_numbers(first)
    used = e.b.icmp_signed("<", pictures, e.repeated(count, pictures.type))

    def channel(c: Any) -> None:
        moments = n.weight("mean", c), n.weight("inverse", c)
        w = n.weight("scale", c)
        means = [e.b.fmul(w, n.weight(which, c)) for which in ("mean_plain", "mean_with_x")]
        _returned(n, c, moments, lambda g: e.b.fmul(g, w), means, add=add, used=used)

    e.each(n.field["channels"], channel)
    return e.finish()
