"""What the order of operations depends on: the nature of each activation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["NATURES", "Nature"]


@dataclass(frozen=True)
class Nature:
    """How an activation y = f(x) may be treated.

    Attributes:
        reads_input: whether its gradient follows from x; otherwise from y, and x needn't be kept.
        monotone: whether y never falls as x grows, so that a maximum may be taken before it.
        cheap: whether a convolution or a pooling ends with it; otherwise it is done by itself.
    """

    reads_input: bool = False
    monotone: bool = True
    cheap: bool = False


NATURES: Mapping[str, Nature] = {
    "none": Nature(cheap=True),
    "relu": Nature(cheap=True),
    "leaky_relu": Nature(cheap=True),
    "elu": Nature(),
    "gelu": Nature(reads_input=True, monotone=False),
    "silu": Nature(reads_input=True, monotone=False),
    "tanh": Nature(),
    "sigmoid": Nature(),
}
"""Every activation that the engine has, by its word in specs."""
