"""Poolings by maximum, activations, dropout, copies, losses, and pictures in and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from archsearch.engine.axes import Run
from archsearch.engine.layout import Buffer
from archsearch.engine.operations import (
    ACTIVATE,
    BLOCK,
    DROP,
    LOSS,
    POOL,
    RESHAPE,
    TRANSFER,
)
from archsearch.engine.program.assembly import Assembly, Encoded, Operation

__all__ = ["Drop", "Each", "Loss", "Pool", "Reshape", "Transfer", "Unpool"]

UNROLLED = 16
"""Windows of at most so many places have kernels of their own; larger ones are looped over."""


def _sizes(buffer: Buffer) -> dict[str, int]:
    return {"channels": buffer.channels, "rows": buffer.height, "columns": buffer.width}


@dataclass(frozen=True)
class _Windows(Operation):
    """Windows along a run of rows and one of columns.

    Attributes:
        source: what is pooled.
        result: a number a window: the largest, or its gradient.
        rows: rows of windows; what they read is all real.
        columns: columns of windows.
    """

    source: Buffer
    result: Buffer
    rows: Run
    columns: Run

    def fields(self, assembly: Assembly) -> dict[str, int]:
        layout, result = assembly.layout, self.result
        row, lanes = layout.row(self.source), layout.lanes
        dy = np.array([delta for delta, _ in self.rows.taps])
        dx = np.array([delta for delta, _ in self.columns.taps])
        return {
            "channels": self.source.channels,
            "rows": self.rows.count,
            "columns": self.columns.count,
            "taps": len(dy) * len(dx),
            "offsets": assembly.table((dy[:, None] * row + dx * lanes).ravel()),
            **self.read(assembly, "in", self.source),
            "out": layout.place(result, 0, self.rows.start, self.columns.start),
            "out_channel": layout.channel(result),
            "out_row": self.rows.step * layout.row(result),
            "out_column": self.columns.step * lanes,
        }

    def read(self, assembly: Assembly, which: str, buffer: Buffer) -> dict[str, int]:
        """Where windows of a buffer like ``source`` lie."""
        layout = assembly.layout
        return {
            which: layout.place(buffer),
            f"{which}_channel": layout.channel(buffer),
            f"{which}_row": self.rows.stride * layout.row(buffer),
            f"{which}_column": self.columns.stride * layout.lanes,
        }

    def unrolled(self) -> int:
        """Places of a window, or 0 where there are many."""
        taps = len(self.rows.taps) * len(self.columns.taps)
        return taps if taps <= UNROLLED else 0


@dataclass(frozen=True)
class Pool(_Windows):
    """The largest of each window, and an activation."""

    end: str = "none"

    def uses(self) -> Sequence[Buffer]:
        """What is pooled, and the result."""
        return [self.source, self.result]

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """One kernel."""
        kernel = assembly.kernel("pool", self.unrolled(), self.end)
        return [(kernel, POOL.record(self.fields(assembly)))]


@dataclass(frozen=True)
class Unpool(_Windows):
    """Each window's gradient to the first of its largest.

    Attributes:
        to: where it goes, a buffer like ``source``.
        add: whether it is added to the old values.
    """

    to: Buffer
    add: bool

    def uses(self) -> Sequence[Buffer]:
        """What was pooled, the gradient, and where it goes."""
        return [self.source, self.result, self.to]

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """One kernel."""
        fields = self.fields(assembly) | self.read(assembly, "to", self.to)
        kernel = assembly.kernel("unpool", self.unrolled(), int(self.add))
        return [(kernel, POOL.record(fields))]


@dataclass(frozen=True)
class Each(Operation):
    """c = f(a, b), number by number, of buffers of one shape.

    Attributes:
        kernel: its name.
        c: the result.
        a: the first operand, if any.
        b: the second, if any.
        word: the activation, if any.
    """

    kernel: Literal["activate", "activate_back", "fill"]
    c: Buffer
    a: Buffer | None = None
    b: Buffer | None = None
    word: str = ""

    def uses(self) -> Sequence[Buffer]:
        """The operands."""
        return [buffer for buffer in (self.a, self.b, self.c) if buffer is not None]

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """One kernel."""
        given = {"a": self.a, "b": self.b, "c": self.c}
        planes = {name: buffer for name, buffer in given.items() if buffer is not None}
        fields = _sizes(self.c) | assembly.planes(**planes)
        arguments = [self.word] if self.word else []
        return [(assembly.kernel(self.kernel, *arguments), ACTIVATE.record(fields))]


@dataclass(frozen=True)
class Drop(Operation):
    """c (+)= a where it is kept.

    Attributes:
        a: what is dropped, or the gradient of what was.
        c: the result.
        p: the probability.
        layer: which of the seeds.
        add: whether it is added to the old values.
    """

    a: Buffer
    c: Buffer
    p: float
    layer: int
    add: bool = False

    def uses(self) -> Sequence[Buffer]:
        """Both."""
        return [self.a, self.c]

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """One kernel."""
        scale = np.float64(1 / (1 - self.p)).view(np.int64)
        fields = _sizes(self.c) | {"layer": self.layer, "scale": int(scale)}
        fields["bound"] = int(self.p * 2**31)
        fields |= assembly.planes(a=self.a, c=self.c)
        kernel = assembly.kernel("drop", int(self.add))
        return [(kernel, DROP.record(fields))]


@dataclass(frozen=True)
class Reshape(Operation):
    """c (+)= a: of one shape, or one of them the numbers of the other as channels of one pixel.

    Attributes:
        a: what is copied.
        c: where it goes.
        add: whether it is added to the old values.
    """

    a: Buffer
    c: Buffer
    add: bool = False

    def uses(self) -> Sequence[Buffer]:
        """Both."""
        return [self.a, self.c]

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """One kernel."""
        layout = assembly.layout
        picture = self.c if (self.a.height, self.a.width) == (1, 1) else self.a
        fields = _sizes(picture)
        for prefix, buffer in (("a", self.a), ("c", self.c)):
            if buffer.size == picture.size:
                steps = layout.channel(buffer), layout.row(buffer), layout.lanes
            else:
                one = layout.channel(buffer)
                steps = picture.height * picture.width * one, picture.width * one, one
            names = (f"{prefix}_{way}" for way in ("channel", "row", "column"))
            fields |= {prefix: layout.place(buffer), **dict(zip(names, steps, strict=True))}
        return [(assembly.kernel("reshape", int(self.add)), RESHAPE.record(fields))]


@dataclass(frozen=True)
class Loss(Operation):
    """The last activation, the loss, and the gradient before the activation.

    Attributes:
        value: what the activation gets, then what it gives.
        target: what it should be.
        gradient: the loss's gradient.
        word: the loss.
        activation: the last activation.
    """

    value: Buffer
    target: Buffer
    gradient: Buffer
    word: str
    activation: str

    def uses(self) -> Sequence[Buffer]:
        """All three."""
        return [self.value, self.target, self.gradient]

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """One kernel."""
        fields = _sizes(self.value)
        fields["scale"] = self.value.channels * self.value.height * self.value.width
        fields |= assembly.planes(value=self.value, target=self.target, gradient=self.gradient)
        kernel = assembly.kernel("loss", self.word, self.activation)
        return [(kernel, LOSS.record(fields))]


@dataclass(frozen=True)
class Transfer(Operation):
    """Pictures into lanes, or lanes into pictures.

    Attributes:
        kernel: ``read`` numbers, ``read_bytes`` or ``write`` numbers.
        buffer: the lanes.
        pictures: which of the block's addresses they are read from or written to.
    """

    kernel: Literal["read", "read_bytes", "write"]
    buffer: Buffer
    pictures: Literal["source", "target", "output"]

    def uses(self) -> Sequence[Buffer]:
        """The lanes."""
        return [self.buffer]

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """One kernel, with the place of each number of a picture: bytes lie as H, W, C."""
        layout, buffer = assembly.layout, self.buffer
        start = layout.place(buffer)
        c, y, x = np.ogrid[: buffer.channels, : buffer.height, : buffer.width]
        places = c * layout.channel(buffer) + y * layout.row(buffer) + x * layout.lanes
        if self.kernel == "read_bytes":
            places = places.transpose(1, 2, 0)
        ids = {"source": "source_ids", "target": "target_ids"}
        fields = {
            "numbers": places.size,
            "places": assembly.table(places.ravel()),
            "at": start,
            "pictures": BLOCK.place(self.pictures),
            "ids": BLOCK.place(ids.get(self.pictures, "no_ids")),
        }
        return [(assembly.kernel(self.kernel), TRANSFER.record(fields))]
