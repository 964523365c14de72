"""What the engine takes: the one place that decides."""

from __future__ import annotations

from archsearch.engine.activations import NATURES
from archsearch.engine.layers.joins import JOINED
from archsearch.engine.machine import missing
from archsearch.engine.translate import LAYERS
from archsearch.spec.kinds import JOINS, KINDS
from archsearch.spec.kinds.numbered import word_of
from archsearch.spec.kinds.upsample import Upsample
from archsearch.spec.plan.model import LayerPlan, ModelPlan

__all__ = ["LOSSES", "unsupported"]

LOSSES = ("mse", "l1", "huber", "bce")
"""Words of ``train.loss`` that the engine has."""

MOST_NUMBERS = 2**25
"""Numbers of a picture's tensors at most. A block's places are kept in 32 bits: sixteen pictures
with gradients have 2³⁰ numbers, and borders around them may double that."""

NORMS = ("none", "batch", "layer", "group", "instance")
"""Norms that the engine has, by their words in specs."""


def unsupported(plan: ModelPlan, loss: str) -> str | None:
    """Why the engine doesn't train a plan with a loss here, in words; None: it does.

    Whoever asks sees to it that the task's loss is ``loss`` of the net's output and a target
    that doesn't depend on the net.
    """
    reason = missing()
    if reason is not None:
        return reason
    if loss not in LOSSES:
        return f"its loss is {loss}; the engine has {', '.join(LOSSES)}"
    if not plan.params:
        return "it has nothing to train"
    numbers = sum(layer.output.elements for layer in plan.layers)
    if numbers > MOST_NUMBERS:
        return f"its layers give {numbers:,} numbers a picture; the engine takes {MOST_NUMBERS:,}"
    for layer in plan.layers:
        reason = _unsupported_layer(layer)
        if reason is not None:
            return reason
    return None


def _unsupported_layer(layer: LayerPlan) -> str | None:
    own = JOINS.get(layer.type.name) or KINDS.builtin.get(layer.type.name)
    if layer.type is not own:
        return f"its layer {layer.path} is of the kind {layer.type.name}, which isn't built in"
    if type(layer.op) not in (*LAYERS, *JOINED):
        return f"its layer {layer.path} is of the kind {layer.type.name}"
    norm = word_of(getattr(layer.op, "norm", "none"))
    if norm not in NORMS:
        return f"its layer {layer.path} has the norm {norm}"
    activation = word_of(getattr(layer.op, "activation", "none"))
    if activation not in NATURES:
        return f"its layer {layer.path} has the activation {activation}"
    border = getattr(layer.op, "padding_mode", "zeros")
    if border != "zeros":
        return f"its layer {layer.path} has padding_mode: {border}"
    return _unsupported_interpolation(layer)


def _unsupported_interpolation(layer: LayerPlan) -> str | None:
    if not isinstance(layer.op, Upsample):
        return None
    if layer.op.mode == "bicubic":
        return f"its layer {layer.path} is bicubic"
    if layer.op.align_corners:
        return f"its layer {layer.path} has align_corners: true"
    return None
