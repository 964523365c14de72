"""What a study will cost, in multiply-accumulates, before any training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archsearch.config import DataSettings
from archsearch.config.sources import split_source
from archsearch.space.candidates import Candidate

__all__ = ["Cost", "predicted_cost", "training_pictures"]

TRAINING_SHARE = 0.8
FORWARD_AND_BACKWARD = 3
"""A step costs about three forward passes: one forward, two for the gradients."""


@dataclass(frozen=True)
class Cost:
    """What all trainings of a study take.

    Attributes:
        trainings: candidates × seeds.
        macs_per_picture: mean over the trainings, one forward pass.
        pictures: of the training split; None where the source tells only when read.
        epochs: mean over the trainings.
        total_macs: trainings × MACs × pictures × epochs × 3; None without ``pictures``.
        minutes: on this machine with one worker; None where it wasn't calibrated.
    """

    trainings: int
    macs_per_picture: float
    pictures: int | None
    epochs: float
    total_macs: float | None
    minutes: float | None = None


def training_pictures(data: DataSettings) -> int | None:
    """Pictures of the training split; None where only reading the source would tell.

    Example:
        >>> training_pictures(DataSettings(source="cifar10", limit=12000))
        9600
    """
    found = split_source(data.source)
    size = None if found is None else found[0].pictures
    if data.limit is not None:
        size = data.limit if size is None else min(size, data.limit)
    return None if size is None else int(size * TRAINING_SHARE)


def predicted_cost(candidates: Sequence[Candidate], trials: int, seeds: int) -> Cost:
    """The cost of ``trials`` trainings with each seed, as the mean of ``candidates`` has it."""
    pictures = training_pictures(candidates[0].settings.data)
    each = [c.plan.macs * c.settings.train.epochs for c in candidates]
    trainings = trials * seeds
    mean = sum(each) / len(each)
    return Cost(
        trainings=trainings,
        macs_per_picture=sum(c.plan.macs for c in candidates) / len(candidates),
        pictures=pictures,
        epochs=sum(c.settings.train.epochs for c in candidates) / len(candidates),
        total_macs=None if pictures is None else trainings * mean * pictures * FORWARD_AND_BACKWARD,
    )
