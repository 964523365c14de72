"""What layers are translated with, and what they share."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from archsearch.engine.activations import text_of
from archsearch.engine.axes import AxisMap, repeated
from archsearch.engine.graph import Activated, Given, Graph, Linear, Node, Term, View
from archsearch.engine.layers.parameters import Parameters
from archsearch.spec.kinds.fields import Numbered

__all__ = ["Context", "activated", "stored"]


@dataclass
class Context:
    """The tensors so far.

    Attributes:
        graph: they and what makes them.
        parameters: trained numbers.
        training: whether dropout drops.
        fixed: nodes whose activation mustn't change, as someone else reads them.
    """

    graph: Graph
    parameters: Parameters
    training: bool
    fixed: set[Node] = field(default_factory=set)

    def may_change(self, node: Node) -> bool:
        """Whether an activation may be put at the end of a node, or taken off."""
        return node not in self.fixed and not isinstance(node.made, Given)


def stored(context: Context, view: View) -> Node:
    """The node that a view shows, or a copy of what it shows."""
    if view.node is not None:
        return view.node
    terms, place = [], 0
    while place < len(view.channels):
        count, step = _stretch(view, place)
        node, first = view.channels[place]
        rows, columns = (
            repeated(size, scale)
            for size, scale in zip((node.height, node.width), view.scales[place], strict=True)
        )
        terms.append(copied((node, first), rows, columns, count, step, place))
        place += count
    node = Node(len(view.channels), view.height, view.width, Linear(tuple(terms)))
    return context.graph.add(node)


def copied(
    first: tuple[Node, int],
    rows: AxisMap,
    columns: AxisMap,
    count: int,
    step: int = 1,
    outputs: int = 0,
) -> Term:
    """Channels copied along maps with one key, each ``step`` channels on, to ``outputs`` on."""
    return Term(
        inputs=(first,),
        rows=rows,
        columns=columns,
        weights=np.ones((1, 1, 1, 1, 1)),
        groups=count,
        input_step=step,
        outputs=outputs,
        output_step=1,
    )


def _stretch(view: View, place: int) -> tuple[int, int]:
    """How many channels from ``place`` on follow at one distance in one node; the distance.

    A channel that comes twice isn't at a distance from itself: each copy adds to its gradient.
    """
    node, first = view.channels[place]
    count, step = 1, 1
    for (other, channel), scale in zip(
        view.channels[place + 1 :], view.scales[place + 1 :], strict=True
    ):
        if count == 1:
            step = channel - first
        fits = other is node and scale == view.scales[place] and step != 0
        if not fits or channel != first + count * step:
            break
        count += 1
    return count, step if count > 1 else 1


def activated(context: Context, view: View, activation: str | Numbered) -> View:
    """The view after an activation: at the end of its node where that is free."""
    if activation == "none":
        return view
    word = text_of(activation)
    node = _one_node(view)
    if node is not None and node.activation == "none" and context.may_change(node):
        node.activation = word
        return view
    source = stored(context, view)
    made = Node(source.channels, source.height, source.width, Activated(source), word)
    return View.of(context.graph.add(made))


def _one_node(view: View) -> Node | None:
    """The node whose channels the view shows, each once, however arranged and enlarged."""
    nodes = {node for node, _ in view.channels}
    if len(nodes) > 1:
        return None
    node = nodes.pop()
    seen = sorted(channel for _, channel in view.channels)
    return node if seen == list(range(node.channels)) else None
