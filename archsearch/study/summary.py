"""Studies in few words: what stands where, and which trial is best."""

from __future__ import annotations

from archsearch.errors import InputError, NothingCompletedError
from archsearch.records import StudyRecord, TrialRecord, trial_counts
from archsearch.study.objectives import objective_value, pareto_order

__all__ = [
    "best_trial",
    "objectives",
    "pareto_front",
    "required_best",
    "shown_trial",
    "status",
    "trial_values",
]


def objectives(study: StudyRecord) -> tuple[str, ...]:
    """What the study's trials are judged by."""
    named = study.settings.get("objectives", ("val.mse",))
    return tuple(str(name) for name in named) if isinstance(named, list | tuple) else ("val.mse",)


def trial_values(study: StudyRecord, trial: TrialRecord) -> tuple[float, ...] | None:
    """A complete trial's objectives; None where it lacks one."""
    if trial.state != "complete" or trial.plan is None:
        return None
    results = [seed.result for seed in trial.seeds if seed.result is not None]
    values = [objective_value(name, trial.plan, results) for name in objectives(study)]
    found = tuple(value for value in values if value is not None)
    return found if len(found) == len(values) else None


def pareto_front(study: StudyRecord) -> tuple[TrialRecord, ...]:
    """Complete trials that no other beats in all objectives, the best in the first first.

    With one objective that is one trial: the best, the first among equals.
    """
    judged = [(trial, trial_values(study, trial)) for trial in study.trials]
    complete = [(trial, values) for trial, values in judged if values is not None]
    order = pareto_order([values for _, values in complete], objectives(study))
    return tuple(complete[place][0] for place in order)


def best_trial(study: StudyRecord) -> TrialRecord | None:
    """The best trial; with several objectives, the Pareto front's best in the first."""
    return next(iter(pareto_front(study)), None)


def status(study: StudyRecord) -> dict[str, object]:
    """What ``study status --json`` prints, but for its version.

    ``point`` is what the best trial's names were set to, ``values`` its objectives.
    """
    front = pareto_front(study)
    return {
        "study": study.name,
        "counts": dict(trial_counts(study)),
        "objectives": list(objectives(study)),
        "best": shown_trial(study, front[0]) if front else None,
        "pareto": [shown_trial(study, trial) for trial in front],
        "seconds": study.seconds,
        "unreadable": [{"name": each.name, "reason": each.reason} for each in study.unreadable],
    }


def shown_trial(study: StudyRecord, trial: TrialRecord) -> dict[str, object]:
    """A trial as programs read it."""
    values = trial_values(study, trial)
    return {
        "number": trial.number,
        "values": None if values is None else list(values),
        "point": trial.values,
    }


def required_best(study: StudyRecord, number: int | None = None) -> TrialRecord:
    """The best trial, or the point of the Pareto front that ``number`` names.

    Raises:
        NothingCompletedError: there is none yet.
        InputError: the front has no such trial.
    """
    front = pareto_front(study)
    if number is not None and front:
        for trial in front:
            if trial.number == number:
                return trial
        raise InputError(
            f"trial {number} of {study.name!r} is not on the Pareto front",
            help="the front has trials " + ", ".join(str(trial.number) for trial in front),
        )
    best = next(iter(front), None)
    if best is None:
        raise NothingCompletedError(
            f"no trial of {study.name!r} is complete",
            help=f"`archsearch study status {study.name}` tells where it stands",
        )
    return best
