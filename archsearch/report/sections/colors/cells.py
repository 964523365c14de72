"""Numbers over seeds as cells: the mean, and its interval as small print."""

from __future__ import annotations

from collections.abc import Callable

from archsearch.report.formatting import error
from archsearch.report.sections.blocks import Cell
from archsearch.report.sections.colors.measures import Spread
from archsearch.report.sections.colors.remedies import Shift

__all__ = ["between", "cell", "decimals", "mse", "share", "signed", "whole_percent"]

Write = Callable[[float], str]


def mse(value: float) -> str:
    """An MSE; an interval's end may lie under 0."""
    return error(value).replace("-", "−", 1) if value < 0 else error(value)


def decimals(value: float) -> str:
    """Two decimals."""
    return f"{value:.2f}".replace("-", "−")


def signed(value: float) -> str:
    """A change, two decimals with its sign."""
    return f"{value:+.2f}".replace("-", "−")


def share(value: float) -> str:
    """A share of pixels in percent."""
    return f"{100 * value:.1f} %".replace("-", "−")


def whole_percent(value: float) -> str:
    """A share in whole percent."""
    return f"{100 * value:.0f} %".replace("-", "−")


def cell(found: Spread | Shift | None, write: Write) -> Cell:
    """The mean or the change, from where to where, and what it sorts by."""
    if found is None:
        return Cell("–")
    middle = found.mean if isinstance(found, Spread) else found.value
    return Cell(write(middle), between(found, write), middle)


def between(found: Spread | Shift, write: Write) -> str:
    """From where to where, in short; empty without an interval.

    Example:
        >>> between(Spread(0.6, 0.5, 0.7, 2), decimals), between(Spread(1, 1, 1, 2), decimals)
        ('0.50 to 0.70', 'all 1.00')
    """
    if found.low is None or found.high is None:
        return ""
    low, high = write(found.low), write(found.high)
    return f"all {low}" if low == high else f"{low.removesuffix(' %')} to {high}"
