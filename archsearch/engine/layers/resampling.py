"""Poolings, enlargements, borders, and channels that change places."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from archsearch.engine.activations import nature
from archsearch.engine.axes import AxisMap, averaged, convolved, interpolated, spread
from archsearch.engine.graph import Linear, Maximum, Node, Term, View
from archsearch.engine.layers.context import Context, copied, stored
from archsearch.spec.kinds.channel_shuffle import ChannelShuffle
from archsearch.spec.kinds.pad_crop import Crop, Pad
from archsearch.spec.kinds.pixel_shuffle import PixelShuffle
from archsearch.spec.kinds.pool import Pool
from archsearch.spec.kinds.upsample import Upsample
from archsearch.spec.shape import Shape

__all__ = ["border", "channel_shuffle", "pixel_shuffle", "pool", "upsample"]


def pool(context: Context, name: str, op: Pool, view: View, output: Shape) -> View:
    """A maximum, or a mean of real pixels."""
    node = stored(context, view)
    (rows, row_shares), (columns, column_shares) = (
        averaged(
            given,
            result,
            kernel=op.kernel[axis],
            stride=op.stride[axis],
            before=(op.pads.top, op.pads.left)[axis],
        )
        for axis, (given, result) in enumerate(
            ((node.height, output.height), (node.width, output.width))
        )
    )
    if op.mode == "avg":
        return _weighted(context, node, output, (rows, row_shares), (columns, column_shares))
    pooled = Node(*output.as_tuple(), Maximum(node, rows.runs, columns.runs))
    if nature(node.activation).monotone and context.may_change(node):
        pooled.activation, node.activation = node.activation, "none"
    return View.of(context.graph.add(pooled))


def _weighted(
    context: Context,
    node: Node,
    output: Shape,
    rows: tuple[AxisMap, list[float]],
    columns: tuple[AxisMap, list[float]],
) -> View:
    """Each channel by itself, with fixed weights."""
    weights = np.outer(rows[1], columns[1])
    term = Term(
        inputs=((node, 0),),
        rows=rows[0],
        columns=columns[0],
        weights=weights[None, None, None],
        groups=node.channels,
        input_step=1,
        output_step=1,
    )
    made = Node(*output.as_tuple(), Linear((term,)))
    return View.of(context.graph.add(made))


def upsample(context: Context, name: str, op: Upsample, view: View, output: Shape) -> View:
    """Pixels repeated, which needs no memory, or interpolated."""
    if op.mode == "nearest":
        height, width = op.scale
        scales = tuple((rows * height, columns * width) for rows, columns in view.scales)
        return replace(view, scales=scales, height=output.height, width=output.width)
    node = stored(context, view)
    rows, columns = (
        interpolated(given, scale)
        for given, scale in zip((node.height, node.width), op.scale, strict=True)
    )
    return _weighted(context, node, output, rows, columns)


def pixel_shuffle(context: Context, name: str, op: PixelShuffle, view: View, output: Shape) -> View:
    """Channel c·s² + s·y + x gives pixel (y, x) of each s×s square of channel c."""
    node, s = stored(context, view), op.scale
    terms = tuple(
        copied(
            (node, s * y + x),
            spread(node.height, s, y),
            spread(node.width, s, x),
            output.channels,
            s * s,
        )
        for y in range(s)
        for x in range(s)
    )
    made = Node(*output.as_tuple(), Linear(terms))
    return View.of(context.graph.add(made))


def channel_shuffle(
    context: Context, name: str, op: ChannelShuffle, view: View, output: Shape
) -> View:
    """Channel g·(C/groups) + i goes to i·groups + g, which needs no memory."""
    places = np.arange(len(view.channels)).reshape(op.groups, -1).T.ravel()
    return replace(
        view,
        channels=tuple(view.channels[i] for i in places),
        scales=tuple(view.scales[i] for i in places),
    )


def border(context: Context, name: str, op: Pad | Crop, view: View, output: Shape) -> View:
    """Each pixel copied to its new place; what no pixel reaches is 0."""
    node = stored(context, view)
    pads = op.pads if isinstance(op, Pad) else -op.pads
    rows, columns = (
        convolved(given, result, kernel=1, before=before)
        for given, result, before in (
            (node.height, output.height, pads.top),
            (node.width, output.width, pads.left),
        )
    )
    made = Linear((copied((node, 0), rows, columns, node.channels),))
    return View.of(context.graph.add(Node(*output.as_tuple(), made)))
