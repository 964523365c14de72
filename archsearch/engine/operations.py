"""The records that kernels read: which number of an operation stands where.

Each operation is a record of 64-bit numbers. Places in the arena, strides and steps are counted
in numbers, tables are addresses. A kernel and what encodes an operation share one layout here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = [
    "ACTIVATE",
    "BATCH_NORM",
    "BLOCK",
    "COMBINE",
    "CONVOLVE",
    "CONVOLVE_RUN",
    "DROP",
    "EPSILON",
    "LOSS",
    "NORMALIZE",
    "POOL",
    "RESHAPE",
    "TRANSFER",
    "UNMASK",
    "WEIGHTS",
    "WEIGHTS_RUN",
    "Layout",
]


@dataclass(frozen=True)
class Layout:
    """The names of a record's numbers, in order."""

    names: tuple[str, ...]

    def place(self, name: str) -> int:
        """Where a number stands."""
        return self.names.index(name)

    def record(self, values: Mapping[str, int]) -> list[int]:
        """A record; what isn't given is 0.

        Raises:
            KeyError: a name that the layout doesn't have.
        """
        unknown = values.keys() - set(self.names)
        if unknown:
            raise KeyError(f"no number of this record is called {sorted(unknown)}")
        return [values.get(name, 0) for name in self.names]


def _layout(*words: str) -> Layout:
    return Layout(tuple(name for line in words for name in line.split()))


def _plane(*prefixes: str) -> Sequence[str]:
    """A place in the arena, and the way to the next channel and row."""
    return [f"{p} {p}_channel {p}_row" for p in prefixes]


BLOCK = _layout("packed sums source source_ids target target_ids output no_ids first count keys")
"""What a block of pictures is worked on with; the same for all operations.

``first`` is the block's first picture of ``count``; ``keys`` seed the dropout layers; ``no_ids``
is 0."""

CONVOLVE = _layout(
    "groups rows taps offsets runs run_count",
    "in in_group in_row in_column",
    "out out_group out_channel out_row out_column",
    "result result_group result_channel result_row result_column in_below",
    "weights weights_group bias bias_group",
)
"""out[c][y][x] (+)= Σₖ w[k][c]·in[y·in_row + x·in_column + offsets[k]], for each group.

``result`` is where an activation's result lies, or where a pooled tile's bits go; ``in_below`` is
the distance of the two rows that it reads."""

CONVOLVE_RUN = _layout("tile count weights bias in in_step out out_step result result_step")
"""Tiles side by side: ``count`` calls of one kernel, each a step on."""

WEIGHTS = _layout(
    "groups rows band columns offsets runs run_count",
    "in in_group in_row in_column",
    "gradient gradient_group gradient_channel gradient_row gradient_column",
    "sums sums_group",
)
"""sums[k][c] += Σ over positions and lanes of in[… + offsets[k]]·gradient[c][…]."""

WEIGHTS_RUN = _layout("tile count tap tap_step gradient sums sums_step")

POOL = _layout(
    "channels rows columns taps offsets",
    *_plane("in", "out", "to"),
    "in_column out_column to_column",
)
"""Windows of ``taps`` places each; ``out`` is the result, or its gradient. ``to`` is where the
gradient of ``in`` goes."""

ACTIVATE = _layout("channels rows columns", *_plane("a", "b", "c"))
"""c = f(a, b), number by number."""

LOSS = _layout("channels rows columns scale", *_plane("value", "target", "gradient"))
"""value = f(value), gradient = that of the loss; the loss itself is added to the sums."""

DROP = _layout("channels rows columns layer bound scale", *_plane("a", "c"))
"""c (+)= a·scale where 31 random bits are no less than ``bound``; ``scale`` is a float64's bits."""

RESHAPE = _layout("channels rows columns", "a a_channel a_row a_column c c_channel c_row c_column")
"""c (+)= a, each with steps of its own."""

UNMASK = _layout(
    "channels rows columns",
    "a a_channel a_row a_column b b_channel b_row b_column c c_channel c_row c_column c_below",
)
"""Gradients a of 2×2 windows to c, where the bits at b say; ``c_below`` is a row on."""

TRANSFER = _layout("numbers places at pictures ids")
"""Pictures to lanes or back: number i of a picture lies at ``at + places[i]``."""

COMBINE = _layout("kernel count many table to")
"""to[i] = Σ over m < many of from[table[m][i]]."""

EPSILON = 1e-5
"""Added to each variance."""

NORMALIZE = _layout(
    "groups channels rows columns",
    *_plane("x", "y", "gradient", "to"),
    "moments moments_step scale shift sums",
)
"""Each group of channels of a picture normalized; ``scale`` and ``shift`` are packed weights."""

BATCH_NORM = _layout(
    "channels rows columns",
    *_plane("x", "y", "gradient", "to"),
    "moments moments_step scale shift sums mean inverse mean_plain mean_with_x",
)
"""Each channel normalized over the batch; its moments, and the means of gradients, are packed."""
