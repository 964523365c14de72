"""Lists of words in a sentence."""

from collections.abc import Iterable

__all__ = ["enumerated"]


def enumerated(words: Iterable[str]) -> str:
    """The words with commas, and with ``and`` before the last.

    Example:
        >>> enumerated(["conv", "pool", "dense"])
        'conv, pool and dense'
    """
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
