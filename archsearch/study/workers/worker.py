"""One worker: claims a training, does it, stores what it gave, and goes on."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import uuid4

from archsearch.errors import ArchsearchError, RunFailedError, UnreadableError, WriteError
from archsearch.records import Baselines, EpochRecord, SeedRecord, in_brief
from archsearch.records.run_files import checksum
from archsearch.study.events import EventKind, Say, StudyEvent
from archsearch.study.search.proposals import propose
from archsearch.study.search.pruning import FIRST_SEED, EpochWatch
from archsearch.study.search.setup import enqueue_design
from archsearch.study.store.artifacts import store_pictures, unreachable
from archsearch.study.store.held import Claim
from archsearch.study.store.opened import OpenStudy, PlannedTrial
from archsearch.study.store.owner import Owner
from archsearch.study.store.publish import publish
from archsearch.study.training.preparation import check_pictures, stored_baselines
from archsearch.study.training.trainer import Job, Trained, Trainer, code_key
from archsearch.study.workers.budget import time_left_for_another
from archsearch.study.workers.heartbeat import HEARTBEAT_SECONDS, Heartbeat

__all__ = ["Worker", "WorkerOptions"]

MOST_VAIN = 6
"""How often a worker may find nothing to claim, held by no other and with nothing to come."""


@dataclass(frozen=True)
class WorkerOptions:
    """How a worker works: threads of a training, pauses in seconds."""

    threads: int = 1
    heartbeat_seconds: float = HEARTBEAT_SECONDS
    idle: float = 0.5
    longest_idle: float = 5.0


class _PrunedError(Exception):
    """The training is worse than others at this epoch; the message says so."""


class _ClaimLostError(Exception):
    """Another attempt has the claim; what this one trains is surplus."""


class Worker:
    """Works on a study until nothing is left, the budget is spent, or it is told to stop.

    Args:
        study: the open study.
        trainer: who trains.
        owner: this process.
        say: called for every event.
        stopping: asked before each claim.
        options: threads and pauses.
    """

    def __init__(
        self,
        study: OpenStudy,
        trainer: Trainer,
        owner: Owner,
        say: Say,
        stopping: Callable[[], bool],
        options: WorkerOptions,
    ) -> None:
        self._study = study
        self._trainer = trainer
        self._owner = owner
        self._say = say
        self._stopping = stopping
        self._options = options
        self._retry = study.retry
        self._baselines: dict[str, Baselines] = stored_baselines(study)
        self._keeps_pictures = True

    def work(self) -> None:
        """Train until there is a reason to end."""
        self._make_ready()
        idle, vain = self._options.idle, 0
        while not self._stopping():
            progress = self._retry(self._study.claims.progress)
            if not progress.unfinished:
                return
            if progress.open and not time_left_for_another(
                self._study.settings.budget.minutes, progress
            ):
                return
            claim = self._claim()
            if claim is None:  # others train; one of them may die and leave its claim
                vain = vain + 1 if self._retry(self._study.claims.is_stuck) else 0
                if vain == MOST_VAIN:
                    raise self._stuck(progress.unfinished)
                time.sleep(idle)
                idle = min(idle * 1.5, self._options.longest_idle)
                continue
            idle, vain = self._options.idle, 0
            self._set_up(claim) if claim.is_setup else self._train(claim)

    def _stuck(self, unfinished: int) -> UnreadableError:
        return UnreadableError(
            f"study {self._study.settings.name!r} can't be continued: {unfinished} of its "
            "trainings are open, none can be started, and nobody works on it",
            help="the database is damaged: restore it from a backup, or run the study under "
            "another name",
        )

    def _make_ready(self) -> None:
        study = self._study
        if not self._retry(study.claims.progress).unfinished:
            return
        reason = self._retry(lambda: unreachable(study))
        if reason:
            self._keeps_pictures = False
            self._say(StudyEvent("note", reason))
        plan = self._retry(study.any_plan)
        for settings in study.space.settings_by_precision():
            found = self._trainer.warm_up(settings, plan)
        self._retry(lambda: check_pictures(study, found))

    def _claim(self) -> Claim | None:
        claims, attempt = self._study.claims, uuid4().hex
        return self._retry.attempts(
            lambda before: claims.claim(self._owner, attempt=attempt, again=before > 0)
        )

    def _set_up(self, claim: Claim) -> None:
        claims = self._study.claims
        every = self._options.heartbeat_seconds
        with Heartbeat(self._study, claim, self._owner, every=every) as heartbeat:
            self._retry(lambda: enqueue_design(self._study, self._say, lambda: heartbeat.lost))
        self._retry(lambda: claims.finish(claim, "", failed=False, seconds=0.0))

    def _train(self, claim: Claim) -> None:
        with Heartbeat(
            self._study, claim, self._owner, every=self._options.heartbeat_seconds
        ) as heartbeat:
            row = self._retry.attempts(lambda before: self._planned_trial(claim, before))
            if row is None or row.trial_id is None or row.candidate is None:
                return
            if row.duplicate_of is None:
                trial_id = row.trial_id
                self._retry(lambda: self._start(trial_id))
                heartbeat.show(trial_id)
                began = time.monotonic()
                record = self._record(claim, row, heartbeat)
                self._store(claim, row, record, time.monotonic() - began)
        self._retry(lambda: publish(self._study, claim.trial_index))

    def _planned_trial(self, claim: Claim, before: int) -> PlannedTrial | None:
        row = self._study.planned_trial(claim.trial_index)
        if row.candidate is not None:
            return row
        # A try that broke off may have left a trial half made, as a dead process does.
        return propose(self._study, replace(claim, tries=claim.tries + before), self._say)

    def _start(self, trial_id: int) -> None:
        """Tell Optuna that a waiting trial runs; a running one stays as it is."""
        from optuna.exceptions import UpdateFinishedTrialError
        from optuna.trial import TrialState

        with suppress(UpdateFinishedTrialError):  # ended by who had the claim before
            self._study.storage.set_trial_state_values(trial_id, TrialState.RUNNING)

    def _record(self, claim: Claim, row: PlannedTrial, heartbeat: Heartbeat) -> SeedRecord | None:
        """Train; None where the claim was lost on the way."""
        try:
            trained = self._fit(claim, row, heartbeat)
        except _ClaimLostError:
            return None
        except _PrunedError as pruned:
            return SeedRecord(
                seed=claim.seed, state="pruned", reason=str(pruned), ended=time.time()
            )
        except BrokenPipeError:  # nobody listens any more, which is no fault of the candidate's
            raise
        except Exception as error:  # whatever breaks a training, the study goes on
            return SeedRecord(
                seed=claim.seed, state="failed", reason=_reason(error), ended=time.time()
            )
        kept = self._keep(row, claim.seed, trained.pictures)
        return SeedRecord(
            seed=claim.seed,
            state="complete",
            result=trained.result,
            pictures=kept,
            pictures_sha256=checksum(trained.pictures) if kept and trained.pictures else None,
            ended=time.time(),
        )

    def _keep(self, row: PlannedTrial, seed: int, png: bytes | None) -> str | None:
        trial_id = row.trial_id
        if png is None or trial_id is None or not self._keeps_pictures:
            return None
        try:
            return self._retry(lambda: store_pictures(self._study, trial_id, seed, png))
        except WriteError as error:  # a picture less is no reason to lose a training
            self._say(StudyEvent("note", f"a training's pictures are lost: {error.what}"))
            return None

    def _fit(self, claim: Claim, row: PlannedTrial, heartbeat: Heartbeat) -> Trained:
        candidate = self._study.candidate(row.values or {})
        plan = candidate.plan
        tell = self._events(claim, row)
        tell("started", latent_size=plan.latent.size)
        watch = self._watch(claim, row, candidate.settings.train.epochs)
        notes: list[str] = []  # of the epoch that is told next

        def on_epoch(epoch: EpochRecord) -> None:
            if heartbeat.lost:
                raise _ClaimLostError
            reason = "" if watch is None else self._retry(lambda: watch.reason_to_stop(epoch))
            tell(
                "epoch",
                text="".join(notes),
                epoch=epoch.epoch,
                epochs=candidate.settings.train.epochs,
                val_mse=epoch.val_mse,
                latent_size=plan.latent.size,
            )
            notes.clear()
            if reason:
                raise _PrunedError(reason)

        trained = self._trainer.train(
            Job(
                plan=plan,
                settings=candidate.settings,
                seed=claim.seed,
                threads=self._options.threads,
                baselines=self._baselines.get(code_key(plan)),
                on_epoch=on_epoch,
                on_note=notes.append,
            )
        )
        error = trained.result.val.mse
        if not math.isfinite(error):
            raise RunFailedError(f"the validation error is {error}")
        return trained

    def _watch(self, claim: Claim, row: PlannedTrial, epochs: int) -> EpochWatch | None:
        if claim.seed != FIRST_SEED or row.trial_id is None:
            return None
        return EpochWatch(self._study, row.trial_id, epochs)

    def _store(
        self, claim: Claim, row: PlannedTrial, record: SeedRecord | None, seconds: float
    ) -> None:
        failed = record is not None and record.state == "failed"
        pruned = record is not None and record.state == "pruned"
        text = "" if record is None else record.model_dump_json()
        kept = record is not None and self._retry(
            lambda: self._study.claims.finish(
                claim, text, failed=failed, pruned=pruned, seconds=seconds
            )
        )
        tell = self._events(claim, row)
        if record is None or not kept:
            tell("surplus")
        elif failed or pruned:
            tell(record.state, text=record.reason, seconds=seconds)
        else:
            result = record.result
            error, brief = (result.val.mse, in_brief(result)) if result else (None, "")
            tell("trained", val_mse=error, seconds=seconds, text=brief)

    def _events(self, claim: Claim, row: PlannedTrial) -> Callable[..., None]:
        """Tells what happens to one training."""
        number = self._retry(lambda: self._study.number(row))

        def tell(kind: EventKind, **fields: object) -> None:
            event = StudyEvent(kind, trial=number, seed=claim.seed, worker=self._owner.worker)
            self._say(replace(event, **fields))  # type: ignore[arg-type]

        return tell


def _reason(error: Exception) -> str:
    if isinstance(error, ArchsearchError):
        return error.what
    first = str(error).strip().splitlines()
    return f"{type(error).__name__}: {first[0]}" if first else type(error).__name__
