"""Colorization as classification: classes of quantized chroma from the luminance."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from archsearch.config.losses import OutputRule
from archsearch.config.tasks.chroma_bins import BINS_PER_AXIS, LARGEST_BINS_PER_AXIS, bin_centers
from archsearch.config.tasks.color import ColorSettings, color_task
from archsearch.config.tasks.kind import OwnLoss, TaskWords
from archsearch.config.tasks.settings import Colors

__all__ = ["COLORIZE_BINS", "ColorizeBins"]


class ColorizeBins(ColorSettings):
    """Classes of quantized chroma, from the luminance, which is then merged in exactly."""

    name: Literal["colorize-bins"] = "colorize-bins"
    grid: Annotated[
        int,
        Field(
            ge=2,
            le=LARGEST_BINS_PER_AXIS,
            description="Cells on each axis of the chroma plane; 10 give 93 classes.",
        ),
    ] = BINS_PER_AXIS
    rebalance: Annotated[
        float,
        Field(
            ge=0,
            le=0.99,
            description="How much more rare colors weigh in the loss: 0 not at all, 0.5 as in "
            "Zhang et al. (1 − λ), near 1 as much as common colors.",
        ),
    ] = 0.5
    temperature: Annotated[
        float,
        Field(
            gt=0,
            le=1,
            description="Temperature of the annealed mean: near 0 the likeliest class, 1 the mean.",
        ),
    ] = 0.38

    def wants(self, channels: int) -> int:
        """A score for each class."""
        return len(bin_centers(self.grid))

    def colors(self) -> Colors:
        """Classes of chroma."""
        return "classes"


COLORIZE_BINS = color_task(
    ColorizeBins,
    "archsearch.tasks.colorize_bins:make",
    TaskWords(
        shown="gray",
        no_better="Classification trades a higher error for stronger colors; the saturation shows "
        "whether that worked.",
        told=("rebalance",),
    ),
    OwnLoss(
        "the cross-entropy of its classes",
        OutputRule(("none", "sigmoid"), "it needs plain scores, which other activations change"),
    ),
)
