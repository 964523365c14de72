"""What all settings have in common."""

from __future__ import annotations

from abc import abstractmethod

from pydantic import BaseModel, ConfigDict

__all__ = ["Named", "Settings"]


class Settings(BaseModel):
    """Base of all settings: frozen, unknown keys refused, no coercion of text."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Named(Settings):
    """Settings of several forms, each under a name of its own."""

    name: str

    @classmethod
    @abstractmethod
    def form(cls, name: str) -> type[Settings] | None:
        """Those called ``name``, if there are any."""
