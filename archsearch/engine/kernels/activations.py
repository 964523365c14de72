"""Activations of the language and the way of their gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from archsearch.engine.activations import word_and_number
from archsearch.engine.kernels.emitter import Emitter
from archsearch.engine.kernels.functions import erf, exp, log

__all__ = ["ACTIVATIONS", "ActivationKernel", "kernel_of"]


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


def kernel_of(text: str) -> ActivationKernel:
    """The kernel of an activation, by what the engine calls it."""
    word, number = word_and_number(text)
    made = ACTIVATIONS[word]
    return made if isinstance(made, ActivationKernel) else made(number)


def _relu(e: Emitter, x: Any) -> Any:
    zero = e.constant(0.0)  # NaN isn't below 0, so it stays
    return e.select(e.less(x, zero), zero, x)


def _relu_back(e: Emitter, g: Any, y: Any) -> Any:
    zero = e.constant(0.0)
    return e.select(e.b.fcmp_ordered("<=", y, zero), zero, g)


def _leaky(slope: float) -> ActivationKernel:
    """x, or slope·x where that is below 0."""

    def value(e: Emitter, x: Any) -> Any:
        return e.select(e.less(x, e.constant(0.0)), e.b.fmul(x, e.constant(slope)), x)

    def backward(e: Emitter, g: Any, y: Any) -> Any:
        positive = e.less(e.constant(0.0), y)
        return e.select(positive, g, e.b.fmul(g, e.constant(slope)))

    return ActivationKernel(value, backward)


def _elu(alpha: float, scale: float = 1.0) -> ActivationKernel:
    """scale·x, or scale·α·(eˣ − 1) where x is below 0; there y + scale·α is its slope."""

    def value(e: Emitter, x: Any) -> Any:
        below = e.b.fmul(e.b.fsub(exp(e, x), e.constant(1.0)), e.constant(scale * alpha))
        above = x if scale == 1 else e.b.fmul(x, e.constant(scale))
        return e.select(e.less(x, e.constant(0.0)), below, above)

    def backward(e: Emitter, g: Any, y: Any) -> Any:
        slope = e.b.fadd(y, e.constant(scale * alpha))
        above = g if scale == 1 else e.b.fmul(g, e.constant(scale))
        return e.select(e.less(e.constant(0.0), y), above, e.b.fmul(g, slope))

    return ActivationKernel(value, backward)


def _selu(_: float) -> ActivationKernel:
    """Klambauer et al. 2017 (arXiv 1706.02515)."""
    return _elu(1.6732632423543772848170429916717, 1.0507009873554804934193349852946)


def _hardtanh(most: float) -> ActivationKernel:
    """x, kept within ±most; where it was kept there, its slope is 0."""

    def value(e: Emitter, x: Any) -> Any:
        return e.clamped(x, -most, most)

    def backward(e: Emitter, g: Any, y: Any) -> Any:
        zero = e.constant(0.0)
        above = e.b.fcmp_ordered(">=", y, e.constant(most))
        g = e.select(above, zero, g)
        return e.select(e.b.fcmp_ordered("<=", y, e.constant(-most)), zero, g)

    return ActivationKernel(value, backward)


_LINEAR_FROM = 20.0
"""β·x from which softplus is x, as in torch."""


def _softplus(beta: float) -> ActivationKernel:
    """ln(1 + e^(βx))/β."""

    def value(e: Emitter, x: Any) -> Any:
        scaled = e.b.fmul(x, e.constant(beta))
        grown = e.b.fadd(e.constant(1.0), exp(e, scaled))
        soft = e.b.fmul(log(e, grown), e.constant(1 / beta))
        return e.select(e.less(e.constant(_LINEAR_FROM), scaled), x, soft)

    def backward(e: Emitter, g: Any, x: Any) -> Any:
        scaled = e.b.fmul(x, e.constant(beta))
        linear = e.less(e.constant(_LINEAR_FROM), scaled)
        return e.select(linear, g, e.b.fmul(g, sigmoid(e, scaled)))

    return ActivationKernel(value, backward)


def _soft_tanh(e: Emitter, x: Any) -> Any:
    """tanh(ln(1 + eˣ)) = n/(n + 2), n = eˣ·(eˣ + 2); 1 to the last place from 20 on."""
    bound = e.constant(_LINEAR_FROM)
    grown = exp(e, e.select(e.less(bound, x), bound, x))
    two = e.constant(2.0)
    n = e.b.fmul(grown, e.b.fadd(grown, two))
    return e.b.fdiv(n, e.b.fadd(n, two))


def _mish(e: Emitter, x: Any) -> Any:
    return e.b.fmul(x, _soft_tanh(e, x))


def _mish_back(e: Emitter, g: Any, x: Any) -> Any:
    t = _soft_tanh(e, x)
    rest = e.b.fmul(sigmoid(e, x), e.fma(e.b.fneg(t), t, e.constant(1.0)))
    return e.b.fmul(g, e.fma(x, rest, t))


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


ACTIVATIONS: Mapping[str, ActivationKernel | Callable[[float], ActivationKernel]] = {
    "none": ActivationKernel(_same, _same_back),
    "relu": ActivationKernel(_relu, _relu_back),
    "leaky_relu": _leaky,
    "elu": _elu,
    "gelu": ActivationKernel(_gelu, _gelu_back),
    "silu": ActivationKernel(_silu, _silu_back),
    "tanh": ActivationKernel(_tanh, _tanh_back),
    "sigmoid": ActivationKernel(sigmoid, _sigmoid_back),
    "selu": _selu,
    "softplus": _softplus,
    "hardtanh": _hardtanh,
    "mish": ActivationKernel(_mish, _mish_back),
}
"""Every activation, by its word in specs; those with a number are made with it."""
