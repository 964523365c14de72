"""What all tasks' settings have in common: how they are written, and what options decide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from archsearch.config.conflict import Conflict
from archsearch.config.named_settings import NamedSettings
from archsearch.config.settings import TrainSettings

__all__ = ["Colors", "TaskSettings"]

Colors = Literal["rgb", "rgb-merged", "chroma", "classes"]
"""How a prediction comes by its colors: RGB itself; RGB, of which only the chroma is taken;
chroma; classes of chroma. All but the first are merged with the exact luminance."""


class TaskSettings(NamedSettings):
    """Base of every task's settings."""

    def feeds(self, channels: int) -> int:
        """Channels that the net is fed, of pictures with ``channels``."""
        return channels

    def wants(self, channels: int) -> int:
        """Channels that the net should give back, of pictures with ``channels``."""
        return channels

    def conflicts(
        self, train: TrainSettings, height: int | None, width: int | None
    ) -> Iterator[Conflict]:
        """What can't be, with this recipe and pictures of this size (None: not known)."""
        yield from ()

    def colors(self) -> Colors:
        """How predictions come by their colors; only asked where a task's colors are scored."""
        return "rgb"
