"""A run's test pictures as one plain PNG, which reports read; and a trained run opened again."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy

from archsearch.config import RunSettings
from archsearch.nn import load_weights
from archsearch.records.results import RunResult
from archsearch.train.fit import TrainedRun, prepare
from archsearch.train.scoring import Strip, score_test

if TYPE_CHECKING:
    from archsearch.data import Pictures
    from archsearch.spec.plan.model import ModelPlan

__all__ = ["reopened", "strip_png"]


def strip_png(strip: Strip) -> bytes:
    """Give originals over predictions, side by side, as a PNG of 8 bits: gray or RGB."""
    from PIL import Image

    rows = [row.swapaxes(0, 1) for row in (strip.originals, strip.predicted)]
    height, count, width, channels = rows[0].shape
    pixels = numpy.concatenate([row.reshape(height, count * width, channels) for row in rows])
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0] if channels == 1 else pixels).save(file, "PNG")
    return file.getvalue()


def reopened(
    plan: ModelPlan,
    settings: RunSettings,
    pictures: Pictures,
    recorded: RunResult,
    weights: Path,
) -> TrainedRun:
    """A training that has ended, with its test pictures; nothing is measured anew.

    Args:
        plan: the net's.
        settings: that it was trained with.
        pictures: that it was trained on.
        recorded: its numbers.
        weights: the run's model file.

    Raises:
        InputError: weights that don't fit the plan.
    """
    training = prepare(plan, settings, pictures, settings.train.seed)
    load_weights(training.model, weights)
    return TrainedRun(recorded, training.model, score_test(training, pictures).strip)
