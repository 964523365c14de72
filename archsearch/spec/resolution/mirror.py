"""``decoder: mirror``: the encoder walked backwards, each layer led back by its kind's own rule.

The result's height and width are those of the input, or the layer that makes this
impossible is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archsearch.spec.kinds import KINDS, Join, Kind
from archsearch.spec.kinds.fields import FieldValue
from archsearch.spec.kinds.mirror import LayerValues, NoMirrorError
from archsearch.spec.plan.model import LayerPlan
from archsearch.spec.resolution.flat_layer import FlatLayer
from archsearch.spec.resolution.lookup import Lookup
from archsearch.spec.text.diagnostic import Span
from archsearch.spec.text.enumeration import enumerated

__all__ = ["CannotMirrorError", "MirrorStyle", "mirrored"]


class CannotMirrorError(Exception):
    """An encoder that can't be mirrored: which layer, and why."""

    def __init__(self, layer: LayerPlan, reason: NoMirrorError) -> None:
        super().__init__(reason.message)
        self.layer = layer
        self.reason = reason


@dataclass(frozen=True, slots=True)
class MirrorStyle:
    """How the decoder is made.

    Attributes:
        up: upsample, conv_transpose or pixel_shuffle.
        last: fields of the last layer that sets channels.
        span: where ``mirror`` stands.
    """

    up: str
    last: Mapping[str, FieldValue]
    span: Span


def mirrored(encoder: Sequence[LayerPlan], style: MirrorStyle, lookup: Lookup) -> list[FlatLayer]:
    """The decoder's layers for a resolved encoder.

    What is repeated (a norm or an activation on its own) follows the mirror of the layer that
    it followed.

    Args:
        encoder: the layers, all sizes known.
        style: how the decoder is made.
        lookup: gives the fields that a kind's rule leaves to ``defaults``.

    Raises:
        CannotMirrorError: a layer that has no mirror.
    """
    layers: list[FlatLayer] = []

    def add(kind: Kind, given: Mapping[str, FieldValue]) -> None:
        values, bad = lookup.with_defaults(kind, given)
        layers.append(
            FlatLayer("decoder", "decoder.mirror", style.span, kind, values=values, bad=bad)
        )

    for main, followers in reversed(_groups(encoder)):
        if main is not None:
            for name, given in _led_back(main, style.up):
                add(KINDS[name], given)
        for layer in followers:
            if isinstance(layer.type, Kind):
                add(layer.type, layer.values)
    _finish(layers, style)
    return layers


def _groups(encoder: Sequence[LayerPlan]) -> list[tuple[LayerPlan | None, list[LayerPlan]]]:
    """Each layer with a mirror of its own, and the repeated ones behind it."""
    groups: list[tuple[LayerPlan | None, list[LayerPlan]]] = [(None, [])]
    for layer in encoder:
        if layer.type.mirror == "repeated":
            groups[-1][1].append(layer)
        elif layer.type.mirror != "dropped":
            groups.append((layer, []))
    return groups


def _led_back(layer: LayerPlan, up: str) -> list[LayerValues]:
    rule = layer.type.mirror
    if not callable(rule):
        raise CannotMirrorError(layer, _no_rule(layer))
    try:
        return list(rule(layer.op, layer.input, layer.output, up))
    except NoMirrorError as reason:
        raise CannotMirrorError(layer, reason) from reason


def _no_rule(layer: LayerPlan) -> NoMirrorError:
    help = "write the decoder out as a list of layers"
    if not isinstance(layer.type, Join):
        reversed_ = enumerated(kind.name for kind in KINDS.values() if callable(kind.mirror))
        help = f"mirror reverses {reversed_}; {help}"
    return NoMirrorError(f"{layer.kind} can't be reversed", help)


def _finish(layers: Sequence[FlatLayer], style: MirrorStyle) -> None:
    """The last layer that sets channels gives what the task wants."""
    for layer in reversed(layers):
        kind = layer.kind
        if kind is None or not kind.with_role("channels", "elements", "shape"):
            continue
        layer.values |= {name: v for name, v in style.last.items() if kind.field(name)}
        if kind.channels_field is not None:
            layer.values[kind.channels_field] = "auto"
        return
