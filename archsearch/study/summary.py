"""Studies in few words: what stands where, and which trial is best."""

from __future__ import annotations

from archsearch.errors import InputError, NothingCompletedError
from archsearch.records import (
    StudyRecord,
    TrialRecord,
    objective_names,
    pareto_front,
    trial_counts,
    trial_values,
    unknown_objectives,
)

__all__ = ["required_best", "shown_trial", "status"]


def status(study: StudyRecord) -> dict[str, object]:
    """What ``study status --json`` prints, but for its version.

    ``point`` is what the best trial's names were set to, ``values`` its objectives.
    """
    front = pareto_front(study)
    return {
        "study": study.name,
        "counts": dict(trial_counts(study)),
        "objectives": list(objective_names(study)),
        "best": shown_trial(study, front[0]) if front else None,
        "pareto": [shown_trial(study, trial) for trial in front],
        "seconds": study.seconds,
        "unreadable": [{"name": each.name, "reason": each.reason} for each in study.unreadable],
    }


def shown_trial(study: StudyRecord, trial: TrialRecord) -> dict[str, object]:
    """A trial as programs read it."""
    values = trial_values(trial, objective_names(study))
    return {
        "number": trial.number,
        "values": None if values is None else list(values),
        "point": trial.values,
    }


def required_best(study: StudyRecord, number: int | None = None) -> TrialRecord:
    """The best trial, or the complete trial that ``number`` names.

    Of several objectives, the best in the first is the best.

    Raises:
        NothingCompletedError: there is none yet.
        InputError: no such trial is complete, or this version can't judge the study's.
    """
    unknown = unknown_objectives(study)
    if unknown:
        raise InputError(
            f"{study.name!r} has the objective {', '.join(unknown)}, which this "
            "version of archsearch doesn't know",
            help="use the version that made the study, or a newer one",
        )
    if number is not None:
        return _complete(study, number)
    best = next(iter(pareto_front(study)), None)
    if best is None:
        raise NothingCompletedError(
            f"no trial of {study.name!r} is complete",
            help=f"`archsearch study status {study.name}` shows its state",
        )
    return best


def _complete(study: StudyRecord, number: int) -> TrialRecord:
    complete = [
        trial for trial in study.trials if trial_values(trial, objective_names(study)) is not None
    ]
    for trial in complete:
        if trial.number == number:
            return trial
    front = ", ".join(str(trial.number) for trial in pareto_front(study))
    raise InputError(
        f"no trial {number} of {study.name!r} is complete",
        help=f"{len(complete)} trials are, the best of them: {front}"
        if complete
        else f"`archsearch study status {study.name}` shows its state",
    )
