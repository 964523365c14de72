"""What a study leaves behind: its candidates, their seeds, its settings."""

from __future__ import annotations

from collections import Counter
from typing import Literal, get_args

from archsearch.records.curves import Curves
from archsearch.records.plans import PlanRecord
from archsearch.records.results import Number, Record, RunResult

__all__ = [
    "SeedRecord",
    "SeedState",
    "StudyRecord",
    "TrialRecord",
    "TrialState",
    "Unreadable",
    "Value",
    "trial_counts",
]

Value = bool | int | float | str | tuple[int, int]
"""What a searched name can be set to."""

SeedState = Literal["complete", "failed", "pruned"]
TrialState = Literal["complete", "pruned", "failed", "infeasible", "running", "waiting"]


class SeedRecord(Record):
    """One claim (slot, seed) that ended: its result, or the reason it has none.

    ``pictures`` is the id of a PNG in the study's artifact store, and
    ``pictures_sha256`` its checksum; ``ended`` is when, in Unix seconds. None in
    records of older versions.
    """

    seed: int
    state: SeedState
    reason: str = ""
    result: RunResult | None = None
    pictures: str | None = None
    pictures_sha256: str | None = None
    ended: Number = None


class TrialRecord(Record):
    """One candidate with all its seeds.

    ``value`` is the mean validation MSE over seeds, None until complete;
    ``started`` and ``ended`` are in Unix seconds, None where not known.
    """

    number: int
    state: TrialState
    reason: str = ""
    values: dict[str, Value]
    plan: PlanRecord | None = None
    seeds: tuple[SeedRecord, ...] = ()
    value: Number = None
    duplicate_of: int | None = None
    started: Number = None
    ended: Number = None


class Unreadable(Record):
    """A stored thing that was skipped: what it is, and why; ``trial`` where it is one."""

    name: str
    reason: str
    trial: int | None = None


class StudyRecord(Record):
    """A study as its storage holds it.

    ``settings`` is the study file after validation, as JSON-ready data;
    ``designed`` tells whether the method draws a design (its trials may be
    used for correlations) or adapts to results; ``note`` says why there are
    fewer trials than it was asked for, "" where there aren't; ``unreadable``
    are its trials and other records that were skipped.
    """

    name: str
    settings: dict[str, object]
    designed: bool
    space_hash: str
    trials: tuple[TrialRecord, ...]
    slots: int
    seconds: float = 0.0
    command: str = ""
    source_note: str = ""
    note: str = ""
    artifacts: str | None = None
    curves: Curves | None = None
    unreadable: tuple[Unreadable, ...] = ()


def trial_counts(study: StudyRecord) -> dict[TrialState, int]:
    """How many trials are in each state; with the unreadable, slots + infeasible.

    A slot that no trial has taken yet counts as waiting. Infeasible candidates
    use up no slot.

    Example:
        >>> empty = StudyRecord(name="s", settings={}, designed=True, space_hash="",
        ...                     trials=(), slots=3)
        >>> trial_counts(empty)["waiting"]
        3
    """
    found = Counter(trial.state for trial in study.trials)
    counts: dict[TrialState, int] = {state: found[state] for state in get_args(TrialState)}
    taken = sum(counts.values()) - counts["infeasible"]
    taken += sum(each.trial is not None for each in study.unreadable)
    counts["waiting"] += max(study.slots - taken, 0)
    return counts
