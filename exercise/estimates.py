"""Means over seeds or pairs with their intervals, and how the answers write numbers."""

from __future__ import annotations

from math import exp, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Mean", "change", "change_with_interval", "mean", "mse", "mse_with_interval"]


class Mean(NamedTuple):
    """A mean with its 95 % interval.

    Attributes:
        value: the mean.
        low: of Student's interval; None of fewer than two values.
        high: likewise.
        n: values.
    """

    value: float
    low: float | None
    high: float | None
    n: int


def mean(values: npt.ArrayLike) -> Mean:
    """Mean and Student's 95 % interval, t(n − 1).

    Example:
        >>> [round(each, 2) for each in mean([1.0, 2.0, 3.0])[:3]]
        [2.0, -0.48, 4.48]
    """
    from scipy.stats import t

    found = np.asarray(values, dtype=float)
    n, value = len(found), float(found.mean())
    if n < 2:
        return Mean(value, None, None, n)
    half = float(t.ppf(0.975, n - 1)) * float(found.std(ddof=1)) / sqrt(n)
    return Mean(value, value - half, value + half, n)


def mse(value: float) -> str:
    """An MSE with three digits.

    Example:
        >>> mse(0.00412345), mse(0.0400001), mse(0.0000328)
        ('0.00412', '0.0400', '3.28e-5')
    """
    return f"{value:#.3g}".replace("e-0", "e-")


def mse_with_interval(found: Mean) -> str:
    """An MSE with its interval, where it has one."""
    if found.low is None or found.high is None:
        return mse(found.value)
    return f"{mse(found.value)} ({mse(max(found.low, 0.0))} to {mse(found.high)})"


def change(log_ratio: float) -> str:
    """A ratio's change in percent, from its logarithm.

    Example:
        >>> change(-0.223), change(0.0953), change(-0.001)
        ('−20 %', '+10 %', '±0 %')
    """
    told = f"{100 * (exp(log_ratio) - 1):+.0f} %"
    return "±0 %" if told[1:] == "0 %" else told.replace("-", "−")


def change_with_interval(found: Mean) -> str:
    """A change in percent with its interval, from the mean of logarithms of ratios."""
    if found.low is None or found.high is None:
        return change(found.value)
    return f"{change(found.value)} ({change(found.low)} to {change(found.high)})"
