"""Two settings that can't be combined."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Conflict"]


@dataclass(frozen=True)
class Conflict:
    """Two settings that can't be combined; ``path`` is the one to blame."""

    path: tuple[str, ...]
    message: str
    help: str
