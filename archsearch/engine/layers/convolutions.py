"""Convolutions, transposed ones, and dense layers: everything with trained weights."""

from __future__ import annotations

from dataclasses import replace

from archsearch.engine.axes import AxisMap, convolved
from archsearch.engine.graph import Indices, Linear, Node, Reshaped, Term, View
from archsearch.engine.layers.context import Context, activated, stored
from archsearch.engine.layers.norms import normalized
from archsearch.spec.kinds.conv import Conv
from archsearch.spec.kinds.conv_transpose import ConvTranspose
from archsearch.spec.kinds.dense import Dense
from archsearch.spec.shape import Pads, Shape

__all__ = ["conv", "conv_transpose", "dense"]


def conv(context: Context, name: str, op: Conv, view: View, output: Shape) -> View:
    """A convolution and its activation."""
    weights, bias = _trained(context, f"{name}.conv", op, len(view.channels))
    if op.groups > 1:
        view = View.of(stored(context, view))
    if _at_low_resolution(op, view):
        scale = view.scales[0]
        small = View(
            view.channels,
            ((1, 1),) * len(view.channels),
            view.height // scale[0],
            view.width // scale[1],
        )
        shape = Shape(output.channels, small.height, small.width)
        node = _convolution(context, op, small, shape, weights, bias)
        scales = (scale,) * node.channels
        shown = replace(View.of(node), scales=scales, height=view.height, width=view.width)
    else:
        shown = View.of(_convolution(context, op, view, output, weights, bias))
        shown = normalized(context, f"{name}.norm", op.norm, shown)
    return activated(context, shown, op.activation)


def _at_low_resolution(op: Conv, view: View) -> bool:
    """Whether repeating pixels and this convolution may change places, exactly."""
    plain = op.kernel == op.stride == (1, 1) and op.pads == Pads() and op.norm == "none"
    return plain and len(set(view.scales)) == 1 and view.scales[0] != (1, 1)


def _trained(context: Context, name: str, op: Conv, inputs: int) -> tuple[Indices, Indices | None]:
    """Places of weights, groups × outputs × inputs × kernel, and of the bias."""
    sizes = (inputs // op.groups, *op.kernel)
    weights = context.parameters.add(f"{name}.weight", op.channels, *sizes)
    weights = weights.reshape(op.groups, op.channels // op.groups, *sizes)
    return weights, context.parameters.add(f"{name}.bias", op.channels) if op.bias else None


def _convolution(
    context: Context,
    op: Conv,
    view: View,
    output: Shape,
    weights: Indices,
    bias: Indices | None,
) -> Node:
    terms = []
    for scale in sorted(set(view.scales)):
        places = [i for i, own in enumerate(view.scales) if own == scale]
        rows, columns = _windows(op, view, output, scale)
        if op.groups > 1:
            terms.append(_grouped(view, rows, columns, weights))
            break
        inputs = tuple(view.channels[i] for i in places)
        terms.append(Term(inputs, rows, columns, weights[:, :, places]))
    made = Linear(tuple(terms), bias)
    return context.graph.add(Node(output.channels, output.height, output.width, made))


def _grouped(view: View, rows: AxisMap, columns: AxisMap, weights: Indices) -> Term:
    groups, outputs, inputs = weights.shape[:3]
    return Term(
        inputs=view.channels[:inputs],
        rows=rows,
        columns=columns,
        weights=weights,
        groups=groups,
        input_step=inputs,
        output_step=outputs,
    )


def _windows(
    op: Conv, view: View, output: Shape, scale: tuple[int, int]
) -> tuple[AxisMap, AxisMap]:
    sizes = ((view.height, output.height), (view.width, output.width))
    rows, columns = (
        convolved(
            given // scale[axis],
            result,
            kernel=op.kernel[axis],
            stride=op.stride[axis],
            before=(op.pads.top, op.pads.left)[axis],
            dilation=op.dilation[axis],
            scale=scale[axis],
        )
        for axis, (given, result) in enumerate(sizes)
    )
    return rows, columns


def conv_transpose(
    context: Context, name: str, op: ConvTranspose, view: View, output: Shape
) -> View:
    """The convolution that leads from the output's size to the input's, turned round."""
    inputs, outputs = len(view.channels) // op.groups, op.channels // op.groups
    weights = context.parameters.add(f"{name}.conv.weight", op.groups * inputs, outputs, *op.kernel)
    weights = weights.reshape(op.groups, inputs, outputs, *op.kernel).swapaxes(1, 2)
    bias = context.parameters.add(f"{name}.conv.bias", op.channels) if op.bias else None
    if op.groups > 1 or set(view.scales) != {(1, 1)}:
        view = View.of(stored(context, view))
    rows, columns = (
        convolved(
            result,
            given,
            kernel=op.kernel[axis],
            stride=op.stride[axis],
            before=(op.crop.top, op.crop.left)[axis],
            dilation=op.dilation[axis],
        ).reversed()
        for axis, (given, result) in enumerate(
            ((view.height, output.height), (view.width, output.width))
        )
    )
    if op.groups > 1:
        term = _grouped(view, rows, columns, weights)
    else:
        term = Term(view.channels, rows, columns, weights)
    made = Linear((term,), bias)
    node = context.graph.add(Node(output.channels, output.height, output.width, made))
    shown = normalized(context, f"{name}.norm", op.norm, View.of(node))
    return activated(context, shown, op.activation)


def dense(context: Context, name: str, op: Dense, view: View, output: Shape) -> View:
    """A 1×1 convolution of one pixel, whose channels are all numbers in the order C, H, W."""
    flat = flattened(context, view)
    weights = context.parameters.add(f"{name}.linear.weight", op.size, flat.channels)
    bias = context.parameters.add(f"{name}.linear.bias", op.size) if op.bias else None
    one = convolved(1, 1, kernel=1)
    term = Term(View.of(flat).channels, one, one, weights[None, :, :, None, None])
    node = context.graph.add(Node(op.size, 1, 1, Linear((term,), bias)))
    shown = View.of(node)
    shape = None if op.shape is None else op.shape.as_tuple()
    if op.norm == "none" or shape is None:  # else the norm is over the picture's channels
        shown = normalized(context, f"{name}.norm", op.norm, shown)
        shown = activated(context, shown, op.activation)
    if shape is not None and shape != (op.size, 1, 1):
        shown = View.of(context.graph.add(Node(*shape, Reshaped(stored(context, shown)))))
    if op.norm != "none" and shape is not None:
        shown = normalized(context, f"{name}.norm", op.norm, shown)
        shown = activated(context, shown, op.activation)
    return shown


def flattened(context: Context, view: View) -> Node:
    """All numbers of a view as channels of one pixel."""
    node = stored(context, view)
    if (node.height, node.width) == (1, 1):
        return node
    numbers = node.channels * node.height * node.width
    return context.graph.add(Node(numbers, 1, 1, Reshaped(node)))
