"""The losses of one number, and their slopes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from archsearch.engine.kernels.emitter import Emitter
from archsearch.engine.kernels.functions import absolute, log, with_sign_of
from archsearch.engine.loss_names import signed_loss

__all__ = ["LOSSES"]

HUBER_DELTA = 0.1


def _mse(e: Emitter, y: Any, target: Any) -> tuple[Any, Any]:
    d = e.b.fsub(y, target)
    return e.b.fmul(d, d), e.b.fadd(d, d)


def _l1(e: Emitter, y: Any, target: Any) -> tuple[Any, Any]:
    d = e.b.fsub(y, target)
    zero = e.constant(0.0)
    slope = e.select(e.b.fcmp_ordered("==", d, zero), zero, with_sign_of(e, e.constant(1.0), d))
    return absolute(e, d), e.select(e.b.fcmp_unordered("uno", d, d), d, slope)


def _huber(e: Emitter, y: Any, target: Any) -> tuple[Any, Any]:
    """d²/2 up to delta, then delta·(|d| − delta/2)."""
    d, delta = e.b.fsub(y, target), e.constant(HUBER_DELTA)
    size = absolute(e, d)
    large = e.less(delta, size)
    beyond = e.b.fmul(delta, e.b.fsub(size, e.constant(HUBER_DELTA / 2)))
    value = e.select(large, beyond, e.b.fmul(e.b.fmul(d, d), e.constant(0.5)))
    return value, e.select(large, with_sign_of(e, delta, d), d)


def _bce(e: Emitter, y: Any, target: Any) -> tuple[Any, Any]:
    """−(t·ln y + (1 − t)·ln(1 − y)); no logarithm of less than the smallest normal number."""
    tiny = e.constant(float(np.finfo(np.float64 if e.double else np.float32).tiny))
    one, zero = e.constant(1.0), e.constant(0.0)
    rest = e.b.fsub(one, target)
    value = slope = zero
    for p, share, sign in ((y, target, 1.0), (e.b.fsub(one, y), rest, -1.0)):
        below = e.less(p, tiny)
        bounded = e.select(below, tiny, p)
        value = e.b.fsub(value, e.b.fmul(share, log(e, bounded)))
        part = e.b.fdiv(e.b.fmul(share, e.constant(-sign)), bounded)
        slope = e.b.fadd(slope, e.select(below, zero, part))
    return value, slope


Kernel = Callable[[Emitter, Any, Any], tuple[Any, Any]]
"""(result, target) → the loss of a number and its slope."""


def _of_signed(loss: Kernel) -> Kernel:
    """The loss of (y + 1) / 2, and its slope in y."""

    def of_signed(e: Emitter, y: Any, target: Any) -> tuple[Any, Any]:
        half = e.constant(0.5)
        value, slope = loss(e, e.b.fadd(e.b.fmul(y, half), half), target)
        return value, e.b.fmul(slope, half)

    return of_signed


_LOSSES: Mapping[str, Kernel] = {"mse": _mse, "l1": _l1, "huber": _huber, "bce": _bce}

LOSSES: Mapping[str, Kernel] = {
    **_LOSSES,
    **{signed_loss(word): _of_signed(loss) for word, loss in _LOSSES.items()},
}
"""By the word in ``train.loss``, and by its ``signed_loss`` where outputs are in [−1, 1]."""
