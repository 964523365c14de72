"""Scores of a trained net on one split, and the pictures kept to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from archsearch.records.pictures import FIRST, OF_EACH
from archsearch.records.sample_grid import SampleGrid
from archsearch.records.scores import ChromaHistogram, ClassScores, Scores
from archsearch.tasks import ColorScorer, Scorer, VarianceShare, collapsed
from archsearch.train.loop.epoch import PredictedBatch, predictions
from archsearch.train.loop.training import Training
from archsearch.train.unlike import LOOKED_AT, unlike

if TYPE_CHECKING:
    from archsearch.data import Pictures

__all__ = [
    "EpochScore",
    "Tested",
    "Validated",
    "score_epoch",
    "score_test",
    "score_val",
]


@dataclass(frozen=True)
class EpochScore:
    """What the validation split gave after an epoch.

    Attributes:
        mse: over all of it.
        constant: whether the output is the same for every picture of its first batch.
    """

    mse: float
    constant: bool


@dataclass(frozen=True)
class Validated:
    """What the validation split gave; ``variance`` is :class:`VarianceShare`'s."""

    scores: Scores
    variance: float | None


@dataclass(frozen=True)
class Tested:
    """What the test split gave."""

    scores: Scores
    classes: tuple[ClassScores, ...]
    chroma: ChromaHistogram | None
    samples: SampleGrid


def score_epoch(training: Training, indices: Tensor) -> EpochScore:
    """Give what an epoch needs to know: the MSE, and whether the output of a batch varies."""
    scorer, varied = Scorer(ssim=False), VarianceShare(merged=training.task.merges)
    for place, part in enumerate(predictions(training, indices)):
        scorer.add(part.predicted_NCHW, part.images_NCHW)
        if place == 0:
            varied.add(_varying(training, part), part.images_NCHW)
    return EpochScore(scorer.scores().mse, collapsed(varied.value()))


def score_val(training: Training, pictures: Pictures) -> Validated:
    """Give the scores of the validation split, and whether its predictions differ."""
    varied = VarianceShare(merged=training.task.merges)
    scorer, colors = _scored(training, pictures.val, pictures, test=False, varied=varied)
    return Validated(_with_colors(scorer, colors, test=False), varied.value())


def score_test(training: Training, pictures: Pictures) -> Tested:
    """Give the scores of the test split, and pictures of it."""
    scorer, colors = _scored(training, pictures.test, pictures, test=True)
    first = unlike(pictures.images_NCHW[pictures.test[:LOOKED_AT]], FIRST)
    chosen = [] if colors is None else _chosen(colors.delta_e_per_picture().cpu())
    return Tested(
        scores=_with_colors(scorer, colors, test=True),
        classes=() if colors is None else colors.classes(pictures.classes),
        chroma=None if colors is None else colors.histogram(),
        samples=_samples(training, pictures.test[first + chosen], len(chosen)),
    )


def _scored(
    training: Training,
    indices: Tensor,
    pictures: Pictures,
    *,
    test: bool,
    varied: VarianceShare | None = None,
) -> tuple[Scorer, ColorScorer | None]:
    scorer = Scorer(metrics=training.settings.metrics)
    colors = ColorScorer(lab=test) if training.kind.scores_colors else None
    for part in predictions(training, indices):
        scorer.add(part.predicted_NCHW, part.images_NCHW)
        if varied is not None:
            varied.add(_varying(training, part), part.images_NCHW)
        if colors is not None:
            colors.add(
                part.predicted_NCHW,
                part.images_NCHW,
                unclipped_N3HW=part.unclipped_NCHW if training.task.merges else None,
                labels_N=None if pictures.labels is None else pictures.labels[part.indices],
            )
    return scorer, colors


def _varying(training: Training, part: PredictedBatch) -> Tensor:
    """The predictions whose variance is measured."""
    return part.unclipped_NCHW if training.task.merges else part.predicted_NCHW


def _with_colors(scorer: Scorer, colors: ColorScorer | None, *, test: bool) -> Scores:
    scores = scorer.scores()
    if colors is None:
        return scores
    return scores.model_copy(update={"color": colors.scores(test=test)})


def _chosen(delta_e_N: Tensor) -> list[int]:
    """Places of the least, the middling and the largest ΔE, by rising ΔE."""
    order = delta_e_N.argsort(stable=True).tolist()
    last, middle = len(order) - 1, len(order) // 2 - OF_EACH // 2
    starts = (0, middle, len(order) - OF_EACH)
    places = [start + step for start in starts for step in range(OF_EACH)]
    return [order[min(max(place, 0), last)] for place in places]


def _samples(training: Training, indices: Tensor, chosen: int) -> SampleGrid:
    (part,) = predictions(training, indices)
    return SampleGrid(
        originals=_as_bytes(part.images_NCHW),
        shown=_as_bytes(part.shown_NCHW),
        predicted=_as_bytes(part.predicted_NCHW),
        chosen=chosen,
    )


def _as_bytes(images_NCHW: Tensor) -> NDArray[numpy.uint8]:
    scaled_NCHW = images_NCHW.mul(255).round().clamp(0, 255)
    return scaled_NCHW.to("cpu", torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()
