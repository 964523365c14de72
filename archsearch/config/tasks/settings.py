"""What all tasks' settings have in common: how they are written, and what options decide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from archsearch.config.base import Settings
from archsearch.config.conflict import Conflict
from archsearch.config.settings import TrainSettings

__all__ = ["Colors", "TaskSettings"]

Colors = Literal["rgb", "rgb-merged", "chroma", "classes"]
"""How a prediction comes by its colors: RGB itself; RGB, of which only the chroma is taken;
chroma; classes of chroma. All but the first are merged with the exact luminance."""


class TaskSettings(Settings):
    """Base of every task's settings: its name, and its options as fields.

    A subclass sets ``name: Literal["denoise"] = "denoise"``. Its docstring is what schemas
    say of the task, its fields' descriptions what they say of the options.
    """

    name: str

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

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> str | dict[str, object]:
        """As a study file has it: the name, with options under it where there are any."""
        options = {key: value for key, value in handler(self).items() if key != "name"}
        return {self.name: options} if options else self.name
