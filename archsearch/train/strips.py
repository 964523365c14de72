"""A run's test pictures as one plain PNG, which reports read, and drawing it once more."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy

from archsearch.config import RunSettings
from archsearch.files import write_bytes
from archsearch.nn import load_weights
from archsearch.train.fit import prepare
from archsearch.train.scoring import Strip, score_test

if TYPE_CHECKING:
    from archsearch.data import Pictures
    from archsearch.spec.plan import ModelPlan

__all__ = ["redraw_strip", "strip_png"]


def strip_png(strip: Strip) -> bytes:
    """Give originals over predictions, side by side, as a PNG of 8 bits: gray or RGB."""
    from PIL import Image

    rows = [row.swapaxes(0, 1) for row in (strip.originals, strip.predicted)]
    height, count, width, channels = rows[0].shape
    pixels = numpy.concatenate([row.reshape(height, count * width, channels) for row in rows])
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0] if channels == 1 else pixels).save(file, "PNG")
    return file.getvalue()


def redraw_strip(
    plan: ModelPlan, settings: RunSettings, pictures: Pictures, weights: Path, out: Path
) -> None:
    """Write the strip of a net that is trained already; nothing else is measured or kept.

    Args:
        plan: the net's.
        settings: that it was trained with.
        pictures: that it was trained on.
        weights: the run's model file.
        out: the PNG to write.

    Raises:
        InputError: weights that don't fit the plan.
    """
    training = prepare(plan, settings, pictures, settings.train.seed)
    load_weights(training.model, weights)
    write_bytes(out, strip_png(score_test(training, pictures).strip))
