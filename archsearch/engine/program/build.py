"""A program: the records of all operations, with the memory that they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from archsearch.engine.graph import Indices
from archsearch.engine.layers.parameters import Parameters
from archsearch.engine.layout import laid_out
from archsearch.engine.library import Library
from archsearch.engine.operations import COMBINE
from archsearch.engine.pictures import Kind
from archsearch.engine.program.assembly import Assembly, Operation
from archsearch.engine.program.backward import Backward
from archsearch.engine.program.forward import forward
from archsearch.engine.program.fused import fused_sources
from archsearch.engine.program.norms import BatchCut
from archsearch.engine.program.pointwise import Loss, Transfer
from archsearch.engine.program.stages import Between, MomentPlaces
from archsearch.engine.translate import Translated

__all__ = ["Program", "built", "evaluation", "training"]

COMBINED_AT_ONCE = 8
"""Sums of at most so many numbers have kernels of their own."""

Numbers = NDArray[Any]


@dataclass(frozen=True)
class Program:
    """What is done to each block of pictures, and to weights before and gradients after.

    Attributes:
        stages: each a table of kernel and record, and what is done after all blocks went through
            it, before the next.
        moments: where the moments of norms over the batch are read.
        arena: numbers that a block needs.
        packed: weights in the order of kernels; the fixed ones are there.
        packing: records that fill in the trained ones, from the parameters.
        sums: sums over the batch: first the loss, a number a lane.
        gradients: records that make the parameters' gradients of the sums.
        tables: what records have addresses of, kept alive.
        drops: how many dropout layers there are, each with a key.
    """

    stages: Sequence[tuple[Indices, Between | None]]
    moments: Sequence[MomentPlaces]
    arena: int
    packed: Numbers
    packing: Indices
    sums: int
    gradients: Indices
    tables: Sequence[Numbers]
    drops: int


def training(
    net: Translated, loss: str, fed: Kind, target: Kind | None, *, output: bool
) -> Iterator[Operation]:
    """Forward, loss and backward.

    Args:
        net: the tensors.
        loss: the word in ``train.loss``.
        fed: what pictures come as.
        target: what the targets come as; None: they are what is fed.
        output: whether the outputs are wanted.
    """
    yield Transfer(_reader(fed), net.given.value, "source")
    wanted = net.given.value
    if target is not None:
        wanted = net.target
        yield Transfer(_reader(target), wanted, "target")
    last, fused = net.result, fused_sources(net.graph)
    for node in net.graph.nodes:
        yield from forward(node, training=True, fused=fused, last=node is last)
    if not output:
        last.gradient_in_place()
    yield Loss(last.value, wanted, last.gradient, loss, last.activation)
    if output:
        yield Transfer("write", last.value, "output")
    backward = Backward(fused)
    for node in reversed(net.graph.nodes):
        if node.learned:
            backward.through(node, activated=node is last)
    yield from backward.operations


def evaluation(net: Translated, fed: Kind) -> Iterator[Operation]:
    """Forward alone."""
    yield Transfer(_reader(fed), net.given.value, "source")
    fused = fused_sources(net.graph)
    for node in net.graph.nodes:
        yield from forward(node, training=False, fused=fused)
    yield Transfer("write", net.result.value, "output")


def _reader(kind: Kind) -> Literal["read", "read_bytes"]:
    return "read" if kind == "numbers" else "read_bytes"


def built(net: Translated, operations: Sequence[Operation], library: Library) -> Program:
    """Lay out the memory and encode every operation."""
    reaches = [reach for operation in operations for reach in operation.reaches()]
    uses = [operation.uses() for operation in operations]
    layout = laid_out(library.lanes, uses, reaches)
    assembly = Assembly(library, layout, net.graph)
    stages = [*_stages(assembly, operations)]
    packed = np.zeros(assembly.packed, library.dtype)
    for start, numbers in assembly.fixed:
        packed[start : start + len(numbers)] = numbers
    packing = [_combination(assembly, start, places) for start, places in assembly.packing]
    return Program(
        stages=stages,
        moments=assembly.moments,
        arena=layout.numbers,
        packed=packed,
        packing=np.array(packing, np.int64),
        sums=assembly.sums,
        gradients=np.array(_gradients(assembly, net.parameters), np.int64),
        tables=assembly.tables,
        drops=net.graph.drops,
    )


def _stages(
    assembly: Assembly, operations: Sequence[Operation]
) -> Iterator[tuple[Indices, Between | None]]:
    pairs: list[tuple[int, int]] = []
    for operation in operations:
        for kernel, record in operation.encoded(assembly):
            pairs.append((kernel, assembly.table(record, np.int64)))
        if isinstance(operation, BatchCut):
            yield np.array(pairs, np.int64), operation.between(assembly)
            pairs = []
    yield np.array(pairs, np.int64).reshape(-1, 2), None


def _combination(assembly: Assembly, to: int, places: Indices) -> list[int]:
    """The record that sums numbers of ``places``, many × count, to the places from ``to`` on."""
    many, count = places.shape
    kernel = assembly.kernel("combine", many if many <= COMBINED_AT_ONCE else 0)
    table = assembly.table(places)
    return COMBINE.record(
        {"kernel": kernel, "count": count, "many": many, "table": table, "to": to}
    )


def _gradients(assembly: Assembly, parameters: Parameters) -> list[list[int]]:
    """For each parameter, the sums that its gradient is made of; tensor by tensor."""
    if not assembly.pairs:
        return []
    places = np.concatenate([one for one, _ in assembly.pairs])
    sums = np.concatenate([other for _, other in assembly.pairs])
    order = np.argsort(places, kind="stable")
    places, sums = places[order], sums[order]
    starts = np.searchsorted(places, np.arange(parameters.count + 1))
    records, first = [], 0
    for size in parameters.sizes:
        own = starts[first : first + size]
        counts = starts[first + 1 : first + size + 1] - own
        many = max(1, int(counts.max(initial=0)))
        m = np.arange(many)[:, None]
        table = sums[np.minimum(own + m, len(sums) - 1)]
        table = np.where(m < counts, table, assembly.zero_sum)
        records.append(_combination(assembly, first, table))
        first += size
    return records
