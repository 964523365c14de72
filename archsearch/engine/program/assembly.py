"""What operations are encoded with: places of weights and sums, tables, and kernels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from archsearch.engine.graph import Graph, Indices, Weights, is_trained
from archsearch.engine.layout import Buffer, Layout, Reach
from archsearch.engine.library import Argument, Library
from archsearch.engine.program.stages import MomentPlaces

__all__ = ["Assembly", "Encoded", "Operation"]

Encoded = tuple[int, list[int]]
"""The address of a kernel and its record."""


class Operation(Protocol):
    """Something done to a block of pictures."""

    def uses(self) -> Sequence[Buffer]:
        """The buffers it reads or writes."""

    def reaches(self) -> Sequence[Reach]:
        """How far it reads beyond them; nowhere, if it doesn't say."""
        return []

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """Kernels and records that do it."""


@dataclass
class Assembly:
    """A program while it is encoded.

    Attributes:
        library: the kernels.
        layout: where buffers lie.
        graph: for the places of fixed weights.
        packed: how many weights lie in the order that kernels read them.
        packing: (place among the packed, places of parameters, many × count).
        fixed: (place among the packed, numbers).
        sums: how many sums over the batch there are. The first lanes hold the loss, the next
            number stays 0.
        pairs: (places of parameters, places of the sums that belong to their gradients).
        tables: what records have addresses of.
        norms: places that operations of one norm over the batch share.
        moments: where the moments of norms over the batch are read.
    """

    library: Library
    layout: Layout
    graph: Graph
    packed: int = 0
    packing: list[tuple[int, Indices]] = field(default_factory=list)
    fixed: list[tuple[int, Any]] = field(default_factory=list)
    sums: int = 0
    pairs: list[tuple[Indices, Indices]] = field(default_factory=list)
    tables: list[NDArray[Any]] = field(default_factory=list)
    norms: dict[object, dict[str, int]] = field(default_factory=dict)
    moments: list[MomentPlaces] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Keep the first sums for the loss, and one vector for the number that stays 0."""
        self.sums = 2 * self.library.lanes

    @property
    def zero_sum(self) -> int:
        """The place of a sum that is always 0."""
        return self.library.lanes

    def planes(self, **buffers: Buffer) -> dict[str, int]:
        """Where buffers lie, and the way to the next channel and row, by the names of operands."""
        fields, layout = {}, self.layout
        for name, buffer in buffers.items():
            fields[name] = layout.place(buffer)
            fields[f"{name}_channel"] = layout.channel(buffer)
            fields[f"{name}_row"] = layout.row(buffer)
        return fields

    def kernel(self, name: str, *arguments: Argument) -> int:
        """The address of a kernel."""
        return self.library.address(name, *arguments)

    def table(self, values: Any, kind: type = np.int32) -> int:
        """The address of a table that lives as long as the program."""
        table: NDArray[Any] = np.ascontiguousarray(values, dtype=kind)
        self.tables.append(table)
        return int(table.ctypes.data)

    def pack(self, weights: Weights) -> int:
        """Where kernels find weights, in the given order.

        Args:
            weights: count × many; each is the sum of so many.
        """
        start = self.packed
        if not len(weights):
            return start
        if is_trained(weights):
            self.packing.append((start, np.ascontiguousarray(weights.T)))
        else:
            self.fixed.append((start, weights.sum(axis=1)))
        self.packed += len(weights)
        return start

    def sums_for(self, count: int) -> int:
        """The first of new places for sums."""
        start = self.sums
        self.sums += count
        return start

    def tapped(self, weights: Weights, rows: Sequence[Any], columns: Sequence[Any]) -> Weights:
        """The weights of each tap.

        Args:
            weights: groups × outputs × inputs × row keys × column keys.
            rows: (delta, keys) of each tap.
            columns: the same.

        Returns:
            groups × outputs × taps × how many are summed; taps in the order input, row, column.
        """
        groups, outputs, inputs = weights.shape[:3]
        shape = tuple(n + (i > 2) for i, n in enumerate(weights.shape))
        zero = self.graph.parameters if is_trained(weights) else 0.0
        padded = np.full(shape, zero, dtype=weights.dtype)
        padded[:, :, :, :-1, :-1] = weights
        y, x = _keys(rows), _keys(columns)
        chosen = padded[:, :, :, y[:, None, :, None], x[None, :, None, :]]
        many = y.shape[1] * x.shape[1]
        return chosen.reshape(groups, outputs, inputs * len(y) * len(x), many)


def _keys(taps: Sequence[tuple[int, tuple[int, ...]]]) -> Indices:
    """Keys of each tap, filled up with −1, the place of the weight 0."""
    most = max((len(keys) for _, keys in taps), default=1)
    filled = [[*keys, *[-1] * (most - len(keys))] for _, keys in taps]
    return np.array(filled, dtype=np.int64).reshape(len(taps), most)
