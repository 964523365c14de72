"""The word that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice

__all__ = ["did_you_mean", "nearest"]

_MANY = 40
_COMPARED = 12
_SHOWN = 20


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The one of ``words`` most like ``word``, or None when none is.

    Example:
        >>> nearest("kernal", ["kernel", "stride"])
        'kernel'
    """
    return _nearest(word, tuple(_candidates(word, list(words))))


@lru_cache(maxsize=1000)
def _nearest(word: str, words: tuple[str, ...]) -> str | None:
    by_folded = {known.lower(): known for known in words}
    found = get_close_matches(word.lower(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def _candidates(word: str, words: list[str]) -> list[str]:
    """All words; of very many, those that begin alike, so that this stays fast."""
    if len(words) <= _MANY:
        return words
    alike = (w for w in words if w[:2] == word[:2] and abs(len(w) - len(word)) <= 2)
    return [*islice(alike, _COMPARED)]


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Help for an unknown word: the nearest one, or all that are allowed."""
    known = list(words)
    near = nearest(word, known)
    if near:
        return f"did you mean `{near}`?"
    if len(known) > _SHOWN:
        known = [*known[:_SHOWN], f"and {len(known) - _SHOWN} more"]
    return "allowed: " + ", ".join(known) if known else "there are none here"
