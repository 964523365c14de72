"""Colorization: RGB from the luminance."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from archsearch.config.tasks.color import ColorSettings, color_task
from archsearch.config.tasks.kind import TaskWords
from archsearch.config.tasks.settings import Colors

__all__ = ["COLORIZE", "Colorize"]


class Colorize(ColorSettings):
    """RGB, from the picture's luminance."""

    name: Literal["colorize"] = "colorize"
    keep_luminance: Annotated[
        bool, Field(description="The exact luminance replaces the predicted one.")
    ] = False

    def colors(self) -> Colors:
        """RGB, or its chroma with the exact luminance."""
        return "rgb-merged" if self.keep_luminance else "rgb"


COLORIZE = color_task(
    Colorize,
    "archsearch.tasks.colorize:make",
    TaskWords(shown="gray", told=("keep_luminance",)),
)
