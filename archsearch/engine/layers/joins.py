"""Layers that read two tensors."""

from __future__ import annotations

import numpy as np

from archsearch.engine.axes import repeated
from archsearch.engine.graph import Linear, Node, Term, View
from archsearch.engine.layers.context import Context, stored
from archsearch.engine.layers.convolutions import conv
from archsearch.spec.kinds.joins import Concat, Residual
from archsearch.spec.kinds.rule import JoinOp
from archsearch.spec.shape import Shape

__all__ = ["join"]


def join(
    context: Context,
    name: str,
    op: JoinOp,
    view: View,
    earlier: View,
    output: Shape,
) -> View:
    """Channels one after the other, which needs no memory, or a sum."""
    if isinstance(op, Concat):
        return View(
            view.channels + earlier.channels,
            view.scales + earlier.scales,
            view.height,
            view.width,
        )
    if isinstance(op, Residual) and op.shortcut is not None:
        earlier = conv(context, f"{name}.shortcut", op.shortcut, earlier, output)
    one, other = stored(context, view), stored(context, earlier)
    same = repeated(output.height, 1), repeated(output.width, 1)
    term = Term(
        inputs=((one, 0), (other, 0)),
        rows=same[0],
        columns=same[1],
        weights=np.ones((1, 1, 2, 1, 1)),
        groups=output.channels,
        input_step=1,
        output_step=1,
    )
    made = Node(*output.as_tuple(), Linear((term,)))
    return View.of(context.graph.add(made))
