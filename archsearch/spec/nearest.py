"""The word that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["did_you_mean", "nearest"]


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The one of ``words`` most like ``word``, or None when none is.

    Example:
        >>> nearest("kernal", ["kernel", "stride"])
        'kernel'
    """
    by_folded = {known.lower(): known for known in words}
    found = get_close_matches(word.lower(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Help for an unknown word: the nearest one, or all that are allowed."""
    known = list(words)
    near = nearest(word, known)
    return f"did you mean `{near}`?" if near else "allowed: " + ", ".join(known)
