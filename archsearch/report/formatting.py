"""Numbers as the page writes them."""

from __future__ import annotations

from math import exp, floor, log10

from archsearch.report.statistics.intervals import Estimate

__all__ = [
    "change",
    "decimal",
    "error",
    "interval",
    "p_told",
    "p_value",
    "percent",
    "with_interval",
]


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
    """A change in whole percent with its sign.

    Example:
        >>> percent(-0.184), percent(-0.001)
        ('−18 %', '+0 %')
    """
    return f"{100 * share:+.0f} %".replace("-0 %", "+0 %").replace("-", "−")


def interval(estimate: Estimate) -> str:
    """The 95 % interval of a correlation."""
    if estimate.low is None or estimate.high is None:
        return "unknown"
    digits = _end if estimate.clear else decimal
    return f"{digits(estimate.low)} to {digits(estimate.high)}"


def _end(value: float) -> str:
    """An end that isn't 0, with as many digits as that takes."""
    if abs(value) >= 0.005:
        return decimal(value)
    places = -floor(log10(abs(value)))
    return f"{value:.{places}f}".replace("-", "−")


def with_interval(estimate: Estimate | None, unknown: str = "–") -> str:
    """A correlation with its 95 % interval, or ``unknown``.

    Example:
        >>> with_interval(Estimate(-0.5, -0.8, -0.1, 24, 0.01))
        '−0.50 (−0.80 to −0.10)'
    """
    if estimate is None or estimate.value is None:
        return unknown
    return f"{decimal(estimate.value)} ({interval(estimate)})"


def change(estimate: Estimate, unknown: str = "–") -> str:
    """A difference of logs as a change in percent with its 95 % interval, or ``unknown``.

    Example:
        >>> change(Estimate(-0.1, -0.2, 0.0, 9, None))
        '−10 % (−18 % to +0 %)'
    """
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return unknown
    # A difference of 20 in logs is beyond any error a net can have.
    value, low, high = (
        percent(exp(min(part, 20)) - 1) for part in (estimate.value, estimate.low, estimate.high)
    )
    return f"{value} ({low} to {high})"


def p_value(p: float | None) -> str:
    """A p with three decimals, or a dash."""
    if p is None:
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def p_told(p: float | None) -> str:
    """A p in a sentence.

    Example:
        >>> p_told(0.0123), p_told(0.0001)
        ('p = 0.012', 'p < 0.001')
    """
    if p is None:
        return "p unknown"
    return f"p {p_value(p)}" if p < 0.001 else f"p = {p_value(p)}"
