"""A convolution that ends with a maximum of 2×2, and the gradient of that maximum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from archsearch.engine.axes import Run
from archsearch.engine.graph import Graph, Linear, Maximum, Node
from archsearch.engine.layout import Buffer, Layout, Reach
from archsearch.engine.operations import CONVOLVE, CONVOLVE_RUN, UNMASK, WEIGHTS
from archsearch.engine.program.assembly import Assembly, Encoded, Operation
from archsearch.engine.program.linear import Convolve, Weigh, by_tile, written
from archsearch.engine.tiles import pooled_channels

__all__ = ["ConvolvePooled", "Unmask", "WeighPooled", "fused_sources"]

BYTES = 8
"""Of a window's bits: four places of at most sixteen pictures."""


def fused_sources(graph: Graph) -> set[Node]:
    """The nodes that only a maximum of 2×2 reads, and that one convolution makes."""
    readers: dict[Node, int] = {}
    for node in graph.nodes:
        for source in getattr(node.made, "sources", ()):
            readers[source] = readers.get(source, 0) + 1
    return {
        node.made.source
        for node in graph.nodes
        if isinstance(node.made, Maximum)
        and readers[node.made.source] == 1
        and _halves(node.made.rows, node.made.source.height)
        and _halves(node.made.columns, node.made.source.width)
        and _one_run(node.made.source)
    }


def _halves(runs: tuple[Run, ...], size: int) -> bool:
    pairs = Run(0, 1, size // 2, 2, ((0, (0,)), (1, (0,))))
    return size % 2 == 0 and runs == (pairs,)


def _one_run(node: Node) -> bool:
    made = node.made
    return (
        isinstance(made, Linear)
        and node.activation == "none"
        and len(made.terms) == 1
        and len(made.terms[0].rows.runs) == len(made.terms[0].columns.runs) == 1
    )


def _bit_fields(
    layout: Layout, prefix: str, bits: Buffer, itemsize: int, width: int
) -> dict[str, int]:
    """Places of bits, counted in numbers; a window's take no more than a vector of each."""
    one = BYTES // itemsize
    return {
        prefix: layout.place(bits),
        f"{prefix}_channel": layout.channel(bits),
        f"{prefix}_row": width * one,
        f"{prefix}_column": one,
    }


@dataclass(frozen=True)
class ConvolvePooled(Operation):
    """A convolution whose result only a maximum of 2×2 reads.

    Attributes:
        convolve: the convolution; nothing is written to where it goes.
        pooled: the maximum.
        bits: which of each window it was.
        end: an activation.
    """

    convolve: Convolve
    pooled: Buffer
    bits: Buffer
    end: str = "none"

    def uses(self) -> Sequence[Buffer]:
        """What is read, and what is written."""
        return [*self.convolve.read.uses(), self.pooled, self.bits]

    def reaches(self) -> Sequence[Reach]:
        """Beyond what is read."""
        return self.convolve.reaches()

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """Tiles of channels, each of one window."""
        own, layout = self.convolve, assembly.layout
        tapped = assembly.tapped(own.weights, own.read.rows.taps, own.read.columns.taps)
        parts = pooled_channels(own.to.count, assembly.library.machine)
        read = own.read.fields(assembly)
        whole = Run(0, 1, self.pooled.height, 1, ())
        to = own.to.moved_to(self.pooled)
        itemsize = assembly.library.dtype.itemsize
        fields = {
            **read,
            "groups": own.groups,
            "rows": self.pooled.height,
            "taps": tapped.shape[2],
            "in_below": read["in_row"],
            "in_row": 2 * read["in_row"],
            "weights": assembly.pack(by_tile(tapped, parts)),
            "weights_group": tapped.shape[2] * to.count if len(tapped) > 1 else 0,
            **written(layout, "out", to, whole, whole),
            **_bit_fields(layout, "result", self.bits, itemsize, self.pooled.width),
        }
        fields["result"] += to.first * fields["result_channel"]
        fields["result_group"] = to.step * fields["result_channel"]
        if own.bias is not None:
            fields |= {"bias": assembly.pack(own.bias.reshape(-1, 1)), "bias_group": to.count}
        runs = [*self._runs(assembly, parts, fields)]
        fields |= {"runs": assembly.table(runs, int), "run_count": len(runs)}
        return [(assembly.kernel("convolve"), CONVOLVE.record(fields))]

    def _runs(
        self, assembly: Assembly, parts: Sequence[int], fields: dict[str, int]
    ) -> Iterator[list[int]]:
        channel = 0
        for part in parts:
            bias = int(self.convolve.bias is not None)
            yield CONVOLVE_RUN.record(
                {
                    "tile": assembly.kernel("pooled_tile", part, 1, self.end, bias),
                    "count": self.pooled.width,
                    "weights": channel * fields["taps"],
                    "bias": channel,
                    "in_step": 2 * fields["in_column"],
                    "out": channel * fields["out_channel"],
                    "out_step": fields["out_column"],
                    "result": channel * fields["result_channel"],
                    "result_step": fields["result_column"],
                }
            )
            channel += part


@dataclass(frozen=True)
class Unmask(Operation):
    """The gradient of a maximum of 2×2 to the pixels that were it.

    Attributes:
        gradient: of the maxima.
        bits: which pixels they were.
        to: the gradient of the pixels.
    """

    gradient: Buffer
    bits: Buffer
    to: Buffer

    def uses(self) -> Sequence[Buffer]:
        """All three."""
        return [self.gradient, self.bits, self.to]

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """One kernel."""
        return [(assembly.kernel("unmask"), UNMASK.record(self.fields(assembly)))]

    def fields(self, assembly: Assembly) -> dict[str, int]:
        """The record's numbers."""
        layout, g = assembly.layout, self.gradient
        itemsize, row = assembly.library.dtype.itemsize, layout.row(self.to)
        return {
            "channels": g.channels,
            "rows": g.height,
            "columns": g.width,
            "a": layout.place(g),
            "a_channel": layout.channel(g),
            "a_row": layout.row(g),
            "a_column": layout.lanes,
            **_bit_fields(layout, "b", self.bits, itemsize, g.width),
            "c": layout.place(self.to),
            "c_channel": layout.channel(self.to),
            "c_row": 2 * row,
            "c_column": 2 * layout.lanes,
            "c_below": row,
        }


BAND = 1
"""Rows of maxima whose pixels' gradients are written at once, so that they stay in the cache."""


@dataclass(frozen=True)
class WeighPooled(Operation):
    """The gradient of weights before a maximum of 2×2, where nothing else needs the pixels'.

    Attributes:
        unmask: the gradient of the maxima to that of the pixels, whose memory holds one band.
        weigh: of the pixels' gradient to that of weights.
    """

    unmask: Unmask
    weigh: Weigh

    @classmethod
    def of(cls, unmask: Unmask, weigh: Weigh) -> WeighPooled:
        """Both, with memory of one band between them."""
        maxima = unmask.gradient
        rows = 2 * min(BAND, maxima.height)
        band = Buffer(maxima.channels, rows, 2 * maxima.width, bordered=False)
        gradient = weigh.gradient.moved_to(band)
        return cls(replace(unmask, to=band), replace(weigh, gradient=gradient))

    def uses(self) -> Sequence[Buffer]:
        """What both use."""
        return [*self.unmask.uses(), *self.weigh.uses()]

    def reaches(self) -> Sequence[Reach]:
        """Beyond what is read."""
        return self.weigh.reaches()

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """Two kernels a band of rows, which share their tables and sums."""
        kernels = assembly.kernel("unmask"), assembly.kernel("weigh")
        spread, summed = self.unmask.fields(assembly), self.weigh.fields(assembly)
        encoded: list[Encoded] = []
        for first in range(0, self.unmask.gradient.height, BAND):
            rows = min(BAND, self.unmask.gradient.height - first)
            own = {one: spread[one] + first * spread[f"{one}_row"] for one in ("a", "b")}
            encoded.append((kernels[0], UNMASK.record({**spread, **own, "rows": rows})))
            place = summed["in"] + 2 * first * summed["in_row"]
            encoded.append((kernels[1], WEIGHTS.record({**summed, "in": place, "rows": 2 * rows})))
        return encoded
