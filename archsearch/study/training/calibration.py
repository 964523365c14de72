"""Minutes that a study will take here, from a few short trainings on made-up pictures."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from archsearch.config import RunSettings, pictures_of
from archsearch.records import Baselines
from archsearch.space import Candidate
from archsearch.spec import ModelPlan

if TYPE_CHECKING:
    from archsearch.data import Pictures

__all__ = ["predicted_minutes"]

PLACES = (0.1, 0.5, 0.9)
"""Candidates that are timed, by their place among all when sorted by MACs."""
STEPS = 12


def predicted_minutes(
    candidates: Sequence[Candidate],
    trainings: int,
    pictures: int,
    *,
    threads: int | None = None,
) -> float:
    """Minutes of all trainings one after the other.

    The time of a step on one picture is taken as a + b·MACs, fitted to three
    candidates of low, middle and high cost; what pictures show doesn't matter.

    Args:
        candidates: the design, or a sample of what a search may propose.
        trainings: how many there will be.
        pictures: in the training split.
        threads: of a training; None: as torch has it.
    """
    by_cost = sorted(candidates, key=lambda candidate: candidate.plan.macs)
    timed = [by_cost[round(place * (len(by_cost) - 1))] for place in PLACES]
    macs = np.array([float(c.plan.macs) for c in timed])
    seconds = np.array([_seconds_a_picture(c, threads) for c in timed])
    slope, base = np.polyfit(macs, seconds, 1) if np.ptp(macs) > 0 else (0.0, seconds.mean())
    each = [
        max(base + slope * c.plan.macs, seconds.min()) * pictures * c.settings.train.epochs
        for c in candidates
    ]
    return float(np.mean(each)) * trainings / 60


def _seconds_a_picture(candidate: Candidate, threads: int | None) -> float:
    """The median pace of two short epochs; a first one warms up."""
    from archsearch.train import fit

    batch = candidate.settings.train.batch_size
    count = batch * STEPS
    train = candidate.settings.train.model_copy(update={"epochs": 3, "early_stopping": None})
    settings = RunSettings(data=candidate.settings.data, task=candidate.settings.task, train=train)
    ends = [time.perf_counter()]
    fit(
        candidate.plan,
        settings,
        _made_up(candidate.plan, count, pictures_of(candidate.plan, settings.task)),
        seed=0,
        threads=threads,
        on_epoch=lambda _: ends.append(time.perf_counter()),
        baselines=Baselines.of({"channel_mean": (1.0, 1.0)}),
    )
    return float(np.min(np.diff(ends)[1:])) / count


def _made_up(plan: ModelPlan, count: int, channels: int) -> Pictures:
    import torch

    from archsearch.data import Pictures

    made = torch.Generator().manual_seed(0)
    more = max(1, count // 8)
    shape = (count + 2 * more, channels, plan.input.height, plan.input.width)
    return Pictures(
        images_NCHW=torch.randint(0, 256, shape, dtype=torch.uint8, generator=made),
        train=torch.arange(count),
        val=torch.arange(count, count + more),
        test=torch.arange(count + more, count + 2 * more),
        mean=(0.5,) * channels,
        std=(0.29,) * channels,
        source="made up",
        note="",
        fingerprint="0" * 16,
        classes=(),
        labels=None,
    )
