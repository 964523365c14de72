"""Linear maps and the gradients of their weights, as operations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from archsearch.engine.axes import Run
from archsearch.engine.graph import Indices, Weights
from archsearch.engine.layout import Buffer, Layout, Reach
from archsearch.engine.operations import CONVOLVE, CONVOLVE_RUN, WEIGHTS, WEIGHTS_RUN
from archsearch.engine.program.assembly import Assembly, Encoded, Operation
from archsearch.engine.tiles import (
    bands,
    bias_parts,
    channel_parts,
    position_runs,
    positions,
    weight_parts,
    weight_taps,
)

__all__ = ["Channels", "Convolve", "Reading", "Weigh", "by_tile", "written"]

KNOWN_STRIDES = 2
"""Strides up to this have tiles of their own, whose addresses need no sums."""


@dataclass(frozen=True)
class Channels:
    """Channels of a buffer that groups write or read one after the other.

    Attributes:
        buffer: the memory.
        first: the first group's first channel.
        step: how many channels on the next group's is.
        count: channels of a group, side by side.
    """

    buffer: Buffer
    first: int
    step: int
    count: int

    def moved_to(self, buffer: Buffer) -> Channels:
        """The same channels of another buffer."""
        return Channels(buffer, self.first, self.step, self.count)

    def covers(self, groups: int) -> list[slice]:
        """The channels of all groups, in as few stretches as there can be."""
        if groups > 1 and self.step == self.count:
            return [slice(self.first, self.first + groups * self.count)]
        firsts = (self.first + g * self.step for g in range(groups))
        return [slice(first, first + self.count) for first in firsts]


@dataclass(frozen=True)
class Reading:
    """What is read: channels of buffers of one size, along a run of rows and one of columns.

    Attributes:
        channels: of the first group, each with its buffer.
        step: how many channels on those of the next group are.
        rows: rows read and written.
        columns: columns read and written.
    """

    channels: tuple[tuple[Buffer, int], ...]
    step: int
    rows: Run
    columns: Run

    def uses(self) -> list[Buffer]:
        """The buffers read."""
        return list(dict.fromkeys(buffer for buffer, _ in self.channels))

    def reaches(self) -> list[Reach]:
        """How far it reads beyond them."""
        return [(b, self.rows.beyond(b.height), self.columns.beyond(b.width)) for b in self.uses()]

    def fields(self, assembly: Assembly) -> dict[str, int]:
        """Where it starts, how it goes on, and the offset of each tap."""
        layout = assembly.layout
        buffer, channel = self.channels[0]
        start, row = layout.place(buffer, channel), layout.row(buffer)
        starts = np.array([layout.place(*one) - start for one in self.channels])
        dy = np.array([delta for delta, _ in self.rows.taps], dtype=np.int64)
        dx = np.array([delta for delta, _ in self.columns.taps], dtype=np.int64)
        moved = dy[:, None] * row + dx[None, :] * layout.lanes
        return {
            "in": start,
            "in_group": self.step * layout.channel(buffer),
            "in_row": self.rows.stride * row,
            "in_column": self.columns.stride * layout.lanes,
            "offsets": assembly.table((starts[:, None, None] + moved[None]).ravel()),
        }


def written(layout: Layout, which: str, to: Channels, rows: Run, columns: Run) -> dict[str, int]:
    """Where channels along a run of rows and one of columns lie."""
    row = layout.row(to.buffer)
    return {
        which: layout.place(to.buffer, to.first, rows.start, columns.start),
        f"{which}_group": to.step * layout.channel(to.buffer),
        f"{which}_channel": layout.channel(to.buffer),
        f"{which}_row": rows.step * row,
        f"{which}_column": columns.step * layout.lanes,
    }


@dataclass(frozen=True)
class Convolve(Operation):
    """Weighted sums of what is read.

    Attributes:
        read: what is read.
        to: where the sums go.
        groups: how many groups.
        weights: as in :class:`~archsearch.engine.graph.Term`, outputs first.
        bias: groups × channels, or None.
        add: whether it is added to the old values.
        end: what the tile ends with (see ``kernels.convolution.tile``).
        result: where the activation's result lies, for an ``end`` that goes back.
    """

    read: Reading
    to: Channels
    groups: int
    weights: Weights
    bias: Weights | None = None
    add: bool = False
    end: str = "none"
    result: Buffer | None = None

    def uses(self) -> Sequence[Buffer]:
        """What is read, what is written."""
        return [*self.read.uses(), self.to.buffer, *([self.result] if self.result else [])]

    def reaches(self) -> Sequence[Reach]:
        """Beyond what is read."""
        return self.read.reaches()

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """Tiles of channels and positions."""
        rows, columns = self.read.rows, self.read.columns
        layout, machine = assembly.layout, assembly.library.machine
        tapped = assembly.tapped(self.weights, rows.taps, columns.taps)
        taps = tapped.shape[2]
        parts = channel_parts(self.to.count, columns.count, machine)
        fields = {
            "groups": self.groups,
            "rows": rows.count,
            "taps": taps,
            "weights": assembly.pack(by_tile(tapped, parts)),
            "weights_group": taps * self.to.count if len(tapped) > 1 else 0,
            **self.read.fields(assembly),
            **written(layout, "out", self.to, rows, columns),
        }
        if self.bias is not None:
            fields["bias"] = assembly.pack(self.bias.reshape(-1, 1))
            fields["bias_group"] = self.to.count
        if self.result is not None:
            where = self.to.moved_to(self.result)
            fields |= written(layout, "result", where, rows, columns)
        runs = [*self._runs(assembly, parts, fields)]
        fields |= {"runs": assembly.table(runs, np.int64), "run_count": len(runs)}
        return [(assembly.kernel("convolve"), CONVOLVE.record(fields))]

    def _runs(
        self, assembly: Assembly, parts: Sequence[int], fields: dict[str, int]
    ) -> Iterator[list[int]]:
        """Rows of equal tiles, part by part."""
        channel, machine = 0, assembly.library.machine
        stride = self.read.columns.stride if self.read.columns.stride <= KNOWN_STRIDES else 0
        ending = (self.end, int(self.add), int(self.bias is not None))
        for part in parts:
            column = 0
            most = positions(part, machine)
            for width, times in position_runs(self.read.columns.count, most):
                values = {
                    "tile": assembly.kernel("tile", part, width, stride, *ending),
                    "count": times,
                    "weights": channel * fields["taps"],
                    "bias": channel,
                    "in": column * fields["in_column"],
                    "in_step": width * fields["in_column"],
                }
                for which in ("out", "result"):
                    values |= self._moved(fields, which, channel, column, width)
                yield CONVOLVE_RUN.record(values)
                column += width * times
            channel += part

    @staticmethod
    def _moved(
        fields: dict[str, int], which: str, channel: int, column: int, width: int
    ) -> dict[str, int]:
        by_channel = fields.get(f"{which}_channel", 0)
        by_column = fields.get(f"{which}_column", 0)
        return {
            which: channel * by_channel + column * by_column,
            f"{which}_step": width * by_column,
        }


def by_tile(tapped: Weights, parts: Sequence[int]) -> Weights:
    """Group by group, tile by tile, tap by tap, channel by channel."""
    groups, _, taps, many = tapped.shape
    pieces, channel = [], 0
    for part in parts:
        piece = tapped[:, channel : channel + part].swapaxes(1, 2)
        pieces.append(piece.reshape(groups, taps * part, many))
        channel += part
    return np.concatenate(pieces, axis=1).reshape(-1, many)


@dataclass(frozen=True)
class Weigh(Operation):
    """The gradient of weights.

    Attributes:
        read: what the layer reads.
        gradient: the gradient of what it gives.
        groups: how many groups.
        weights: places of weights.
        bias: places of the bias, groups × channels, or None.
    """

    read: Reading
    gradient: Channels
    groups: int
    weights: Indices
    bias: Indices | None = None

    def uses(self) -> Sequence[Buffer]:
        """What is read."""
        return [*self.read.uses(), self.gradient.buffer]

    def reaches(self) -> Sequence[Reach]:
        """Beyond what is read."""
        return self.read.reaches()

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """Tiles of taps and channels."""
        fields = self.fields(assembly)
        if not fields["run_count"]:
            return []
        return [(assembly.kernel("weigh"), WEIGHTS.record(fields))]

    def fields(self, assembly: Assembly) -> dict[str, int]:
        """The record's numbers."""
        rows, columns = self.read.rows, self.read.columns
        machine, lanes = assembly.library.machine, assembly.library.lanes
        tapped = assembly.tapped(self.weights, rows.taps, columns.taps)
        parts = weight_parts(self.gradient.count, machine)
        vector = lanes * assembly.library.dtype.itemsize
        fields = {
            "groups": self.groups,
            "rows": rows.count,
            "columns": columns.count,
            "band": bands(rows.count, columns.count, max(parts), vector),
            **self.read.fields(assembly),
            **written(assembly.layout, "gradient", self.gradient, rows, columns),
        }
        sums = _Sums(assembly.library.lanes)
        runs = [*self._runs(assembly, tapped, fields["gradient_channel"], sums)]
        fields["sums"] = sums.placed(assembly, self.groups)
        fields["sums_group"] = sums.count
        return fields | {"runs": assembly.table(runs, np.int64), "run_count": len(runs)}

    def _runs(
        self, assembly: Assembly, tapped: Indices, by_channel: int, sums: _Sums
    ) -> Iterator[list[int]]:
        """Tiles of taps, part of channels by part; first those of the bias."""
        machine = assembly.library.machine
        if self.bias is not None:
            yield from self._bias_runs(assembly, self.bias, by_channel, sums)
        channel = 0
        for part in weight_parts(self.gradient.count, machine):
            own = slice(channel, channel + part)
            gradient = channel * by_channel
            for taps, first, times in _tap_runs(tapped.shape[2], weight_taps(part, machine)):
                chosen = tapped[:, own, first : first + taps * times]
                values = {
                    "tile": assembly.kernel("weight_tile", taps, part),
                    "count": times,
                    "tap": first,
                    "tap_step": taps,
                    "gradient": gradient,
                    "sums": sums.add(chosen, part * taps, times),
                    "sums_step": sums.padded(part * taps),
                }
                yield WEIGHTS_RUN.record(values)
            channel += part

    def _bias_runs(
        self, assembly: Assembly, bias: Indices, by_channel: int, sums: _Sums
    ) -> Iterator[list[int]]:
        channel = 0
        for part in bias_parts(self.gradient.count, assembly.library.machine):
            place = sums.add(bias[:, channel : channel + part, None, None], part, 1)
            kernel = assembly.kernel("weight_tile", 0, part)
            gradient = channel * by_channel
            yield WEIGHTS_RUN.record(
                {"tile": kernel, "count": 1, "gradient": gradient, "sums": place}
            )
            channel += part


def _tap_runs(taps: int, most: int) -> list[tuple[int, int, int]]:
    """(taps of a tile, first tap, tiles)."""
    runs, first = [], 0
    for width, times in position_runs(taps, most):
        runs.append((width, first, times))
        first += width * times
    return runs


class _Sums:
    """The sums of one operation: tiles in order, each filled up to whole vectors."""

    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        self.count = 0
        self._pairs: list[tuple[Indices, Indices]] = []

    def padded(self, numbers: int) -> int:
        """So many numbers as a tile writes."""
        return -(-numbers // self.lanes) * self.lanes

    def add(self, places: Indices, size: int, times: int) -> int:
        """Places for ``times`` tiles of ``size`` sums; the first of them.

        Args:
            places: of parameters, groups × channels × all taps × many.
            size: channels × taps of a tile.
            times: tiles.
        """
        groups, channels, _, many = places.shape
        taps, step, start = size // channels, self.padded(size), self.count
        tiled = places.reshape(groups, channels, times, taps, many)
        of_channel = np.arange(channels)[:, None, None] * taps
        sums = start + of_channel + np.arange(times)[:, None] * step + np.arange(taps)
        self._pairs.append((tiled, sums[None, ..., None]))
        self.count += step * times
        return start

    def placed(self, assembly: Assembly, groups: int) -> int:
        """Take places in the program's sums, for all groups."""
        start = assembly.sums_for(groups * self.count)
        group = (np.arange(groups) * self.count)[:, None, None, None, None]
        for places, sums in self._pairs:
            where = np.broadcast_to(start + group + sums, places.shape).ravel()
            own = places.ravel() < assembly.graph.parameters
            assembly.pairs.append((places.ravel()[own], where[own]))
        return start
