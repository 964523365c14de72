"""A whole study: made or resumed, its workers started, watched and ended."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from archsearch.config import StudyFile
from archsearch.errors import InputError, NothingCompletedError
from archsearch.records import StudyRecord, load_study
from archsearch.records.layout import SECONDS
from archsearch.study.budget import time_left_for_another
from archsearch.study.crew import Crew
from archsearch.study.events import Say, StudyEvent, silent
from archsearch.study.heartbeat import BEAT_SECONDS
from archsearch.study.identity import identity, plain, space_hash
from archsearch.study.interrupts import Interrupts, two_step_interrupts
from archsearch.study.ledger import GRACE_SECONDS, MOST_DEATHS
from archsearch.study.opened import OpenStudy
from archsearch.study.process import WorkerPlan
from archsearch.study.publish import publish_pending
from archsearch.study.setup import open_study, stored_note
from archsearch.study.storage import DEFAULT_STORAGE
from archsearch.study.trainer import Trainer
from archsearch.study.yardsticks import describe

__all__ = ["RunOptions", "run_study"]

TICK_SECONDS = 2.0
LISTEN_SECONDS = 0.5

NOTE = "archsearch:note"
"""Attribute of Optuna's study: why it has fewer trials than it was asked for."""


@dataclass(frozen=True)
class RunOptions:
    """How a study is run; what is found doesn't depend on it.

    Attributes:
        workers: processes that train at once; the processor's cores are
            divided among them.
        command: recorded with the study, to say how it was started.
        artifacts: folder for pictures; None: beside the SQLite file.
        beat: seconds between a worker's signs of life.
        grace: seconds without one after which a claim is given up.
        deaths: workers that one training may kill before it counts as failed.
    """

    workers: int = 1
    command: str = ""
    artifacts: Path | None = None
    beat: float = BEAT_SECONDS
    grace: float = GRACE_SECONDS
    deaths: int = MOST_DEATHS

    @property
    def threads(self) -> int:
        """Threads of each training: the cores this process may use, divided."""
        return max(1, usable_cores() // self.workers)


def run_study(
    study_file: StudyFile,
    storage: str = DEFAULT_STORAGE,
    *,
    options: RunOptions | None = None,
    trainer: Trainer | None = None,
    on_event: Say = silent,
) -> StudyRecord:
    """Run a study to its end, or go on with it where it was left.

    Killed at any moment, the same call goes on: no ended training is done
    again, none is lost, and there are never more than the study asks for.
    On KeyboardInterrupt the running trainings are ended and no other starts;
    a second one stops them too. The interrupt is then raised again.

    Args:
        study_file: from ``config.load_study``.
        storage: URL of the database; a SQLite file is made where it is missing.
        options: workers, threads, where pictures are kept.
        trainer: who trains, if not ``train.fit`` on the study's pictures.
        on_event: told of everything that happens, in this process.

    Returns:
        The study as the storage has it now; a budget may have ended it early.

    Raises:
        InputError: settings, space, pictures or storage that can't be used.
        StudyConflictError: the storage has another study of this name.
        NothingCompletedError: no trial was completed.
        RunFailedError: the workers can't run at all.
    """
    options = options or RunOptions()
    if options.workers < 1:
        raise InputError(f"{options.workers} workers can't train", help="use --workers 1 or more")
    trainer = _picture_trainer(study_file) if trainer is None else trainer
    study = open_study(
        study_file.settings,
        study_file.model,
        storage,
        on_event,
        artifacts=options.artifacts,
        grace=options.grace,
        deaths=options.deaths,
    )
    same = identity(study_file.settings, study_file.model.family.source.text)
    describe(study, trainer, space_hash(same), options.command, on_event)
    publish_pending(study)
    study.ledger.tick()
    _say_ready(study, on_event)
    try:
        _work(study, _worker_plan(study_file, storage, trainer, options), options.workers, on_event)
    finally:
        study.ledger.tick()
        publish_pending(study)
        _store_end(study)
    try:
        return _outcome(study, storage, on_event)
    finally:
        study.close()


def usable_cores() -> int:
    """Cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _picture_trainer(study_file: StudyFile) -> Trainer:
    from archsearch.study.training import PictureTrainer

    return PictureTrainer(
        base=study_file.path.parent.resolve(), channels=study_file.model.picture_channels
    )


def _worker_plan(
    study_file: StudyFile, storage: str, trainer: Trainer, options: RunOptions
) -> WorkerPlan:
    return WorkerPlan(
        settings=json.dumps(plain(study_file.settings)),
        model_name=study_file.model.name,
        model_text=study_file.model.family.source.text,
        storage=storage,
        trainer=trainer,
        artifacts=options.artifacts,
        threads=options.threads,
        beat=options.beat,
        grace=options.grace,
        deaths=options.deaths,
    )


def _say_ready(study: OpenStudy, say: Say) -> None:
    note = stored_note(study)
    if note:
        say(StudyEvent("note", note))
    progress = study.ledger.progress()
    done = progress.total - progress.unfinished
    say(StudyEvent("ready", done=done, total=progress.total))


def _work(study: OpenStudy, plan: WorkerPlan, workers: int, say: Say) -> None:
    progress = study.ledger.progress()
    minutes = study.settings.budget.minutes
    if not progress.unfinished or not time_left_for_another(minutes, progress):
        return
    with two_step_interrupts() as interrupts:
        crew = Crew(plan, min(workers, progress.unfinished), say)
        try:
            _watch(study, crew, interrupts, say)
        finally:
            crew.kill()
            study.ledger.release_dead()
    if interrupts.asked:
        raise KeyboardInterrupt


def _watch(study: OpenStudy, crew: Crew, interrupts: Interrupts, say: Say) -> None:
    """Listen to the workers until none is left, or nothing is left for them."""
    ticked, stopping = 0.0, False
    while crew.listen(timeout=LISTEN_SECONDS):
        if interrupts.asked and not stopping:
            stopping = True
            crew.finish()
            running = study.ledger.progress().running
            say(StudyEvent("stopping", f"ending {running} running trainings; no other starts"))
        if time.monotonic() - ticked >= TICK_SECONDS:
            ticked = time.monotonic()
            study.ledger.tick()
            progress = study.ledger.progress()
            done = progress.total - progress.unfinished
            say(StudyEvent("progress", done=done, total=progress.total))
            if not progress.unfinished:
                crew.finish(patience=BEAT_SECONDS)  # one that is stopped never ends by itself


def _store_end(study: OpenStudy) -> None:
    """What is known only afterwards, for those who read the storage."""
    attributes = {SECONDS: study.ledger.progress().seconds, NOTE: stored_note(study)}
    for key, value in attributes.items():
        study.storage.set_study_user_attr(study.study_id, key, value)


def _outcome(study: OpenStudy, storage: str, say: Say) -> StudyRecord:
    progress = study.ledger.progress()
    minutes = study.settings.budget.minutes
    if progress.unfinished and minutes is not None:
        left = f"{progress.unfinished} of {progress.total} trainings were not started"
        say(StudyEvent("note", f"the budget of {minutes:g} minutes is spent: {left}"))
    record = load_study(storage, study.settings.name)
    done = progress.total - progress.unfinished
    say(StudyEvent("ended", done=done, total=progress.total, seconds=progress.seconds))
    if not any(trial.state == "complete" for trial in record.trials):
        raise _nothing_completed(study, record)
    return record


def _nothing_completed(study: OpenStudy, record: StudyRecord) -> NothingCompletedError:
    reasons = Counter(trial.reason for trial in record.trials if trial.reason)
    lines = [f"  {count} × {reason}" for reason, count in reasons.most_common(5)]
    note = stored_note(study)
    return NothingCompletedError(
        "\n".join([f"no trial of {record.name!r} was completed", *lines, note]).rstrip(),
        help="mend the cause and run the study under another name; ended trials aren't repeated",
    )
