"""Norms: as a layer, and behind a convolution."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

from archsearch.nn.rewrite.steps import Apply, Step
from archsearch.spec.kinds.fields import Numbered
from archsearch.spec.kinds.norm import Norm, norm_groups
from archsearch.spec.shape import Shape

__all__ = ["norm", "norm_layer", "normalize", "steps"]


def norm(value: str | Numbered, channels: int, *, vector: bool = False) -> nn.Module:
    """A fresh norm over ``channels``: 2·C parameters, whichever it is.

    ``layer`` normalizes a whole picture, or vector: one group holds all its channels.
    """
    if value == "batch":
        return nn.BatchNorm1d(channels) if vector else nn.BatchNorm2d(channels)
    if value == "instance":
        return nn.InstanceNorm2d(channels, affine=True)
    return nn.GroupNorm(norm_groups(value) or 1, channels)


def norm_layer(op: Norm, input: Shape) -> nn.Module:
    """Build ``op``; ``none`` changes nothing."""
    return nn.Identity() if op.norm == "none" else norm(op.norm, input.channels)


def normalize(layer: int, module: nn.Module) -> Step:
    """The step of a norm; its backward reads input and moments."""
    return Apply(layer, module, gives_fresh=True)


def steps(layer: int, op: Norm, module: nn.Module) -> Iterator[Step]:
    """The layer's steps; none for ``none``."""
    if op.norm != "none":
        yield normalize(layer, module)
