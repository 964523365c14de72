"""What a layer does once every name, default and size is known.

An op holds numbers only; nothing is left to look up. The shape rules that
make ops are in ``spec.kinds``, the torch modules made from them in ``nn``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from archsearch.spec.shape import Pads, Pair

__all__ = [
    "ActivationName",
    "Conv",
    "NormName",
    "Op",
    "Pool",
    "PoolMode",
    "Upsample",
    "UpsampleMode",
]

NormName = Literal["none", "batch", "layer", "group"]
ActivationName = Literal["none", "relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid"]
PoolMode = Literal["max", "avg"]
UpsampleMode = Literal["nearest", "bilinear"]


@dataclass(frozen=True, slots=True)
class Conv:
    """A convolution, then its norm, then its activation.

    ``pads`` are the zeros added on each side before the windows are laid.
    """

    channels: int
    kernel: Pair
    stride: Pair
    pads: Pads
    dilation: Pair
    groups: int
    bias: bool
    norm: NormName
    activation: ActivationName


@dataclass(frozen=True, slots=True)
class Pool:
    """A pooling; max pads with −inf, avg counts real pixels only."""

    kernel: Pair
    stride: Pair
    pads: Pads
    mode: PoolMode


@dataclass(frozen=True, slots=True)
class Upsample:
    """Enlarge height and width by ``scale`` (bilinear: corners not aligned)."""

    scale: Pair
    mode: UpsampleMode


Op = Conv | Pool | Upsample
