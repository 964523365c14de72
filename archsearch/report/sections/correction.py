"""All that is looked for after the fact, corrected together.

The study is about one question, whether error correlates with latent size, and its interval is
that of one look. Everything else a page may find in the same data (rivals, groups, parts
of the range, a knee, choices, pairs, answers without some runs) is one family of tests:
Holm's correction keeps the chance that any of them is a false alarm at 5 %. With the
headline's own 5 % a study of pure noise has anything to show in at most 10 %.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from archsearch.report.statistics.multiple import holm

__all__ = ["Look", "correct"]

Look = Callable[[float | None], float | None]
"""Gives the corrected p for the p of one finding; None stays None."""

Found = TypeVar("Found")


def correct(found: Found, each: Callable[[Found, Look], Found]) -> tuple[Found, int]:
    """What was found with corrected p, and for how many tests they are corrected.

    Args:
        found: everything that was looked at.
        each: gives ``found`` anew with what a function makes of each p in it, always in the same
            order.
    """
    looks: list[float | None] = []

    def noted(p: float | None) -> None:
        looks.append(p)

    each(found, noted)
    after = iter(holm(looks))
    return each(found, lambda _: next(after)), sum(p is not None for p in looks)
