"""A study that is open: its settings, its space, and its two views of one database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, select

from archsearch.config import StudySettings
from archsearch.errors import UnreadableError
from archsearch.records.reading import read_checked
from archsearch.records.values import values_from_json
from archsearch.space import Candidate, SearchSpace, Value
from archsearch.spec import ModelPlan
from archsearch.study.store.claims import Claims
from archsearch.study.store.retry import RetryPolicy
from archsearch.study.store.schema import rows_of, trials_table

if TYPE_CHECKING:
    from optuna.storages import BaseStorage

__all__ = ["OpenStudy", "PlannedTrial"]


@dataclass(frozen=True)
class PlannedTrial:
    """One trial of the study's plan, as the storage has it.

    Attributes:
        index: 0 … planned−1. Optuna's number of the trial differs where proposals were infeasible.
        candidate: JSON of its values by name; None until an adaptive method proposed one.
        trial_id: Optuna's id of the trial.
        duplicate_of: index of an earlier trial with the same candidate.
        proposals: infeasible ones so far.
        closed: Optuna has its final state.
    """

    index: int
    candidate: str | None
    trial_id: int | None
    duplicate_of: int | None
    proposals: int
    closed: bool

    @property
    def values(self) -> dict[str, Value] | None:
        """The candidate's values, None where there is no candidate yet.

        Raises:
            UnreadableError: what is stored of it is damaged.
        """
        if self.candidate is None:
            return None
        stored = self.candidate
        return read_checked(
            f"the candidate of planned trial {self.index}", lambda: values_from_json(stored)
        )

    @property
    def optuna_id(self) -> int:
        """Optuna's id of the trial, which must be there already."""
        if self.trial_id is None:
            raise ValueError(f"planned trial {self.index} is not in Optuna's tables yet")
        return self.trial_id


@dataclass(frozen=True)
class OpenStudy:
    """A study in its storage.

    Attributes:
        settings: the study file.
        space: what is searched.
        claims: who trains what.
        storage: Optuna's side of the same database.
        artifacts: where pictures are kept.
        retry: for what is to be done while the database may be away.
    """

    settings: StudySettings
    space: SearchSpace
    claims: Claims
    storage: BaseStorage
    artifacts: Path
    retry: RetryPolicy

    @property
    def study_id(self) -> int:
        """Optuna's id."""
        return self.claims.study_id

    @property
    def engine(self) -> Engine:
        """The connection to archsearch's own tables."""
        return self.claims.engine

    @property
    def designed(self) -> bool:
        """Whether all candidates were drawn beforehand."""
        return not self.settings.search.described.adaptive

    def close(self) -> None:
        """Let go of the database; it opens again where it is used again."""
        self.storage.remove_session()
        self.engine.dispose()

    def planned_trials(
        self, *, only: int | None = None, unclosed: bool = False
    ) -> list[PlannedTrial]:
        """The planned trials, in order."""
        mine = trials_table.c.study_id == self.study_id
        query = select(trials_table).where(mine).order_by(trials_table.c.trial_index)
        if only is not None:
            query = query.where(rows_of(trials_table, self.study_id, only))
        if unclosed:
            query = query.where(trials_table.c.closed.is_(False))
        with self.engine.begin() as connection:
            rows = connection.execute(query).all()
        return [
            PlannedTrial(
                row.trial_index,
                row.candidate,
                row.trial_id,
                row.duplicate_of,
                row.proposals,
                row.closed,
            )
            for row in rows
        ]

    def planned_trial(self, trial_index: int) -> PlannedTrial:
        """One planned trial.

        Raises:
            UnreadableError: the storage has lost it.
        """
        for row in self.planned_trials(only=trial_index):
            return row
        raise UnreadableError(
            f"{self.settings.name!r} has lost its planned trial {trial_index}: "
            "the database is damaged",
            help="restore it from a backup",
        )

    def set_attributes(self, attributes: Mapping[str, object]) -> None:
        """Set user attributes of Optuna's study."""
        for key, value in attributes.items():
            self.storage.set_study_user_attr(self.study_id, key, value)

    def set_trial_attributes(self, trial_id: int, attributes: Mapping[str, object]) -> None:
        """Set user attributes of an Optuna trial."""
        for key, value in attributes.items():
            self.storage.set_trial_user_attr(trial_id, key, value)

    def number(self, trial: PlannedTrial) -> int:
        """Optuna's number of a trial, by which people know it."""
        return self.storage.get_trial_number_from_id(trial.optuna_id)

    def plans(self) -> Iterator[ModelPlan]:
        """A design's plans, in the order of its trials; damaged candidates are skipped."""
        for trial in self.planned_trials() if self.designed else ():
            with suppress(UnreadableError):  # told when it is trained
                if trial.values is not None:
                    yield self.candidate(trial.values).plan

    def any_plan(self) -> ModelPlan:
        """A design's first plan, or what the family gives by itself: the same at any time."""
        return next(self.plans(), None) or self.space.default_plan()

    def candidate(self, values: dict[str, Value]) -> Candidate:
        """The candidate of values that were found feasible when they were stored.

        Raises:
            UnreadableError: they aren't any more.
        """
        unknown = ", ".join(values.keys() - self.space.domains.keys())
        outcome = None if unknown else self.space.resolve(values)
        if isinstance(outcome, Candidate):
            return outcome
        why = f"{outcome.rule}: {outcome.detail}" if outcome else f"no {unknown} in the space"
        raise UnreadableError(
            f"a stored candidate of {self.settings.name!r} can't be built: {why}",
            help="its record is damaged, or of another version of archsearch",
        )
