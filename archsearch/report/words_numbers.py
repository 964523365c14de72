"""Numbers as the page writes them."""

from __future__ import annotations

from math import exp

from archsearch.report.statistics.correlation import Estimate

__all__ = ["decimal", "error", "interval", "percent", "percent_interval"]


def decimal(value: float) -> str:
    """Two decimals with a true minus sign.

    Example:
        >>> decimal(-0.456)
        '−0.46'
    """
    return f"{value:.2f}".replace("-", "−") if abs(value) >= 0.005 else "0.00"


def error(value: float) -> str:
    """An MSE with three digits.

    Example:
        >>> error(0.0041), error(0.0000123)
        ('0.00410', '1.23e-5')
    """
    return f"{value:#.3g}".replace("e-0", "e-")


def percent(share: float) -> str:
    """A change in whole percent with its sign."""
    return f"{100 * share:+.0f} %".replace("-", "−")


def interval(estimate: Estimate) -> str:
    """The 95 % interval of a correlation."""
    if estimate.low is None or estimate.high is None:
        return "unknown"
    return f"{decimal(estimate.low)} to {decimal(estimate.high)}"


def percent_interval(estimate: Estimate) -> str:
    """The 95 % interval of a difference of logs, as changes in percent.

    Example:
        >>> percent_interval(Estimate(-0.1, -0.2, 0.0, 9, None))
        '−18 % to +0 %'
    """
    if estimate.low is None or estimate.high is None:
        return "unknown"
    # A difference of 20 in logs is beyond any error a net can have.
    return (
        f"{percent(exp(min(estimate.low, 20)) - 1)} to {percent(exp(min(estimate.high, 20)) - 1)}"
    )
