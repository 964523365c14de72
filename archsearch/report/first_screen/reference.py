"""The nine-layer reference net of the course exercise, told by what it is made of."""

from __future__ import annotations

from archsearch.records import PlanRecord

__all__ = ["is_reference"]

_KINDS = ("conv", "pool", "conv", "pool", "conv", "upsample", "conv", "upsample", "conv")
_LATENT = (16, 8, 8)
_PARAMS = 4911


def is_reference(plan: PlanRecord) -> bool:
    """Whether a plan is the reference net's: nine layers, 4,911 parameters, a latent of 16×8×8."""
    latent = (plan.latent_channels, plan.latent_height, plan.latent_width)
    kinds = tuple(layer.kind for layer in plan.layers)
    return (kinds, latent, plan.params) == (_KINDS, _LATENT, _PARAMS)
