"""A plan as tensors and what makes them: everything linear is a sum of terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archsearch.engine.axes import AxisMap, Run
from archsearch.engine.layout import Buffer

__all__ = [
    "Activated",
    "Channel",
    "Dropped",
    "Given",
    "Graph",
    "Indices",
    "Linear",
    "Maker",
    "Maximum",
    "Node",
    "Normalized",
    "Reshaped",
    "Term",
    "View",
    "Weights",
    "is_trained",
]

Indices = NDArray[np.int64]

Weights = NDArray[Any]
"""Places of trained numbers, int64, or fixed numbers, float64."""


def is_trained(weights: Weights) -> bool:
    """Whether these are places of trained numbers."""
    return weights.dtype.kind == "i"


@dataclass(eq=False)
class Node:
    """A tensor that is stored, with its gradient.

    Attributes:
        channels: its channels.
        height: its rows.
        width: its columns.
        made: what makes it.
        activation: done to it at the end, before anyone reads it.
        learned: whether a weight stands before it, so that its gradient is wanted.
    """

    channels: int
    height: int
    width: int
    made: Maker
    activation: str = "none"
    learned: bool = True

    @cached_property
    def value(self) -> Buffer:
        """What others read."""
        return Buffer(self.channels, self.height, self.width)

    @cached_property
    def before(self) -> Buffer:
        """What the activation gets, where its gradient reads that."""
        return Buffer(self.channels, self.height, self.width)

    @cached_property
    def bits(self) -> Buffer:
        """Which pixel each 2×2 window's largest was, where a convolution ends with it."""
        return Buffer(self.channels, 1, self.height * self.width, bordered=False)

    @cached_property
    def moments(self) -> Buffer:
        """Two numbers a channel, for what normalizes: at most so many are used."""
        return Buffer(2 * self.channels, 1, 1)

    @cached_property
    def gradient(self) -> Buffer:
        """The loss's gradient, first of ``value``, then of what stands before the activation."""
        return Buffer(self.channels, self.height, self.width)

    def gradient_in_place(self) -> None:
        """Let the gradient take the memory of ``value``, which nobody reads once it is written."""
        self.gradient = self.value


Channel = tuple[Node, int]
"""One channel of a node."""


@dataclass(frozen=True)
class View:
    """A tensor as the next layer sees it: channels of nodes, each pixel repeated.

    Concatenations, enlargements by repetition and shuffled channels need no memory of their own.

    Attributes:
        channels: where each channel lies.
        scales: (rows, columns) that each pixel of a channel fills.
        height: rows.
        width: columns.
    """

    channels: tuple[Channel, ...]
    scales: tuple[tuple[int, int], ...]
    height: int
    width: int

    @classmethod
    def of(cls, node: Node) -> View:
        """All of a node."""
        channels = tuple((node, c) for c in range(node.channels))
        return cls(channels, ((1, 1),) * node.channels, node.height, node.width)

    @property
    def node(self) -> Node | None:
        """The node, where the view is all of it as it is."""
        node = self.channels[0][0]
        return node if self == View.of(node) else None


@dataclass(frozen=True, eq=False)
class Given:
    """The pictures that are fed."""


@dataclass(frozen=True, eq=False)
class Term:
    """A part of a linear layer: weights on windows of some channels, group by group.

    Attributes:
        inputs: the channels that the first group reads.
        input_step: how many channels on those of the next group are.
        outputs: the first channel that the first group writes.
        output_step: how many channels on that of the next group is.
        groups: how many groups there are.
        rows: which rows are read.
        columns: which columns are read.
        weights: places of trained weights, or fixed weights: groups (or 1, where all share
            them) × output channels × input channels × row keys × column keys.
    """

    inputs: tuple[Channel, ...]
    rows: AxisMap
    columns: AxisMap
    weights: Weights
    groups: int = 1
    input_step: int = 0
    outputs: int = 0
    output_step: int = 0

    @property
    def width(self) -> int:
        """Output channels of a group."""
        return int(self.weights.shape[1])


@dataclass(frozen=True, eq=False)
class Linear:
    """The sum of terms and a bias.

    Attributes:
        terms: what is summed.
        bias: places of the bias of each channel, or fixed numbers, or None.
    """

    terms: tuple[Term, ...]
    bias: Weights | None = None

    @property
    def sources(self) -> Sequence[Node]:
        """The nodes read."""
        return list(dict.fromkeys(node for term in self.terms for node, _ in term.inputs))


@dataclass(frozen=True, eq=False)
class Maximum:
    """The largest value of each window's real pixels."""

    source: Node
    rows: tuple[Run, ...]
    columns: tuple[Run, ...]

    @property
    def sources(self) -> Sequence[Node]:
        """The nodes read."""
        return [self.source]


@dataclass(frozen=True, eq=False)
class Activated:
    """A copy, for an activation whose input is read elsewhere, too."""

    source: Node

    @property
    def sources(self) -> Sequence[Node]:
        """The nodes read."""
        return [self.source]


@dataclass(frozen=True, eq=False)
class Dropped(Activated):
    """Some numbers set to 0."""

    p: float = 0.0
    layer: int = 0


@dataclass(frozen=True, eq=False)
class Reshaped(Activated):
    """The same numbers in the order channel, row, column: to a vector, or from one."""


@dataclass(frozen=True, eq=False)
class Normalized(Activated):
    """Each channel, or each group of channels of a picture, normalized, scaled and shifted.

    Attributes:
        scale: places of each channel's scale.
        shift: places of each channel's shift.
        groups: of channels, normalized picture by picture; 0: each channel over the batch.
        name: of the norm, for its running moments.
    """

    scale: Indices
    shift: Indices
    groups: int
    name: str


Maker = Given | Linear | Maximum | Activated


@dataclass
class Graph:
    """A plan's tensors, in the order that they are made.

    Attributes:
        nodes: the tensors.
        parameters: how many trained numbers there are.
        drops: how many dropout layers there are.
    """

    parameters: int
    nodes: list[Node] = field(default_factory=list)
    drops: int = 0

    def add(self, node: Node) -> Node:
        """Put a node at the end."""
        made: Any = node.made
        if not isinstance(made, Given):
            trained = isinstance(made, Linear) and any(is_trained(t.weights) for t in made.terms)
            trained |= isinstance(made, Normalized)
            node.learned = trained or any(source.learned for source in made.sources)
        self.nodes.append(node)
        return node
