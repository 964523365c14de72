"""The operations that make a graph's tensors."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from archsearch.engine.activations import nature
from archsearch.engine.axes import Run
from archsearch.engine.graph import (
    Activated,
    Dropped,
    Given,
    Indices,
    Linear,
    Maximum,
    Node,
    Normalized,
    Reshaped,
    Term,
    Weights,
)
from archsearch.engine.layout import Buffer
from archsearch.engine.program.assembly import Operation
from archsearch.engine.program.fused import ConvolvePooled
from archsearch.engine.program.linear import Channels, Convolve, Reading
from archsearch.engine.program.norms import BatchCut, BatchNorm, BatchPart, GroupNorm
from archsearch.engine.program.pointwise import Drop, Each, Pool, Reshape

__all__ = ["covered", "forward", "in_order", "reading"]


def forward(
    node: Node, *, training: bool, fused: Collection[Node] = (), last: bool = False
) -> Iterator[Operation]:
    """The operations that make a node of those before it.

    Args:
        node: the tensor.
        training: whether its gradient will be taken.
        fused: nodes that are made together with the maximum that reads them.
        last: whether the loss does its activation.
    """
    if isinstance(node.made, Given) or node in fused:
        return
    word = "none" if last else node.activation
    apart = training and nature(word).reads_input
    to = node.before if apart else node.value
    inside = word if nature(word).cheap else "none"
    if isinstance(node.made, Maximum) and node.made.source in fused:
        made: list[Operation] = [*_pooled(node, node.made.source, to, inside)]
    else:
        made = [*_made(node, to, inside, training=training)]
    yield from made
    if word != "none" and not _ends_in(made, word):
        yield Each("activate", node.value, to, word=word)


def _ends_in(operations: Sequence[Operation], word: str) -> bool:
    last = operations[-1]
    return (
        isinstance(last, (Convolve, ConvolvePooled, Pool, GroupNorm, BatchPart))
        and last.end == word
    )


def _pooled(node: Node, source: Node, to: Buffer, end: str) -> Iterator[Operation]:
    """The convolution that makes ``source``, and the maximum of it that is ``node``."""
    assert isinstance(source.made, Linear)  # noqa: S101 - fused_sources() has seen to it
    for convolve in _term(source.value, source.made.terms[0], source.made.bias):
        yield ConvolvePooled(convolve, to, node.bits, end)


def _made(node: Node, to: Buffer, end: str, *, training: bool) -> Iterator[Operation]:
    if isinstance(node.made, Linear):
        yield from _linear(node, to, node.made, end)
    elif isinstance(node.made, Maximum):
        for rows in node.made.rows:
            for columns in node.made.columns:
                yield Pool(node.made.source.value, to, rows, columns, end)
    elif isinstance(node.made, Dropped):
        yield Drop(node.made.source.value, to, node.made.p, node.made.layer)
    elif isinstance(node.made, Reshaped):
        yield Reshape(node.made.source.value, to)
    elif isinstance(node.made, Normalized):
        yield from _normalized(node, node.made, to, end, training=training)
    elif isinstance(node.made, Activated):
        yield Each("activate", to, node.made.source.value, word="none")


def _normalized(
    node: Node, made: Normalized, to: Buffer, end: str, *, training: bool
) -> Iterator[Operation]:
    x = made.source.value
    if made.groups:
        yield GroupNorm(made, x, node.moments, to, end)
        return
    norm = BatchNorm(made, x)
    if training:
        yield BatchPart(norm, "batch_moments", (("moments", node.moments),))
        yield BatchCut(norm, node.moments)
    yield BatchPart(norm, "batch_normalize", (("y", to),), end=end)


def _linear(node: Node, to: Buffer, made: Linear, end: str) -> Iterator[Operation]:
    parts = [[*_term(to, term, made.bias)] for term in made.terms]
    first, *others = parts
    if made.bias is not None:  # once
        others = [[replace(one, bias=None) for one in part] for part in others]
    filled = [*in_order(to, [first, *others])]
    last = parts[-1]
    if end != "none" and covered(to, last).min() == 1:
        count = len(filled) - len(last)
        filled[count:] = [
            replace(one, end=end) for one in filled[count:] if isinstance(one, Convolve)
        ]
    yield from filled


def _term(to: Buffer, term: Term, bias: Weights | None) -> Iterator[Convolve]:
    channels = Channels(to, term.outputs, term.output_step, term.width)
    own = None
    if bias is not None:
        places = term.outputs + np.arange(term.groups) * term.output_step
        own = bias[places[:, None] + np.arange(term.width)]
    for rows in term.rows.runs:
        for columns in term.columns.runs:
            read = reading(term, rows, columns)
            yield Convolve(read, channels, term.groups, term.weights, own)


def reading(term: Term, rows: Run, columns: Run) -> Reading:
    """What a term reads along a run of rows and one of columns."""
    channels = tuple((node.value, channel) for node, channel in term.inputs)
    return Reading(channels, term.input_step, rows, columns)


def covered(buffer: Buffer, operations: Sequence[Convolve]) -> Indices:
    """How often operations write each number of a buffer."""
    counts = np.zeros((buffer.channels, buffer.height, buffer.width), dtype=np.int64)
    for operation in operations:
        rows, columns = _places(operation.read.rows), _places(operation.read.columns)
        for channels in operation.to.covers(operation.groups):
            counts[channels, rows, columns] += 1
    return counts


def _places(run: Run) -> slice:
    return slice(run.start, run.start + run.step * run.count, run.step)


def in_order(
    buffer: Buffer, parts: Sequence[Sequence[Convolve]], *, written: bool = False
) -> Iterator[Operation]:
    """Parts of a sum one after the other: the first writes, others add.

    Args:
        buffer: where they go.
        parts: operations of a part write different numbers.
        written: whether something was written there before.
    """
    counts = [covered(buffer, part) for part in parts]
    before = np.full_like(counts[0], int(written))
    adds: list[bool] = []
    clear = False
    for own in counts:
        there = before[own > 0]
        adds.append(bool(there.size) and bool(there.max()))
        clear |= bool(there.size) and there.max() != there.min()
        before |= own > 0
    clear |= not before.all()
    if clear:
        yield Each("fill", buffer)
    for part, add in zip(parts, adds, strict=True):
        yield from (replace(one, add=add or clear) for one in part)
