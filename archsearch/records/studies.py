"""What a study leaves behind: its candidates, their seeds, its settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, get_args

from pydantic import Field

from archsearch.html_table import html_table
from archsearch.records.curves import Curves
from archsearch.records.plans import PlanRecord
from archsearch.records.record import Number, Record, ReprParts, rounded
from archsearch.records.results import RunResult

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
    """One claim (trial, seed) that ended: its result, or the reason it has none.

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

    def __repr_args__(self) -> ReprParts:
        """What came of it."""
        yield from (("seed", self.seed), ("state", self.state))
        if self.result is not None:
            yield "val_mse", rounded(self.result.val.mse)
        if self.reason:
            yield "reason", self.reason


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

    def __repr_args__(self) -> ReprParts:
        """What was tried, and what came of it."""
        yield from (("number", self.number), ("state", self.state), ("values", self.values))
        if self.plan is not None:
            yield "latent_size", self.plan.latent_size
        yield from (("seeds", len(self.seeds)), ("value", rounded(self.value)))

    @property
    def results(self) -> list[RunResult]:
        """Of the seeds that ended with one."""
        return [seed.result for seed in self.seeds if seed.result is not None]


class Unreadable(Record):
    """A stored thing that was skipped: what it is, and why.

    ``trial`` is its number where it is a planned trial, as far as can be told.
    """

    name: str
    reason: str
    trial: int | None = None


class StudyRecord(Record):
    """A study as its storage holds it.

    ``settings`` is the study file after validation, as JSON-ready data;
    ``designed`` tells whether the method draws a design (its trials may be
    used for correlations) or adapts to results; ``model_text`` is the model file's, "" where
    not known; ``note`` says why there are
    fewer trials than it was asked for, "" where there aren't; ``planned`` is
    how many there are to be; ``extensions`` are who declared what archsearch hasn't; ``unreadable``
    are its trials and other records that were skipped.
    """

    name: str
    settings: dict[str, object]
    designed: bool
    space_hash: str
    trials: tuple[TrialRecord, ...]
    planned: int
    seconds: float = 0.0
    command: str = ""
    source_note: str = ""
    model_text: str = ""
    note: str = ""
    artifacts: str | None = None
    extensions: dict[str, str] = Field(default_factory=dict)
    curves: Curves | None = None
    unreadable: tuple[Unreadable, ...] = ()

    def __repr_args__(self) -> ReprParts:
        """How it stands."""
        yield "name", self.name
        yield from ((state, number) for state, number in trial_counts(self).items() if number)
        yield "lowest", rounded(min(self._values, default=None))

    def _repr_html_(self) -> str:
        """The trials with the lowest errors, for notebooks."""
        ranked = sorted((t for t in self.trials if t.value is not None), key=_value)
        names = list(dict.fromkeys(name for trial in ranked for name in trial.values))
        rows = [_row(trial, names) for trial in ranked[:_MOST_ROWS]]
        counts = ", ".join(f"{n} {state}" for state, n in trial_counts(self).items() if n)
        more = len(ranked) - len(rows)
        return html_table(
            f"{self.name}: {counts}",
            ("trial", "validation MSE", "latent", "parameters", *names),
            rows,
            numbers=range(4),
            below=[f"and {more} more"] if more else [],
        )

    @property
    def _values(self) -> list[float]:
        return [trial.value for trial in self.trials if trial.value is not None]

    @property
    def results(self) -> list[RunResult]:
        """Of all trials, in their order."""
        return [result for trial in self.trials for result in trial.results]


_MOST_ROWS = 10


def _value(trial: TrialRecord) -> float:
    return trial.value or 0.0


def _row(trial: TrialRecord, names: Sequence[str]) -> tuple[object, ...]:
    plan = trial.plan
    sizes = ("", "") if plan is None else (f"{plan.latent_size:,}", f"{plan.params:,}")
    values = (trial.values.get(name, "") for name in names)
    return (trial.number, f"{_value(trial):.5f}", *sizes, *values)


def trial_counts(study: StudyRecord) -> dict[TrialState, int]:
    """How many trials are in each state; with the unreadable, planned + infeasible.

    A planned trial that isn't in the storage yet counts as waiting. Infeasible
    candidates use up no planned trial.

    Example:
        >>> empty = StudyRecord(name="s", settings={}, designed=True, space_hash="",
        ...                     trials=(), planned=3)
        >>> trial_counts(empty)["waiting"]
        3
    """
    found = Counter(trial.state for trial in study.trials)
    counts: dict[TrialState, int] = {state: found[state] for state in get_args(TrialState)}
    taken = sum(counts.values()) - counts["infeasible"]
    taken += sum(each.trial is not None for each in study.unreadable)
    counts["waiting"] += max(study.planned - taken, 0)
    return counts
