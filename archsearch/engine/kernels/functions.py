"""exp, log and erf of vectors, in instructions that every processor has.

Errors are a few units in the last place of the number's type; NaN stays NaN.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from llvmlite import ir

from archsearch.engine.kernels.emitter import Emitter

__all__ = ["absolute", "erf", "exp", "log", "with_sign_of"]


def exp(e: Emitter, x: Any) -> Any:
    """eˣ = 2ⁿ·eʳ with x = n·ln 2 + r, |r| ≤ ln 2 / 2; arguments are kept where it is finite.

    Adding 1.5·2^m, m the mantissa's bits, rounds x/ln 2 and leaves n in the low bits; with the
    exponent's bias, too, they are 2ⁿ as soon as they stand where an exponent does.
    """
    bits, degree, bound, bias = (52, 12, 708.0, 1023) if e.double else (23, 6, 87.0, 127)
    x = e.clamped(x, -bound, bound)
    magic = e.constant(1.5 * 2.0**bits + bias)
    shifted = e.fma(x, e.constant(1 / math.log(2)), magic)
    n = e.b.fsub(shifted, magic)
    high = 0.693145751953125  # of few bits, so that n·high is exact
    r = e.fma(n, e.constant(-high), x)
    r = e.fma(n, e.constant(high - _LN2 - _LN2_REST), r)
    *others, last = _exp_polynomial(degree)
    power = e.constant(last)
    for coefficient in reversed(others):
        power = e.fma(power, r, e.constant(coefficient))
    shift = ir.Constant(e.integers, [bits] * e.lanes)
    scale = e.b.shl(e.b.bitcast(shifted, e.integers), shift)
    return e.b.fmul(power, e.b.bitcast(scale, e.vector))  # a product, so that NaN stays


_LN2 = math.log(2)
_LN2_REST = 2.3190468138462996e-17  # ln 2 minus its nearest float64


@cache
def _exp_polynomial(degree: int) -> tuple[float, ...]:
    """Coefficients in r of eʳ, |r| ≤ ln 2 / 2; the first is exactly 1.

    (eʳ − 1)/r is interpolated at an even number of Chebyshev points, so that none is 0.
    """
    series = np.polynomial.Chebyshev.interpolate(
        lambda r: np.expm1(r) / r, degree - 1, (-_LN2 / 2, _LN2 / 2)
    )
    return 1.0, *(float(c) for c in series.convert(kind=np.polynomial.Polynomial).coef)


def log(e: Emitter, x: Any) -> Any:
    """Ln x of positive normal numbers: x = 2ⁿ·m, ln m = 2·artanh((m − 1)/(m + 1)), m near 1."""
    bits, terms = (52, 11) if e.double else (23, 6)
    whole = e.b.bitcast(x, e.integers)
    # Below √2 by its bits: subtracting those of √½ leaves n in the exponent.
    half_root = int(np.float64(math.sqrt(0.5)).view(np.int64)) if e.double else 0x3F3504F3
    below = e.b.sub(whole, ir.Constant(e.integers, [half_root] * e.lanes))
    shift = ir.Constant(e.integers, [bits] * e.lanes)
    n = e.b.ashr(below, shift)
    m = e.b.bitcast(e.b.sub(whole, e.b.shl(n, shift)), e.vector)
    n = e.b.sitofp(n, e.vector)
    one = e.constant(1.0)
    s = e.b.fdiv(e.b.fsub(m, one), e.b.fadd(m, one))
    square = e.b.fmul(s, s)
    series = e.constant(1 / (2 * terms - 1))
    for k in range(terms - 2, -1, -1):
        series = e.fma(series, square, e.constant(1 / (2 * k + 1)))
    result = e.fma(n, e.constant(_LN2), e.b.fmul(e.b.fmul(e.constant(2.0), s), series))
    return e.select(e.b.fcmp_unordered("uno", x, x), x, result)


def erf(e: Emitter, x: Any) -> Any:
    """The error function: 1 − t·P(t)·e^(−x²) for x ≥ 0, odd.

    t = 1/(1 + x/2). P interpolates erfcx(x)/t at Chebyshev points for x ≤ 6; beyond, erf is 1 to
    the last place.
    """
    z = e.clamped(absolute(e, x), 0.0, 6.0)
    t = e.b.fdiv(e.constant(1.0), e.fma(z, e.constant(0.5), e.constant(1.0)))
    polynomial = _erfcx_polynomial(22 if e.double else 9)
    at = e.fma(t, e.constant(2 / 0.75), e.constant(-1.25 / 0.75))  # [¼, 1] → [−1, 1]
    value = e.constant(polynomial[-1])
    for coefficient in reversed(polynomial[:-1]):
        value = e.fma(value, at, e.constant(coefficient))
    decay = exp(e, e.b.fneg(e.b.fmul(z, z)))
    positive = e.b.fsub(e.constant(1.0), e.b.fmul(e.b.fmul(value, t), decay))
    return with_sign_of(e, positive, x)


@cache
def _erfcx_polynomial(degree: int) -> tuple[float, ...]:
    """Coefficients in u = (2t − 1.25)/0.75 of erfc(x)·e^(x²)/t, with x = 2/t − 2."""

    def scaled(u: Any) -> Any:
        t = (u * 0.75 + 1.25) / 2
        x = 2 / t - 2
        return np.array([math.erfc(one) * math.exp(one * one) for one in x]) / t

    series = np.polynomial.chebyshev.chebinterpolate(scaled, degree)
    return tuple(float(c) for c in np.polynomial.chebyshev.cheb2poly(series))


def absolute(e: Emitter, x: Any) -> Any:
    """|x|; NaN stays."""
    return e.intrinsic("fabs", [x])


def with_sign_of(e: Emitter, x: Any, of: Any) -> Any:
    """|x| with the sign of another."""
    return e.intrinsic("copysign", [x, of])
