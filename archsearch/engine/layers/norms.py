"""Norms, as layers and behind convolutions."""

from __future__ import annotations

from archsearch.engine.graph import Node, Normalized, View
from archsearch.engine.layers.context import Context, stored
from archsearch.spec.kinds.norm import NORM_GROUPS, Norm
from archsearch.spec.shape import Shape

__all__ = ["GROUPS", "norm", "normalized"]

GROUPS = {"batch": 0, "layer": 1, "group": NORM_GROUPS}
"""Groups of channels of a picture, by the word in specs; 0: each channel over the batch."""


def normalized(context: Context, name: str, word: str, view: View) -> View:
    """The view after a norm; ``none`` changes nothing."""
    if word == "none":
        return view
    source = stored(context, view)
    scale = context.parameters.add(f"{name}.weight", source.channels)
    shift = context.parameters.add(f"{name}.bias", source.channels)
    made = Normalized(source, scale, shift, GROUPS[word], name)
    node = Node(source.channels, source.height, source.width, made)
    return View.of(context.graph.add(node))


def norm(context: Context, name: str, op: Norm, view: View, output: Shape) -> View:
    """A norm as a layer."""
    return normalized(context, name, op.norm, view)
