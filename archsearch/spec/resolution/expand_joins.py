"""Joins unfolded: their own layers first, each list from its tensor, then the join itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from archsearch.spec.kinds.fields import FieldValue, Raw
from archsearch.spec.resolution.flat_layer import FlatLayer, Frame
from archsearch.spec.resolution.layer_names import LayerNames
from archsearch.spec.resolution.lookup import Lookup
from archsearch.spec.syntax.tree import Body, Item, JoinSyntax, LayerOptions

__all__ = ["LayerList", "expand_join"]


class LayerList(Protocol):
    """What unfolds the layers that a join holds.

    Attributes:
        layers: the flat list so far.
        at: the current tensor.
        assigned: values in place of the file's, by path.
        names: of the layers so far.
        lookup: gives values.
    """

    layers: list[FlatLayer]
    at: int
    assigned: Mapping[str, Raw]
    names: LayerNames
    lookup: Lookup

    def gap(self, item: Item, frame: Frame) -> None:
        """Layers that a mistake has hidden."""

    def branch(self, body: Body, frame: Frame, start: int, of: FlatLayer) -> int:
        """Unfold layers from a tensor; give the one that they end with."""

    def add(self, layer: FlatLayer, options: LayerOptions, frame: Frame) -> None:
        """Append a layer, and note its name."""


def expand_join(expander: LayerList, item: JoinSyntax, frame: Frame) -> None:
    """Unfold a join and what leads to it.

    Args:
        expander: where layers go.
        item: the join as written.
        frame: what holds here.
    """
    place = (frame.section, item.path, item.span)
    layer = FlatLayer(*place, join=item.join, doubtful=item.doubtful)
    if item.join.names_layer:
        layer.reads = _named(expander, item, frame, layer)
    elif not item.bodies or item.options.lost:
        expander.gap(item, frame)
        return
    elif item.join.name == "parallel":
        start = expander.at
        layer.reads = tuple(_ends(expander, item.bodies, frame, start, layer))
    else:
        reads = _residual(expander, item, frame, layer)
        if reads is None:
            return
        layer.reads = reads
    layer.values, layer.bad = _values(expander, item, frame)
    layer.fields = item.fields
    expander.add(layer, item.options, frame)


def _named(
    expander: LayerList, item: JoinSyntax, frame: Frame, layer: FlatLayer
) -> tuple[int | None, ...]:
    """The current tensor, and the one named, after the join's layers on it."""
    current, other = expander.at, None
    if item.layer is not None:
        name = expander.lookup.text(item.layer, frame.environment)
        if name is not None:
            other = expander.names.find(frame.prefix, name, item.layer.span)
    if item.join.name == "unpool":
        return current, None if other is None else -other
    for body in item.bodies:
        if other is None and body:  # go on from what nothing is known of
            expander.gap(item, frame)
            expander.branch(body, frame, expander.at, layer)
        elif other is not None:
            other = expander.branch(body, frame, other, layer)
    return current, other


def _ends(
    expander: LayerList, bodies: Iterable[Body], frame: Frame, start: int, layer: FlatLayer
) -> Iterable[int]:
    for body in bodies:
        yield expander.branch(body, frame, start, layer)


def _residual(
    expander: LayerList, item: JoinSyntax, frame: Frame, layer: FlatLayer
) -> tuple[int, int] | None:
    """The end of the layers, and that of the shortcut; None where no layers are there."""
    start, (inside, *shortcut) = expander.at, item.bodies
    if not inside:
        expander.gap(item, frame)
        return None
    before = len(expander.layers)
    end = expander.branch(inside, frame, start, layer)
    if len(expander.layers) == before:
        return None
    if not shortcut:
        return end, start
    return end, expander.branch(shortcut[0], replace(frame, beside=True), start, layer)


def _values(
    expander: LayerList, item: JoinSyntax, frame: Frame
) -> tuple[dict[str, FieldValue], frozenset[str]]:
    """The join's fields, and those that can't be told."""
    values: dict[str, FieldValue] = {**item.join.defaults}
    if not item.fields and not item.bad and item.path not in expander.lookup.touched:
        return values, item.bad
    bad = set(item.bad)
    for field in item.join.fields:
        key, written = f"{item.path}.{field.name}", item.fields.get(field.name)
        if written is None and key not in expander.assigned:
            continue
        value = expander.lookup.field(key, written, field, frame.environment, item.join.name)
        if value is None:
            bad.add(field.name)
        else:
            values[field.name] = value
    return values, frozenset(bad)
