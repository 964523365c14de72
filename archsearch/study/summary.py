"""Studies in few words: what stands where, and which trial is best."""

from __future__ import annotations

from archsearch.errors import NothingCompletedError
from archsearch.records import StudyRecord, TrialRecord, trial_counts

__all__ = ["best_trial", "required_best", "status"]


def best_trial(study: StudyRecord) -> TrialRecord | None:
    """The complete trial with the smallest mean validation MSE; the first among equals."""
    complete = [t for t in study.trials if t.state == "complete" and t.value is not None]
    return min(complete, key=lambda trial: (trial.value or 0.0, trial.number), default=None)


def status(study: StudyRecord) -> dict[str, object]:
    """What ``study status --json`` prints, but for its version.

    ``point`` is what the best trial's names were set to, ``values`` its objectives.
    """
    best = best_trial(study)
    return {
        "study": study.name,
        "counts": dict(trial_counts(study)),
        "best": None
        if best is None
        else {"number": best.number, "values": [best.value], "point": best.values},
        "seconds": study.seconds,
    }


def required_best(study: StudyRecord) -> TrialRecord:
    """The best trial.

    Raises:
        NothingCompletedError: there is none yet.
    """
    best = best_trial(study)
    if best is None:
        raise NothingCompletedError(
            f"no trial of {study.name!r} is complete",
            help=f"`archsearch study status {study.name}` tells where it stands",
        )
    return best
