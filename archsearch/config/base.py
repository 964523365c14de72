"""What all settings have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["Settings"]


class Settings(BaseModel):
    """Base of all settings: frozen, unknown keys refused, no coercion of text."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
