"""Activations of the language and the way of their gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from archsearch.engine.kernels.emitter import Emitter
from archsearch.engine.kernels.functions import erf, exp

__all__ = ["ACTIVATIONS", "ActivationKernel"]

LEAK = 0.01


@dataclass(frozen=True)
class ActivationKernel:
    """One activation.

    Attributes:
        value: x → y.
        backward: (gradient of y, x or y) → gradient of x; which of the two is told by
            :data:`archsearch.engine.activations.NATURES`.
    """

    value: Callable[[Emitter, Any], Any]
    backward: Callable[[Emitter, Any, Any], Any]


def _relu(e: Emitter, x: Any) -> Any:
    zero = e.constant(0.0)  # NaN isn't below 0, so it stays
    return e.select(e.less(x, zero), zero, x)


def _relu_back(e: Emitter, g: Any, y: Any) -> Any:
    zero = e.constant(0.0)
    return e.select(e.b.fcmp_ordered("<=", y, zero), zero, g)


def _leaky(e: Emitter, x: Any) -> Any:
    return e.select(e.less(x, e.constant(0.0)), e.b.fmul(x, e.constant(LEAK)), x)


def _leaky_back(e: Emitter, g: Any, y: Any) -> Any:
    positive = e.less(e.constant(0.0), y)
    return e.select(positive, g, e.b.fmul(g, e.constant(LEAK)))


def _elu(e: Emitter, x: Any) -> Any:
    below = e.b.fsub(exp(e, x), e.constant(1.0))
    return e.select(e.less(x, e.constant(0.0)), below, x)


def _elu_back(e: Emitter, g: Any, y: Any) -> Any:
    slope = e.b.fadd(y, e.constant(1.0))
    return e.select(e.less(e.constant(0.0), y), g, e.b.fmul(g, slope))


def sigmoid(e: Emitter, x: Any) -> Any:
    """1/(1 + e^(−x))."""
    one = e.constant(1.0)
    return e.b.fdiv(one, e.b.fadd(one, exp(e, e.b.fneg(x))))


def _sigmoid_back(e: Emitter, g: Any, y: Any) -> Any:
    return e.b.fmul(g, e.fma(e.b.fneg(y), y, y))


def _tanh(e: Emitter, x: Any) -> Any:
    one = e.constant(1.0)
    growth = exp(e, e.b.fmul(x, e.constant(2.0)))
    return e.b.fsub(one, e.b.fdiv(e.constant(2.0), e.b.fadd(growth, one)))


def _tanh_back(e: Emitter, g: Any, y: Any) -> Any:
    return e.b.fmul(g, e.fma(e.b.fneg(y), y, e.constant(1.0)))


def _silu(e: Emitter, x: Any) -> Any:
    return e.b.fmul(x, sigmoid(e, x))


def _silu_back(e: Emitter, g: Any, x: Any) -> Any:
    s = sigmoid(e, x)
    rest = e.b.fsub(e.constant(1.0), s)
    return e.b.fmul(g, e.b.fmul(s, e.fma(x, rest, e.constant(1.0))))


def _normal(e: Emitter, x: Any) -> Any:
    """The share of a standard normal below x."""
    half = e.constant(0.5)
    return e.fma(half, erf(e, e.b.fmul(x, e.constant(math.sqrt(0.5)))), half)


def _gelu(e: Emitter, x: Any) -> Any:
    return e.b.fmul(x, _normal(e, x))


def _gelu_back(e: Emitter, g: Any, x: Any) -> Any:
    decay = exp(e, e.b.fmul(e.b.fmul(x, x), e.constant(-0.5)))
    density = e.b.fmul(decay, e.constant(1 / math.sqrt(2 * math.pi)))
    return e.b.fmul(g, e.fma(x, density, _normal(e, x)))


def _same(e: Emitter, x: Any) -> Any:
    return x


def _same_back(e: Emitter, g: Any, y: Any) -> Any:
    return g


ACTIVATIONS: Mapping[str, ActivationKernel] = {
    "none": ActivationKernel(_same, _same_back),
    "relu": ActivationKernel(_relu, _relu_back),
    "leaky_relu": ActivationKernel(_leaky, _leaky_back),
    "elu": ActivationKernel(_elu, _elu_back),
    "gelu": ActivationKernel(_gelu, _gelu_back),
    "silu": ActivationKernel(_silu, _silu_back),
    "tanh": ActivationKernel(_tanh, _tanh_back),
    "sigmoid": ActivationKernel(sigmoid, _sigmoid_back),
}
"""Every activation, by its word in specs."""
