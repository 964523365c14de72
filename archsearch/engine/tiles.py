"""How output channels and positions are cut into tiles that fill the registers."""

from __future__ import annotations

from functools import cache

from archsearch.engine.machine import Machine

__all__ = [
    "bands",
    "bias_parts",
    "channel_parts",
    "pooled_channels",
    "position_runs",
    "positions",
    "weight_parts",
    "weight_taps",
]

FIRST_CACHE_BYTES = 24 * 1024
"""Of the first-level cache, for the gradients that a weight's gradient reads again and again."""

LATENCY = 4
"""Cycles until the result of a product can be used."""

MOST = 9
"""Positions or taps of a tile at most, so that there are few kernels."""


def _adjacent(count: int, machine: Machine) -> int:
    """The longer side of a tile whose other side is ``count``, or what fits beside that.

    A sum for each pair, the shorter side's numbers, and one of the longer side's fill the
    registers. One more, and sums are kept in memory, which takes 1.4 times as long.
    """
    other = MOST
    while other > 1 and count * other + min(count, other) + 1 > machine.registers:
        other -= 1
    return other


def positions(channels: int, machine: Machine) -> int:
    """Positions of a tile with so many channels."""
    return _adjacent(channels, machine)


def pooled_channels(channels: int, machine: Machine) -> tuple[int, ...]:
    """Channels of each tile of one 2×2 window: four sums a channel, four inputs and a weight."""
    return _split(channels, (machine.registers - 5) // 4)


def weight_taps(channels: int, machine: Machine) -> int:
    """Taps of a tile of a weight's gradient."""
    return _adjacent(channels, machine)


def _split(count: int, most: int) -> tuple[int, ...]:
    """So few parts of at most ``most`` as there can be, of nearly equal size."""
    parts = -(-count // most)
    smaller, more = divmod(count, parts)
    return (smaller + 1,) * more + (smaller,) * (parts - more)


def _most(machine: Machine) -> tuple[int, ...]:
    return (8, 7, 6, 5, 4, 3) if machine.registers == 32 else (4, 6, 3)


def position_runs(width: int, most: int) -> list[tuple[int, int]]:
    """(positions, times) that fill a row: as few tiles as there can be, of nearly equal size."""
    parts = _split(width, most) if width else ()
    return [(size, parts.count(size)) for size in sorted(set(parts), reverse=True)]


@cache
def channel_parts(channels: int, width: int, machine: Machine) -> tuple[int, ...]:
    """Channels of each tile: those with the fewest estimated cycles for a row."""

    def cycles(parts: tuple[int, ...]) -> float:
        total = 0.0
        for part in parts:
            for p, times in position_runs(width, positions(part, machine)):
                total += times * (max(part * p / 2, LATENCY) + (2 if part >= p else 3))
        return total

    return min((_split(channels, most) for most in _most(machine)), key=cycles)


@cache
def weight_parts(channels: int, machine: Machine) -> tuple[int, ...]:
    """Channels of each tile of a weight's gradient; loads weigh half as much as products."""

    def cycles(parts: tuple[int, ...]) -> float:
        total = 0.0
        for part in parts:
            taps = weight_taps(part, machine)
            total += (max(part * taps / 2, LATENCY) + 3) / taps
        return total

    most = (4, 6, 8) if machine.registers == 32 else (4, 3)
    return min((_split(channels, one) for one in most), key=cycles)


def bias_parts(channels: int, machine: Machine) -> tuple[int, ...]:
    """Channels of each tile of a bias's gradient: many sums side by side, each of which waits."""
    return _split(channels, machine.registers // 2)


def bands(rows: int, columns: int, channels: int, vector_bytes: int) -> int:
    """Rows of a band whose gradients of one tile stay in the first-level cache; all alike."""
    most = max(1, FIRST_CACHE_BYTES // (channels * columns * vector_bytes))
    return _split(rows, most)[0]
