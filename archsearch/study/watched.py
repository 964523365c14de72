"""How a study stands at a moment, for one who only looks on: nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, inspect, select

from archsearch.records import StudyRecord, load_study
from archsearch.records.database import opened, study_ids
from archsearch.records.layout import HEADER, HEARTBEAT_TIMEOUT_SECONDS
from archsearch.study.store.held import Claim, HeldClaims
from archsearch.study.store.owner import Owner
from archsearch.study.store.progress import StudyProgress, count_trainings
from archsearch.study.store.schema import (
    COMPLETE,
    PRUNED,
    SETUP_INDEX,
    claims_table,
    rows_of,
    trials_table,
)
from archsearch.study.workers.budget import time_left_for_another

if TYPE_CHECKING:
    from optuna.storages import RDBStorage

__all__ = ["WatchedStudy", "WorkingOn", "watched_study"]


@dataclass(frozen=True)
class WorkingOn:
    """What a worker does.

    Attributes:
        worker: which of its command's workers it is.
        host: its machine.
        trial: Optuna's number of the trial; None while the study is set up.
        seed: of the training.
        latent_size: of the trial's plan, where it has one.
    """

    worker: int
    host: str
    trial: int | None
    seed: int
    latent_size: int | None


@dataclass(frozen=True)
class WatchedStudy:
    """A study at a moment.

    Attributes:
        record: what is stored of it.
        progress: its trainings by state.
        working: who trains what.
        mean_seconds: of a training that ended; None before the first.
    """

    record: StudyRecord
    progress: StudyProgress
    working: tuple[WorkingOn, ...]
    mean_seconds: float | None

    @property
    def done(self) -> int:
        """Trainings that ended."""
        return self.progress.total - self.progress.unfinished

    @property
    def ended(self) -> bool:
        """Whether nothing is left to train, or no time for it."""
        if not self.progress.unfinished:
            return True
        return not self.working and not time_left_for_another(self._minutes, self.progress)

    @property
    def seconds_left(self) -> float | None:
        """By the mean of the trainings so far, for the workers of now; None where not known."""
        if self.mean_seconds is None or not self.working:
            return None
        left = self.mean_seconds * self.progress.unfinished / len(self.working)
        if self._minutes is None:
            return left
        return min(left, max(0.0, 60 * self._minutes - self.progress.seconds))

    @property
    def _minutes(self) -> float | None:
        budget = self.record.settings.get("budget")
        minutes = budget.get("minutes") if isinstance(budget, dict) else None
        return float(minutes) if isinstance(minutes, int | float) else None


def watched_study(storage: str, name: str) -> WatchedStudy:
    """The study ``name`` as it stands now; other processes may be running it.

    Raises:
        InputError: no such storage, or no such study in it yet.
        UnreadableError: it is damaged, or of a newer version.
    """
    record = load_study(storage, name)
    with opened(storage) as database:
        study_id = study_ids(database, HEADER)[name]
        if not inspect(database.engine).has_table(claims_table.name):
            return WatchedStudy(record, StudyProgress(0, 0, 0, 0, 0, 0.0, 0.0), (), None)
        with database.engine.connect() as connection:
            progress = count_trainings(connection, study_id)
            mean = _mean_seconds(connection, study_id)
            held = HeldClaims(study_id, HEARTBEAT_TIMEOUT_SECONDS).by_living(connection)
            ids = [_trial_id(connection, study_id, claim) for claim, _ in held]
        numbers = [_number(database, trial_id) for trial_id in ids]
    pairs = zip(held, numbers, strict=True)
    working = [_working_on(record, claim, owner, number) for (claim, owner), number in pairs]
    return WatchedStudy(record, progress, tuple(working), mean)


def _mean_seconds(connection: Connection, study_id: int) -> float | None:
    mean = select(func.avg(claims_table.c.seconds)).where(
        claims_table.c.study_id == study_id,
        claims_table.c.trial_index != SETUP_INDEX,
        claims_table.c.state.in_((COMPLETE, PRUNED)),
    )
    found = connection.execute(mean).scalar()
    return None if found is None else float(found)


def _trial_id(connection: Connection, study_id: int, claim: Claim) -> int | None:
    rows = rows_of(trials_table, study_id, claim.trial_index)
    found = connection.execute(select(trials_table.c.trial_id).where(rows)).scalar()
    return None if found is None else int(found)


def _number(database: RDBStorage, trial_id: int | None) -> int | None:
    return None if trial_id is None else database.get_trial_number_from_id(trial_id)


def _working_on(record: StudyRecord, claim: Claim, owner: Owner, number: int | None) -> WorkingOn:
    plans = (trial.plan for trial in record.trials if trial.number == number)
    plan = next(plans, None)
    size = None if plan is None else plan.latent_size
    return WorkingOn(owner.worker, owner.hostname, number, claim.seed, size)
