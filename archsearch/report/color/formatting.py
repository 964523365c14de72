"""Numbers, names and lists as the sentences on colors write them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from archsearch.report.color.effects import Shift
from archsearch.report.color.measures import Spread
from archsearch.report.color.variants import Variant
from archsearch.report.formatting import percent

__all__ = [
    "MOST_NAMED",
    "capital",
    "joined",
    "names_of",
    "percent_shift",
    "plain_shift",
    "with_range",
]

MOST_NAMED = 6
"""Variants a sentence names before it counts the rest."""


def with_range(found: Spread, write: Callable[[float], str]) -> str:
    """A mean with its interval, if it has one."""
    if found.low is None or found.high is None:
        return write(found.mean)
    return _with_ends(write(found.mean), write(found.low), write(found.high))


def percent_shift(shift: Shift) -> str:
    """A relative change with its interval."""
    return _shifted(shift, percent)


def plain_shift(shift: Shift) -> str:
    """A change with its sign, two decimals and its interval."""
    return _shifted(shift, lambda value: f"{value:+.2f}".replace("-", "−"))


def _shifted(shift: Shift, write: Callable[[float], str]) -> str:
    if shift.low is None or shift.high is None:
        return write(shift.value)
    return _with_ends(write(shift.value), write(shift.low), write(shift.high))


def _with_ends(middle: str, low: str, high: str) -> str:
    """Without the ends where they are written like the middle."""
    return middle if low == middle == high else f"{middle} ({low} to {high})"


def names_of(variants: Sequence[Variant]) -> str:
    """The first few by name, the rest by number."""
    named = [variant.name for variant in variants[:MOST_NAMED]]
    more = len(variants) - len(named)
    return joined(named) if more <= 0 else f"{', '.join(named)} and {more} more"


def joined(texts: Sequence[str]) -> str:
    """A list with semicolons and a last ``and``; items may hold commas."""
    return texts[0] if len(texts) == 1 else f"{'; '.join(texts[:-1])} and {texts[-1]}"


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return f"{text[:1].upper()}{text[1:]}"
