"""The objectives of a study's trials, and the trials that none beats in all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean

from archsearch.config.quantities import OBJECTIVES
from archsearch.records.plans import PlanRecord
from archsearch.records.results import RunResult
from archsearch.records.studies import StudyRecord, TrialRecord

__all__ = [
    "objective_names",
    "objective_value",
    "pareto_front",
    "pareto_order",
    "trial_values",
    "unknown_objectives",
]


def objective_names(study: StudyRecord) -> tuple[str, ...]:
    """What the study's trials are judged by, the first objective first."""
    named = study.settings.get("objectives", ("val.mse",))
    return tuple(str(name) for name in named) if isinstance(named, list | tuple) else ("val.mse",)


def unknown_objectives(study: StudyRecord) -> tuple[str, ...]:
    """Objectives that this version doesn't know: a newer one made the study."""
    return tuple(name for name in objective_names(study) if name not in OBJECTIVES)


def objective_value(name: str, plan: PlanRecord, results: Sequence[RunResult]) -> float | None:
    """One objective of a trial, scores as the mean over its seeds; None where there is none.

    SSIM has no value on pictures under 11 pixels, PSNR none on a perfect copy.

    Raises:
        KeyError: no such objective.
    """
    objective = OBJECTIVES[name]
    if not objective.measured:
        return float(getattr(plan, objective.column))
    scores = [result.val.value(objective.metric) for result in results]
    known = [score for score in scores if score is not None and math.isfinite(score)]
    return fmean(known) if known and len(known) == len(scores) else None


def trial_values(trial: TrialRecord, names: Sequence[str]) -> tuple[float, ...] | None:
    """A complete trial's values of these objectives; None where it lacks one of them."""
    if trial.state != "complete" or trial.plan is None or set(names) - set(OBJECTIVES):
        return None
    values = [objective_value(name, trial.plan, trial.results) for name in names]
    found = tuple(value for value in values if value is not None)
    return found if len(found) == len(values) else None


def pareto_front(study: StudyRecord, names: Sequence[str] | None = None) -> tuple[TrialRecord, ...]:
    """Complete trials that no other beats in all objectives, the best in the first first.

    Of trials equal in all of them the first counts; with one objective that leaves one trial,
    the best. Empty where an objective isn't known (:func:`unknown_objectives`).

    Args:
        study: the record.
        names: of the objectives, other than the study's own.
    """
    names = objective_names(study) if names is None else names
    if set(names) - set(OBJECTIVES):
        return ()
    judged = [(trial, trial_values(trial, names)) for trial in study.trials]
    complete = [(trial, values) for trial, values in judged if values is not None]
    order = pareto_order([values for _, values in complete], names)
    return tuple(complete[place][0] for place in order)


def pareto_order(points: Sequence[Sequence[float]], objectives: Sequence[str]) -> list[int]:
    """Places of the points that no other beats in all objectives, the best in the first first.

    Of equal points the first counts.

    Example:
        >>> pareto_order([(3, 1), (1, 3), (2, 2), (3, 3)], ["val.mse", "params"])
        [1, 2, 0]
    """
    signs = [OBJECTIVES[name].sign for name in objectives]
    signed = [tuple(s * v for s, v in zip(signs, point, strict=True)) for point in points]
    front: list[int] = []
    for place in sorted(range(len(signed)), key=lambda i: (signed[i], i)):
        # Sorted so, a point can only be beaten by one before it.
        if not any(_at_least(signed[other], signed[place]) for other in front):
            front.append(place)
    return front


def _at_least(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True))
