"""Estimates in a form that seaborn draws with the intervals they already have."""

from __future__ import annotations

from typing import Any

from archsearch.report.statistics.intervals import Estimate

__all__ = ["AS_GIVEN", "as_sample"]

AS_GIVEN: dict[str, Any] = {"estimator": "median", "errorbar": ("pi", 100)}
"""What seaborn is told so that it draws :func:`as_sample` as value and interval."""


def as_sample(estimate: Estimate) -> list[float]:
    """Numbers whose median is the value, and whose range is its 95 % interval.

    seaborn summarizes samples itself, and would make intervals of its own. Empty
    without a value; the value alone without an interval.

    Example:
        >>> as_sample(Estimate(0.5, 0.1, 0.7, 20, None))
        [0.1, 0.5, 0.7]
    """
    if estimate.value is None:
        return []
    if estimate.low is None or estimate.high is None:
        return [estimate.value]
    return [estimate.low, estimate.value, estimate.high]
