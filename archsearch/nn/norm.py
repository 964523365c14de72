"""Norms: as a layer, and behind a convolution."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

from archsearch.nn.rewrite.steps import Apply, Step
from archsearch.spec.kinds.norm import NORM_GROUPS, Norm, NormName
from archsearch.spec.shape import Shape

__all__ = ["norm", "norm_layer", "normalize", "steps"]


def norm(name: NormName, channels: int) -> nn.Module:
    """A fresh norm over ``channels``: 2·C parameters, whichever it is.

    ``layer`` normalizes a whole picture: one group holds all its channels.
    """
    if name == "batch":
        return nn.BatchNorm2d(channels)
    return nn.GroupNorm(1 if name == "layer" else NORM_GROUPS, channels)


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
