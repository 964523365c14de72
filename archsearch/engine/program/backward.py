"""The operations that take the loss's gradient back through a graph."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from archsearch.engine.activations import nature
from archsearch.engine.axes import Run
from archsearch.engine.graph import (
    Activated,
    Dropped,
    Indices,
    Linear,
    Maximum,
    Node,
    Normalized,
    Term,
    is_trained,
)
from archsearch.engine.program.assembly import Operation
from archsearch.engine.program.forward import covered, in_order, reading
from archsearch.engine.program.fused import Unmask, WeighPooled
from archsearch.engine.program.linear import Channels, Convolve, Reading, Weigh
from archsearch.engine.program.norms import BatchCut, BatchNorm, BatchPart, GroupNormBack
from archsearch.engine.program.pointwise import Drop, Each, Reshape, Unpool

__all__ = ["Backward"]


@dataclass
class Backward:
    """Collects the operations, from the last node to the first.

    Attributes:
        fused: nodes that were made together with the maximum that reads them.
        operations: so far.
        _unmasked: for nodes whose gradient only weights need, what writes it, band by band.
        _written: how many operations have written a node's gradient.
        _last: the last ones of these, where they write all of it by convolution.
    """

    fused: Collection[Node] = ()
    operations: list[Operation] = field(default_factory=list)
    _unmasked: dict[Node, Unmask] = field(default_factory=dict)
    _written: dict[Node, int] = field(default_factory=dict)
    _last: dict[Node, list[int]] = field(default_factory=dict)

    def through(self, node: Node, *, activated: bool) -> None:
        """Take a node's gradient to its weights and to the nodes that it was made of.

        All that read the node are done. ``activated``: its gradient is taken before its
        activation already.
        """
        if not activated:
            self._before_activation(node)
        made = node.made
        if isinstance(made, Linear):
            self._weights(node, made)
            self._linear(node, made)
        elif isinstance(made, Normalized):
            self._normalized(node, made)
        elif isinstance(made, Maximum) and made.source.learned:
            self._maximum(node, made)
        elif isinstance(made, Activated) and made.source.learned:
            self._single(node, made)

    def _before_activation(self, node: Node) -> None:
        """At the end of what wrote the gradient last, where that is a convolution of it all."""
        if node.activation == "none":
            return
        places = self._last.get(node)
        if places and nature(node.activation).cheap:
            self._fused(node, places)
            return
        read = node.before if nature(node.activation).reads_input else node.value
        g = node.gradient
        self.operations.append(Each("activate_back", g, g, read, node.activation))

    def _fused(self, node: Node, places: Sequence[int]) -> None:
        """End convolutions with the activation's way back.

        Each reads the result where it writes the gradient. Where these alone write it, it may take
        the result's memory: whoever reads the result for weights has done so.
        """
        alone = self._written[node] == len(places)
        if alone:
            node.gradient_in_place()
        for place in places:
            operation = self.operations[place]
            assert isinstance(operation, Convolve)  # noqa: S101 - others aren't kept
            end = f"back:{node.activation}"
            to = replace(operation.to, buffer=node.gradient)
            self.operations[place] = replace(operation, to=to, end=end, result=node.value)

    def _weights(self, node: Node, made: Linear) -> None:
        bias = made.bias
        for term in made.terms:
            if not is_trained(term.weights):
                continue
            to = Channels(node.gradient, term.outputs, term.output_step, term.width)
            own = None if bias is None else bias.reshape(term.groups, -1)
            for rows in term.rows.runs:
                for columns in term.columns.runs:
                    read = reading(term, rows, columns)
                    weigh = Weigh(read, to, term.groups, term.weights, own)
                    unmask = self._unmasked.get(node)
                    self.operations.append(
                        weigh if unmask is None else WeighPooled.of(unmask, weigh)
                    )
            bias = None  # once

    def _linear(self, node: Node, made: Linear) -> None:
        parts: dict[Node, list[list[Convolve]]] = {}
        for term in made.terms:
            for source, part in _parts(node, term):
                if source.learned:
                    parts.setdefault(source, []).append(part)
        for source, own in parts.items():
            operations = [*in_order(source.gradient, own, written=source in self._written)]
            self._wrote(source, operations)
            last = own[-1]
            if covered(source.gradient, last).min() == 1:
                count = len(self.operations)
                self._last[source] = [*range(count - len(last), count)]

    def _maximum(self, node: Node, made: Maximum) -> None:
        source = made.source
        if source in self.fused:
            unmask = Unmask(node.gradient, node.bits, source.gradient)
            assert isinstance(source.made, Linear)  # noqa: S101 - fused_sources() has seen to it
            if any(one.learned for one in source.made.sources):
                self._wrote(source, [unmask])
            else:
                self._unmasked[source] = unmask
            return
        windows = [(rows, columns) for rows in made.rows for columns in made.columns]
        once = _each_once(source, windows)
        add = source in self._written or not once
        operations: list[Operation] = []
        if source not in self._written and not once:
            operations.append(Each("fill", source.gradient))
        for rows, columns in windows:
            operations.append(
                Unpool(source.value, node.gradient, rows, columns, source.gradient, add)
            )
        self._wrote(source, operations)

    def _normalized(self, node: Node, made: Normalized) -> None:
        source, add = made.source, made.source in self._written
        to, g = source.gradient, node.gradient
        if made.groups:
            back = GroupNormBack(made, source.value, node.moments, g, to, add)
            self._wrote(source, [back])
            return
        norm = BatchNorm(made, source.value)
        self.operations.append(BatchPart(norm, "batch_sums", (("gradient", g),)))
        if source.learned:
            self.operations.append(BatchCut(norm))
            back_part = BatchPart(norm, "batch_back", (("gradient", g), ("to", to)), add=add)
            self._wrote(source, [back_part])

    def _single(self, node: Node, made: Activated) -> None:
        source, add = made.source, made.source in self._written
        to, g = source.gradient, node.gradient
        if isinstance(made, Dropped):
            self._wrote(source, [Drop(g, to, made.p, made.layer, add)])
        else:
            self._wrote(source, [Reshape(g, to, add)])

    def _wrote(self, source: Node, operations: Sequence[Operation]) -> None:
        self.operations += operations
        self._written[source] = self._written.get(source, 0) + len(operations)
        self._last.pop(source, None)


def _parts(node: Node, term: Term) -> Iterator[tuple[Node, list[Convolve]]]:
    """The gradient of each stretch of channels that a term reads."""
    gradient = tuple((node.gradient, term.outputs + c) for c in range(term.width))
    back = np.swapaxes(term.weights, 1, 2)
    for source, first, places in _stretches(term):
        to = Channels(source.gradient, first, term.input_step, len(places))
        weights = back[:, places]
        yield (
            source,
            [
                Convolve(
                    Reading(gradient, term.output_step, rows, columns), to, term.groups, weights
                )
                for rows in term.rows.inverse
                for columns in term.columns.inverse
            ],
        )


def _stretches(term: Term) -> Iterator[tuple[Node, int, list[int]]]:
    """Node, first channel, and which inputs these are: channels side by side in one node.

    An input that is read twice is in two stretches.
    """
    order = sorted(range(len(term.inputs)), key=lambda i: (id(term.inputs[i][0]), i))
    by_node: dict[Node, list[int]] = {}
    for i in order:
        by_node.setdefault(term.inputs[i][0], []).append(i)
    for node, inputs in by_node.items():
        left = sorted(inputs, key=lambda i: term.inputs[i][1])
        while left:
            taken = [left[0]]
            for i in left[1:]:
                if term.inputs[i][1] == term.inputs[taken[-1]][1] + 1:
                    taken.append(i)
            left = [i for i in left if i not in set(taken)]
            yield node, term.inputs[taken[0]][1], taken


def _each_once(source: Node, windows: Sequence[tuple[Run, Run]]) -> bool:
    """Whether every pixel lies in exactly one window."""
    counts = np.zeros((source.height, source.width), dtype=np.int64)
    for rows, columns in windows:
        y, x = _read(rows), _read(columns)
        np.add.at(counts, (y[:, None], x[None, :]), 1)
    return bool((counts == 1).all())


def _read(run: Run) -> Indices:
    deltas = np.array([delta for delta, _ in run.taps])
    places: Indices = (np.arange(run.count)[:, None] * run.stride + deltas).ravel()
    return places
