"""What a layer does once every name, default and size is known.

An op holds numbers only; nothing is left to look up. The shape rules that
make ops are in ``spec.kinds``, the torch modules made from them in ``nn``.
``source`` is the index of the layer whose output is joined, 0 the input.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from archsearch.spec.shape import Pads, Pair, Shape

__all__ = [
    "Activation",
    "ActivationName",
    "Add",
    "Concat",
    "Conv",
    "ConvTranspose",
    "Dense",
    "Dropout",
    "Norm",
    "NormName",
    "Op",
    "PixelShuffle",
    "Pool",
    "PoolMode",
    "Residual",
    "Upsample",
    "UpsampleMode",
    "joined",
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
class ConvTranspose:
    """A transposed convolution, then its norm, then its activation.

    ``crop`` is taken off each side of the full output of (W − 1)·S + K_eff
    rows; a negative number appends rows that hold the bias alone.
    """

    channels: int
    kernel: Pair
    stride: Pair
    crop: Pads
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


@dataclass(frozen=True, slots=True)
class PixelShuffle:
    """C·s²×H×W → C×H·s×W·s (Shi et al. 2016, arXiv 1609.05158)."""

    scale: int


@dataclass(frozen=True, slots=True)
class Dense:
    """All elements, in the order C, H, W, times a matrix, plus a bias.

    ``shape`` is the picture that the vector becomes, or None.
    """

    size: int
    shape: Shape | None
    activation: ActivationName


@dataclass(frozen=True, slots=True)
class Norm:
    """A normalization on its own."""

    norm: NormName


@dataclass(frozen=True, slots=True)
class Activation:
    """A nonlinearity on its own."""

    activation: ActivationName


@dataclass(frozen=True, slots=True)
class Dropout:
    """Each element set to 0 with probability ``p`` while training."""

    p: float


@dataclass(frozen=True, slots=True)
class Concat:
    """The current tensor's channels, then those of layer ``source``."""

    source: int


@dataclass(frozen=True, slots=True)
class Add:
    """The sum of the current tensor and that of layer ``source``."""

    source: int


@dataclass(frozen=True, slots=True)
class Residual:
    """The sum of the current tensor and a shortcut from layer ``source``.

    ``shortcut`` is a 1×1 convolution where channels or size differ, else None.
    """

    source: int
    shortcut: Conv | None


Op = (
    Conv
    | ConvTranspose
    | Pool
    | Upsample
    | PixelShuffle
    | Dense
    | Norm
    | Activation
    | Dropout
    | Concat
    | Add
    | Residual
)


def joined(op: Op) -> int | None:
    """Index of the layer that an op reads besides the one before it; None for all but joins.

    Example:
        >>> joined(Concat(source=2)), joined(Dropout(p=0.1))
        (2, None)
    """
    return op.source if isinstance(op, Concat | Add | Residual) else None
