"""What somebody chose who wrote a net by hand, as a study would have searched it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from archsearch.records.studies import Value

if TYPE_CHECKING:
    from archsearch.spec.plan.model import LayerPlan, ModelPlan

__all__ = ["plan_choices"]

_FIELDS = ("kernel", "activation", "norm")
"""Fields of encoder layers that have trained numbers."""


def plan_choices(plan: ModelPlan) -> dict[str, Value]:
    """The encoder's choices, by names that tell people what they are.

    Where layers differ in one, all their values stand in a text; ``none`` only where no layer has
    another.
    """
    trained = [layer for layer in plan.encoder if layer.params]
    told: dict[str, Value] = {"encoder depth": plan.encoder_depth}
    if trained:
        told["first channels"] = trained[0].output.channels
    for name in _FIELDS:
        values = _distinct(layer.values[name] for layer in trained if name in layer.values)
        if values:
            told[name] = values
    told["downsampling"] = _downsampling(plan.encoder)
    told["reads past the latent"] = plan.latent.effective_size > plan.latent.size
    return told


def _downsampling(encoder: Iterable[LayerPlan]) -> str:
    """The kinds of layers that make the picture smaller, each with its stride.

    A dense layer has none: it makes a vector.
    """
    found = [
        f"{layer.kind} {_text(layer.values.get('stride', ''))}".strip()
        for layer in encoder
        if layer.output.height * layer.output.width < layer.input.height * layer.input.width
    ]
    return ", ".join(dict.fromkeys(found)) or "none"


def _distinct(values: Iterable[object]) -> str:
    found = dict.fromkeys(map(_text, values))
    return ", ".join([value for value in found if value != "none"] or found)


def _text(value: object) -> str:
    """A field's value; of a pair height × width."""
    height, width = getattr(value, "height", None), getattr(value, "width", None)
    return str(value) if height is None or width is None else f"{height}×{width}"
