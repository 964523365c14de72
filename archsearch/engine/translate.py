"""From a plan to the graph of its tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from archsearch.engine.axes import repeated
from archsearch.engine.graph import Dropped, Given, Graph, Linear, Node, Term, View
from archsearch.engine.layers.context import Context, activated, stored
from archsearch.engine.layers.convolutions import conv, conv_transpose, dense
from archsearch.engine.layers.joins import join
from archsearch.engine.layers.norms import norm
from archsearch.engine.layers.parameters import Parameters
from archsearch.engine.layers.resampling import (
    border,
    channel_shuffle,
    pixel_shuffle,
    pool,
    upsample,
)
from archsearch.engine.layout import Buffer
from archsearch.spec.kinds.activation import Activation
from archsearch.spec.kinds.channel_shuffle import ChannelShuffle
from archsearch.spec.kinds.conv import Conv
from archsearch.spec.kinds.conv_transpose import ConvTranspose
from archsearch.spec.kinds.dense import Dense
from archsearch.spec.kinds.dropout import Dropout
from archsearch.spec.kinds.norm import Norm
from archsearch.spec.kinds.pad_crop import Crop, Pad
from archsearch.spec.kinds.pixel_shuffle import PixelShuffle
from archsearch.spec.kinds.pool import Pool
from archsearch.spec.kinds.rule import JoinOp
from archsearch.spec.kinds.upsample import Upsample
from archsearch.spec.plan.model import LayerPlan, ModelPlan
from archsearch.spec.shape import Shape

__all__ = ["LAYERS", "Standardization", "Translated", "translated", "translated_decoder"]

Standardization = tuple[Sequence[float], Sequence[float]]
"""Mean and standard deviation of each channel that is fed."""


def _activation(context: Context, name: str, op: Activation, view: View, output: Shape) -> View:
    return activated(context, view, op.activation)


def _dropout(context: Context, name: str, op: Dropout, view: View, output: Shape) -> View:
    if not context.training or not op.p:
        return view
    source = stored(context, view)
    made = Dropped(source, op.p, context.graph.drops)
    context.graph.drops += 1
    node = Node(source.channels, source.height, source.width, made)
    return View.of(context.graph.add(node))


LAYERS: dict[type, Any] = {
    Conv: conv,
    ConvTranspose: conv_transpose,
    Dense: dense,
    Pool: pool,
    Upsample: upsample,
    PixelShuffle: pixel_shuffle,
    ChannelShuffle: channel_shuffle,
    Norm: norm,
    Activation: _activation,
    Dropout: _dropout,
    Pad: border,
    Crop: border,
}
"""Op → what it is in tensors: (context, name, op, what it reads, output shape) → what it gives."""


@dataclass(frozen=True)
class Translated:
    """A plan's graph.

    Attributes:
        graph: the tensors.
        parameters: trained numbers, by the names of ``nn.build``.
        given: the pictures, before they are standardized.
        result: the last layer's output.
        target: what the output should be, where that isn't the pictures.
    """

    graph: Graph
    parameters: Parameters
    given: Node
    result: Node
    target: Buffer


def translated(
    plan: ModelPlan,
    layers: Sequence[LayerPlan],
    standardization: Standardization | None,
    *,
    training: bool,
) -> Translated:
    """Translate the first layers of a plan.

    Args:
        plan: the model.
        layers: so many of its layers, from the first on.
        standardization: of what is fed, or None.
        training: whether dropout drops.
    """
    graph = Graph(plan.params)
    context = Context(graph, Parameters(), training)
    given = graph.add(Node(*plan.input.as_tuple(), Given(), learned=False))
    view = View.of(given if standardization is None else _shifted(graph, given, standardization))
    return _layers(context, plan, layers, given, {0: view})


def translated_decoder(plan: ModelPlan) -> Translated:
    """Translate the decoder of a plan, which reads nothing but the latent."""
    graph = Graph(plan.params)
    context = Context(graph, Parameters(count=sum(layer.params for layer in plan.encoder)), False)
    given = graph.add(Node(*plan.encoder[-1].output.as_tuple(), Given(), learned=False))
    return _layers(context, plan, plan.decoder, given, {len(plan.encoder): View.of(given)})


def _layers(
    context: Context,
    plan: ModelPlan,
    layers: Sequence[LayerPlan],
    given: Node,
    views: dict[int, View],
) -> Translated:
    """Translate layers; ``views`` holds what the first of them reads."""
    (view,) = views.values()
    context.fixed |= {node for node, _ in view.channels}
    for layer in layers:
        before = 0 if layer.section == "encoder" else len(plan.encoder)
        inputs = [view if read == layer.index - 1 else views[read] for read in layer.reads]
        view = _after(context, layer, inputs, before)
        if layer.index in plan.kept:
            views[layer.index] = view
            context.fixed |= {node for node, _ in view.channels}
    result = stored(context, view)
    target = Buffer(result.channels, result.height, result.width)
    return Translated(context.graph, context.parameters, given, result, target)


def _after(context: Context, layer: LayerPlan, inputs: Sequence[View], before: int) -> View:
    name = f"{layer.section}.{layer.index - 1 - before}"
    if isinstance(layer.op, JoinOp):
        return join(context, name, layer.op, inputs, layer.output)
    made: View = LAYERS[type(layer.op)](context, name, layer.op, inputs[0], layer.output)
    return made


def _shifted(graph: Graph, given: Node, standardization: Standardization) -> Node:
    """(x − mean) / std, a channel that never varies only centred."""
    means, spreads = standardization
    factors = [1 / (spread or 1.0) for spread in spreads]
    offsets = [-mean * factor for mean, factor in zip(means, factors, strict=True)]
    term = Term(
        inputs=((given, 0),),
        rows=repeated(given.height, 1),
        columns=repeated(given.width, 1),
        weights=np.array(factors).reshape(-1, 1, 1, 1, 1),
        groups=given.channels,
        input_step=1,
        output_step=1,
    )
    made = Linear((term,), np.array(offsets))
    return graph.add(Node(given.channels, given.height, given.width, made))
