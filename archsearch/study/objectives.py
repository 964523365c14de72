"""What a trial is judged by: errors on the validation split, and costs of its plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean
from typing import Literal

from archsearch.config import MAXIMIZED
from archsearch.records import PlanRecord, RunResult

__all__ = ["GUESSES", "directions", "objective_value", "pareto_order"]

GUESSES = {"val.mse": 0.03, "val.psnr": 15.0, "val.ssim": 0.5}
"""What an untrained candidate is taken to give while no trained one tells: the middle of
what autoencoders of natural pictures give."""

_OF_PLAN = {
    "latent.size": "latent_size",
    "latent.effective_size": "effective_size",
    "bottleneck.size": "bottleneck_size",
    "latent.channels": "latent_channels",
    "latent.height": "latent_height",
    "latent.width": "latent_width",
    "params": "params",
    "macs": "macs",
    "encoder_depth": "encoder_depth",
}


def directions(objectives: Sequence[str]) -> list[Literal["minimize", "maximize"]]:
    """Which way each objective goes.

    Example:
        >>> directions(["val.mse", "val.ssim"])
        ['minimize', 'maximize']
    """
    return ["maximize" if name in MAXIMIZED else "minimize" for name in objectives]


def objective_value(name: str, plan: PlanRecord, results: Sequence[RunResult]) -> float | None:
    """One objective of a trial, errors as the mean over its seeds; None where there is none.

    SSIM has no value on pictures under 11 pixels, PSNR none on a perfect copy.
    """
    if name in _OF_PLAN:
        return float(getattr(plan, _OF_PLAN[name]))
    scores = [getattr(result.val, name.removeprefix("val.")) for result in results]
    if not scores or any(score is None or not math.isfinite(score) for score in scores):
        return None
    return fmean(scores)


def pareto_order(points: Sequence[Sequence[float]], objectives: Sequence[str]) -> list[int]:
    """Places of the points that no other beats in all objectives, the best in the first first.

    Of equal points the first counts.

    Example:
        >>> pareto_order([(3, 1), (1, 3), (2, 2), (3, 3)], ["val.mse", "params"])
        [1, 2, 0]
    """
    signs = [-1.0 if name in MAXIMIZED else 1.0 for name in objectives]
    signed = [tuple(s * v for s, v in zip(signs, point, strict=True)) for point in points]
    front: list[int] = []
    for place in sorted(range(len(signed)), key=lambda i: (signed[i], i)):
        # Sorted so, a point can only be beaten by one before it.
        if not any(_at_least(signed[other], signed[place]) for other in front):
            front.append(place)
    return front


def _at_least(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True))
