"""Activations: as a layer, and as the end of another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import cast

from torch import nn

from archsearch.nn.rewrite.steps import Activate, Step
from archsearch.spec.kinds.activation import ACTIVATION_NUMBERS, Activation, ActivationName
from archsearch.spec.kinds.fields import Numbered
from archsearch.spec.kinds.numbered import number_of, word_of
from archsearch.spec.shape import Shape

__all__ = ["ACTIVATIONS", "activate", "activation", "activation_layer", "steps"]

ACTIVATIONS: Mapping[ActivationName, Callable[..., nn.Module]] = MappingProxyType(
    {
        "relu": nn.ReLU,
        "leaky_relu": nn.LeakyReLU,
        "elu": nn.ELU,
        "gelu": nn.GELU,  # exact, by erf
        "silu": nn.SiLU,
        "tanh": nn.Tanh,
        "sigmoid": nn.Sigmoid,
        "prelu": lambda slope: nn.PReLU(init=slope),
        "selu": nn.SELU,
        "softplus": nn.Softplus,
        "hardtanh": lambda most: nn.Hardtanh(-most, most),
        "mish": nn.Mish,
    }
)
"""By word; those that may have a number take it."""


def activation(value: str | Numbered) -> nn.Module:
    """A fresh activation; layers never share one.

    Example:
        >>> activation("relu"), activation(Numbered("leaky_relu", 0.2))
        (ReLU(), LeakyReLU(negative_slope=0.2))
    """
    number = number_of(value, ACTIVATION_NUMBERS)
    make = ACTIVATIONS[cast(ActivationName, word_of(value))]
    return make() if number is None else make(number)


def activation_layer(op: Activation, input: Shape) -> nn.Module:
    """Build ``op``; ``none`` changes nothing."""
    return nn.Identity() if op.activation == "none" else activation(op.activation)


def activate(layer: int, value: str | Numbered, module: nn.Module) -> Iterator[Step]:
    """The step of an activation, alone or at the end of layer ``layer``; none for ``none``."""
    if value != "none":
        yield Activate(layer, word_of(value), module)


def steps(layer: int, op: Activation, module: nn.Module) -> Iterator[Step]:
    """The layer's steps."""
    return activate(layer, op.activation, module)
