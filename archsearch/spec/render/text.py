"""How text stands on a terminal."""

from __future__ import annotations

import unicodedata

__all__ = ["columns"]


def columns(text: str) -> int:
    """Columns that ``text`` takes: wide characters two, combining ones none.

    Example:
        >>> columns("kernel"), columns("漢字")
        (6, 4)
    """
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
