"""Several tests at once: p-values that keep the chance of any false alarm."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["LEVEL", "holm", "is_shown"]

LEVEL = 0.05
"""The chance of any false alarm among all findings looked for after the fact."""


def is_shown(p_corrected: float | None) -> bool:
    """Whether a corrected p shows what it is of; None stands for a test not done."""
    return p_corrected is not None and p_corrected < LEVEL


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's step-down adjustment (Holm 1979), in the order given.

    The smallest p is multiplied by the number of tests, the next by one less,
    and so on, never falling and never over 1. None stands for a test that
    couldn't be done, and counts as none.

    Example:
        >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03, 0.005])]
        [0.03, 0.06, 0.06, 0.02]
    """
    known = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, place) in enumerate(known):
        highest = min(1.0, max(highest, (len(known) - rank) * p))
        adjusted[place] = highest
    return adjusted
