"""What all settings have in common."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict

__all__ = ["Settings"]


class Settings(BaseModel):
    """Base of all settings: frozen, unknown keys refused, no coercion of text."""

    # Validators are built when they are first needed: `check` of a spec needs none.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    @classmethod
    def at_defaults(cls) -> Self:
        """All fields at their defaults, as ``cls()`` has them, but no validator is built."""
        return cls.model_construct()
