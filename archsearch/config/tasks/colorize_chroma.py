"""Colorization: chroma from the luminance, which is merged in exactly."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from archsearch.config.tasks.color import ColorSettings, color_task
from archsearch.config.tasks.kind import TaskWords
from archsearch.config.tasks.settings import Colors

__all__ = ["COLORIZE_CHROMA", "ColorizeChroma"]


class ColorizeChroma(ColorSettings):
    """Cb and Cr, from the luminance, which is then merged in exactly."""

    name: Literal["colorize-chroma"] = "colorize-chroma"
    gain: Annotated[
        float,
        Field(
            gt=0,
            le=10,
            description="Factor on the predicted chroma's distance from gray, in predictions and "
            "errors; the loss doesn't have it.",
        ),
    ] = 1.0

    def wants(self, channels: int) -> int:
        """Cb and Cr."""
        return 2

    def colors(self) -> Colors:
        """Chroma."""
        return "chroma"


COLORIZE_CHROMA = color_task(
    ColorizeChroma,
    "archsearch.tasks.colorize_chroma:make",
    TaskWords(shown="gray", told=("gain",)),
)
