"""Norms, as layers and behind convolutions."""

from __future__ import annotations

from archsearch.engine.graph import Node, Normalized, View
from archsearch.engine.layers.context import Context, stored
from archsearch.spec.kinds.fields import Numbered
from archsearch.spec.kinds.norm import Norm, norm_groups
from archsearch.spec.shape import Shape

__all__ = ["norm", "normalized"]


def _groups(value: str | Numbered, channels: int) -> int:
    """Groups of channels of a picture that are normalized; 0: each channel over the batch."""
    if value == "instance":
        return channels
    return norm_groups(value) or {"batch": 0, "layer": 1}[str(value)]


def normalized(context: Context, name: str, value: str | Numbered, view: View) -> View:
    """The view after a norm; ``none`` changes nothing."""
    if value == "none":
        return view
    source = stored(context, view)
    scale = context.parameters.add(f"{name}.weight", source.channels)
    shift = context.parameters.add(f"{name}.bias", source.channels)
    made = Normalized(source, scale, shift, _groups(value, source.channels), name)
    node = Node(source.channels, source.height, source.width, made)
    return View.of(context.graph.add(node))


def norm(context: Context, name: str, op: Norm, view: View, output: Shape) -> View:
    """A norm as a layer."""
    return normalized(context, name, op.norm, view)
