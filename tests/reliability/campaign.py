"""A campaign: many cases of one kind, each by its seed, and what must hold in all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Campaign", "Outcome"]


@dataclass(frozen=True)
class Outcome:
    """What came of one case.

    Attributes:
        case: what was tried, so that a person can try it again.
        ended: how it ended, in a word or two that many cases share.
        faults: what must not be; none where all went well.
    """

    case: str
    ended: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Campaign:
    """One row of the table.

    Attributes:
        name: for the command line.
        tries: what is done, as the page tells it.
        holds: what must hold.
        wanted: cases of the whole campaign, seeds 0 … wanted−1.
        few: seeds of the part that ``make test`` runs.
        try_one: does the case of a seed.
    """

    name: str
    tries: str
    holds: str
    wanted: int
    few: tuple[int, ...]
    try_one: Callable[[int], Outcome]
