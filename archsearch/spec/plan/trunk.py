"""What two models share that differ in the size of their code alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archsearch.spec.kinds.ops import (
    Conv,
    ConvTranspose,
    Dense,
    Op,
    PixelShuffle,
    Pool,
    Residual,
    Upsample,
)
from archsearch.spec.plan.model import LayerPlan, ModelPlan, key_of
from archsearch.spec.shape import Pads

__all__ = ["trunk_key"]

FOLLOWS = 0
"""Stands for channels that follow from the code's."""


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


def _settings(layers: Sequence[LayerPlan]) -> list[tuple[str, Op]]:
    """Each layer's section and op, the code's size and what follows from it left out."""
    code = _code_layer(layers)
    if code is None:
        return [(layer.section, layer.op) for layer in layers]
    end = code + 1
    while end < len(layers) and _passes_on(layers, code, end):
        end += 1
    return [
        (layer.section, _unsized(layer) if code <= place < end else layer.op)
        for place, layer in enumerate(layers)
    ]


def _passes_on(layers: Sequence[LayerPlan], code: int, place: int) -> bool:
    """Whether a layer behind the code sets no channels, or those that follow from the code's."""
    layer, op = layers[place], layers[place].op
    if isinstance(op, Dense):
        return False
    if not isinstance(op, Conv | ConvTranspose) or _is_depthwise(layer):
        return True
    coming = layers[place + 1].op if place + 1 < len(layers) else None
    return _unpools(layers[code + 1 : place + 1]) or _is_shuffled(layer, coming)


def _code_layer(layers: Sequence[LayerPlan]) -> int | None:
    """Place of the encoder's last layer that sets a size, not counting what passes one on."""
    for place in reversed(range(len(layers))):
        layer = layers[place]
        sets = layer.section == "encoder" and isinstance(layer.op, Conv | ConvTranspose | Dense)
        if sets and not _is_depthwise(layer):
            return place
    return None


def _unsized(layer: LayerPlan) -> Op:
    op = layer.op
    if isinstance(op, Dense):
        shape = op.shape and replace(op.shape, channels=FOLLOWS)
        return replace(op, size=FOLLOWS, shape=shape)
    if isinstance(op, Conv | ConvTranspose):
        return replace(op, channels=FOLLOWS, groups=FOLLOWS if _is_depthwise(layer) else op.groups)
    return replace(op, shortcut=None) if isinstance(op, Residual) else op


def _is_depthwise(layer: LayerPlan) -> bool:
    op = layer.op
    if not isinstance(op, Conv | ConvTranspose):
        return False
    return op.groups == op.channels == layer.input.channels > 1


def _unpools(passed: Sequence[LayerPlan]) -> bool:
    """Whether the last of these is the mirror of a pool among them: C → C, no norm or activation.

    Each pool behind the code is undone once, by whatever enlarges.
    """
    layer, op = passed[-1], passed[-1].op
    if not isinstance(op, ConvTranspose) or layer.output.channels != layer.input.channels:
        return False
    pools = sum(isinstance(one.op, Pool) and one.section == "encoder" for one in passed)
    undone = sum(
        isinstance(one.op, Upsample | PixelShuffle | ConvTranspose) and one.section == "decoder"
        for one in passed
    )
    return op.norm == op.activation == "none" and undone <= pools


def _is_shuffled(layer: LayerPlan, coming: Op | None) -> bool:
    """Whether this is a plain 1×1 conv C → C·s² before a pixel_shuffle by s."""
    op = layer.op
    if not isinstance(op, Conv) or not isinstance(coming, PixelShuffle):
        return False
    plain = op.norm == op.activation == "none" and op.kernel == (1, 1) and op.pads == Pads()
    return plain and op.channels == layer.input.channels * coming.scale**2
