"""What two models share that differ in the size of their code alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from archsearch.spec.kinds.kind import Kind, LayerType, Surroundings, TrunkRole
from archsearch.spec.kinds.rule import Op
from archsearch.spec.plan.model import LayerPlan, ModelPlan, key_of
from archsearch.spec.shape import Shape

__all__ = ["trunk_key"]


def trunk_key(plan: ModelPlan) -> str:
    """A hash of all of a plan but the size of its code layer; equal keys, equal trunks.

    The code layer is the one that gives the latent its size: a conv's channels, a dense's
    size. Channels of the layers that only pass the code on follow from it and don't count
    either: a depthwise conv's, a residual's shortcut, and in the decoder what only enlarges
    the code (the mirror of a pool, the conv that a pixel_shuffle takes apart). What follows
    is told by shapes alone, so that a plan read back from its YAML has the same trunk.

    Example:
        >>> import archsearch
        >>> spec = archsearch.load("specs/family.yaml")
        >>> sizes = [(4, 8), (9, 8), (4, 9)]
        >>> plans = [spec.plan(latent_channels=c, width=w) for c, w in sizes]
        >>> narrow, wide, other = map(trunk_key, plans)
        >>> narrow == wide, narrow == other
        (True, False)
    """
    return key_of((plan.input, _settings(plan.layers)))


def _settings(layers: Sequence[LayerPlan]) -> list[tuple[object, ...]]:
    """Each layer's section and op, the code's size and what follows from it left out."""
    code = _code_layer(layers)
    if code is None:
        return [layer.computed() for layer in layers]
    end = code + 1
    while end < len(layers) and _passes_on(layers, code, end):
        end += 1
    return [
        layer.computed(_unsized(layer) if code <= place < end else None)
        for place, layer in enumerate(layers)
    ]


def _code_layer(layers: Sequence[LayerPlan]) -> int | None:
    """Place of the encoder's last layer that sets a size, not counting what passes one on."""
    for place in reversed(range(len(layers))):
        layer = layers[place]
        if layer.section == "encoder" and _role(layer).sets_size(layer.op, layer.input):
            return place
    return None


def _passes_on(layers: Sequence[LayerPlan], code: int, place: int) -> bool:
    """Whether a layer behind the code sets no channels, or those that follow from the code's."""
    layer, role = layers[place], _role(layers[place])
    if role.passes_on is None:
        return not role.sets_size(layer.op, layer.input)
    passed = layers[code + 1 : place]
    pools = sum(one.type.resampling == "down" for one in (*passed, layer) if _in_encoder(one))
    undone = sum(one.type.resampling == "up" for one in passed if not _in_encoder(one))
    needed = _needed(layers[place + 1], layer.input.channels) if place + 1 < len(layers) else None
    return role.passes_on(layer.op, layer.input, Surroundings(pools - undone, needed))


def _in_encoder(layer: LayerPlan) -> bool:
    return layer.section == "encoder"


def _needed(layer: LayerPlan, channels: int) -> int | None:
    """Channels that must come in to give ``channels``, where the layer rearranges them."""
    if not isinstance(layer.type, Kind) or layer.type.channels_needed is None:
        return None
    return layer.type.channels_needed(layer.values, channels)


def _unsized(layer: LayerPlan) -> Op:
    return _role(layer).unsized(layer.op, layer.input)


def _role(layer: LayerPlan) -> TrunkRole:
    return layer.type.trunk or _role_of_fields(layer.type)


@cache
def _role_of_fields(type: LayerType) -> TrunkRole:
    """A layer with a field for channels, elements or shape sets its size, in numbers of its op.

    What isn't in the op by the field's name stays: such a size counts as part of the trunk.
    """
    names = type.with_role("channels", "elements", "shape") if isinstance(type, Kind) else []

    def unsized(op: Op, input: Shape) -> Op:
        sizes = {name: 0 for name in names if isinstance(getattr(op, name, None), int)}
        smaller: Op = replace(op, **sizes)
        return smaller

    return TrunkRole(sets_size=lambda op, input: bool(names), unsized=unsized)
