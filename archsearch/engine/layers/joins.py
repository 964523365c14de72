"""Layers that read several tensors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from archsearch.engine.axes import repeated
from archsearch.engine.graph import Linear, Node, Term, View
from archsearch.engine.layers.context import Context, activated, stored
from archsearch.engine.layers.convolutions import conv
from archsearch.spec.kinds.joins import Add, Concat
from archsearch.spec.kinds.parallel import Parallel
from archsearch.spec.kinds.residual import Residual
from archsearch.spec.kinds.rule import JoinOp
from archsearch.spec.shape import Shape

__all__ = ["JOINED", "join"]

JOINED = (Concat, Add, Parallel, Residual)
"""Joins that the engine has."""


def join(
    context: Context,
    name: str,
    op: JoinOp,
    views: Sequence[View],
    output: Shape,
) -> View:
    """Channels one after the other, which needs no memory, or a sum."""
    if isinstance(op, Concat):
        return _concatenated(views[::-1] if op.place == "before" else views)
    if isinstance(op, Parallel) and op.join == "concat":
        return _concatenated(views)
    if not isinstance(op, Residual):
        return _sum(context, views, output)
    inside, earlier = views
    if op.shortcut is not None:
        earlier = conv(context, f"{name}.shortcut", op.shortcut, earlier, output)
    return activated(context, _sum(context, (inside, earlier), output), op.activation)


def _concatenated(views: Sequence[View]) -> View:
    return View(
        tuple(channel for view in views for channel in view.channels),
        tuple(scale for view in views for scale in view.scales),
        views[0].height,
        views[0].width,
    )


def _sum(context: Context, views: Sequence[View], output: Shape) -> View:
    nodes = [stored(context, view) for view in views]
    same = repeated(output.height, 1), repeated(output.width, 1)
    term = Term(
        inputs=tuple((node, 0) for node in nodes),
        rows=same[0],
        columns=same[1],
        weights=np.ones((1, 1, len(nodes), 1, 1)),
        groups=output.channels,
        input_step=1,
        output_step=1,
    )
    made = Node(*output.as_tuple(), Linear((term,)))
    return View.of(context.graph.add(made))
