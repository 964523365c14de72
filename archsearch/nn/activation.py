"""Activations: as a layer, and as the end of another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from torch import nn

from archsearch.nn.rewrite.steps import Activate, Step
from archsearch.spec.kinds.activation import Activation, ActivationName
from archsearch.spec.shape import Shape

__all__ = ["ACTIVATIONS", "activate", "activation", "activation_layer", "steps"]

ACTIVATIONS: Mapping[ActivationName, Callable[[], nn.Module]] = MappingProxyType(
    {
        "relu": nn.ReLU,
        "leaky_relu": nn.LeakyReLU,  # slope 0.01
        "elu": nn.ELU,  # alpha 1
        "gelu": nn.GELU,  # exact, by erf
        "silu": nn.SiLU,
        "tanh": nn.Tanh,
        "sigmoid": nn.Sigmoid,
    }
)


def activation(name: ActivationName) -> nn.Module:
    """A fresh activation; layers never share one."""
    return ACTIVATIONS[name]()


def activation_layer(op: Activation, input: Shape) -> nn.Module:
    """Build ``op``; ``none`` changes nothing."""
    return nn.Identity() if op.activation == "none" else activation(op.activation)


def activate(layer: int, name: ActivationName, module: nn.Module) -> Iterator[Step]:
    """The step of an activation, alone or at the end of layer ``layer``; none for ``none``."""
    if name != "none":
        yield Activate(layer, name, module)


def steps(layer: int, op: Activation, module: nn.Module) -> Iterator[Step]:
    """The layer's steps."""
    return activate(layer, op.activation, module)
