"""Two settings that don't go together."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Conflict"]


@dataclass(frozen=True)
class Conflict:
    """Two settings that don't go together; ``path`` is the one to blame."""

    path: tuple[str, ...]
    message: str
    help: str
