"""A whole study: made or resumed, its workers started, watched and ended."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError

from archsearch.config import StudyFile
from archsearch.errors import NothingCompletedError, RunFailedError
from archsearch.extensions import Descriptor, extended, passed
from archsearch.records import StudyRecord, load_study
from archsearch.records.layout import note_attributes, seconds_attributes
from archsearch.space import SearchSpace
from archsearch.space.satisfiable import require_satisfiable
from archsearch.study.events import Say, StudyEvent, silent
from archsearch.study.overrides import following_pictures
from archsearch.study.search.setup import open_study, stored_note
from archsearch.study.store.identity import identity, plain
from archsearch.study.store.opened import OpenStudy
from archsearch.study.store.publish import publish_pending
from archsearch.study.store.retry import RetryPolicy, is_passing
from archsearch.study.store.storage import DEFAULT_STORAGE
from archsearch.study.training.preparation import describe
from archsearch.study.training.trainer import Trainer
from archsearch.study.workers.budget import time_left_for_another
from archsearch.study.workers.heartbeat import HEARTBEAT_SECONDS
from archsearch.study.workers.interrupts import Interrupts, two_step_interrupts
from archsearch.study.workers.messages import Pool
from archsearch.study.workers.options import RunOptions
from archsearch.study.workers.pickling import check_pickles
from archsearch.study.workers.pool import Starter, WorkerPool, starter_of
from archsearch.study.workers.process import WorkerPlan
from archsearch.study.workers.ray_pool import RayPool, check_ray

__all__ = ["RunOptions", "run_study"]

TICK_SECONDS = 2.0
LISTEN_SECONDS = 0.5


def run_study(
    study_file: StudyFile,
    storage: str = DEFAULT_STORAGE,
    *,
    options: RunOptions | None = None,
    trainer: Trainer | None = None,
    on_event: Say = silent,
    extensions: Iterable[Descriptor] = (),
) -> StudyRecord:
    """Run a study to its end, or go on with it where it was left.

    Killed at any moment, the same call resumes the study: no ended training is done
    again, none is lost, and there are never more than the study asks for.
    On KeyboardInterrupt the running trainings are ended and no other starts;
    a second one stops them too. The interrupt is then raised again.

    Args:
        study_file: from ``config.load_study``.
        storage: URL of the database; a SQLite file is made where it is missing.
        options: workers, threads, where pictures are kept.
        trainer: who trains, if not ``train.fit`` on the study's pictures.
        on_event: called for every event, in this process.
        extensions: to know here and in the workers, beside those that were passed to
            ``load_study`` or by ``extended``.

    Returns:
        The study as the storage has it now; a budget may have ended it early.

    Raises:
        InputError: settings, space, pictures or storage that can't be used.
        StudyConflictError: the storage has another study of this name.
        NothingCompletedError: no trial was completed.
        RunFailedError: the workers can't run at all, or the database broke.
        StorageAwayError: no database answers.
        ExtensionError: one that can't be passed to workers, or that the study needs and isn't here.
    """
    with extended(*study_file.model.extensions, *extensions):
        return _run_study(study_file, storage, options or RunOptions(), trainer, on_event)


def _run_study(
    study_file: StudyFile, storage: str, options: RunOptions, trainer: Trainer | None, on_event: Say
) -> StudyRecord:
    check_pickles(passed())
    require_satisfiable(SearchSpace.of(study_file.settings, study_file.model))
    if options.engine == "ray":
        check_ray(storage)
    if trainer is None:
        study_file = following_pictures(study_file)
        trainer = _picture_trainer(study_file, options)
    study = _open(study_file, storage, options, on_event)
    study_file = replace(study_file, settings=study.settings)
    try:
        plan = _worker_plan(study_file, storage, trainer, options)
        with _starter(study, plan, options) as starter:
            _prepare(study, study_file, trainer, options.command, on_event)
            if options.workers == 0:
                return study.retry(lambda: load_study(storage, study.settings.name))
            _run(study, plan, options, on_event, starter)
        return study.retry(lambda: _outcome(study, storage, on_event))
    finally:
        study.close()


@contextmanager
def _starter(study: OpenStudy, plan: WorkerPlan, options: RunOptions) -> Iterator[Starter | None]:
    """What workers are started by; it gets ready while pictures are prepared.

    None where none are to be started on this host.
    """
    here = options.workers and options.engine == "local"
    if not here or not study.retry(study.claims.progress).unfinished:
        yield None
        return
    starter = starter_of(plan)
    try:
        yield starter
    finally:
        starter.close()


def _open(study_file: StudyFile, storage: str, options: RunOptions, say: Say) -> OpenStudy:
    """Open the study, or tell at once what is in the way."""
    at_once = RetryPolicy(storage, seconds=0)
    return at_once(
        lambda: open_study(
            study_file.settings,
            study_file.model,
            storage,
            say,
            artifacts=options.artifacts,
            heartbeat_timeout=options.heartbeat_timeout,
            max_crashes=options.max_crashes,
            retry_seconds=options.retry_seconds,
        )
    )


def _prepare(
    study: OpenStudy, study_file: StudyFile, trainer: Trainer, command: str, say: Say
) -> None:
    """Everything before the first training; what was done before is left as it is."""
    same = identity(study_file.settings, study_file.model.family.source.text)
    base = study_file.path.parent.resolve()

    def prepare() -> None:
        describe(study, trainer, same, command, say, base=base)
        publish_pending(study)
        study.claims.tick()
        _say_ready(study, say)

    study.retry(prepare)


def _run(
    study: OpenStudy, plan: WorkerPlan, options: RunOptions, say: Say, starter: Starter | None
) -> None:
    try:
        _work(study, plan, options, say, starter)
    except BaseException:  # an interrupt, too
        with suppress(Exception):  # the database may be what broke; the first error is to be told
            _end(study)
        raise
    study.retry(lambda: _end(study))


def _end(study: OpenStudy) -> None:
    study.claims.tick()
    publish_pending(study)
    _store_end(study)


def _picture_trainer(study_file: StudyFile, options: RunOptions) -> Trainer:
    from archsearch.study.training.candidates import PictureTrainer

    device = options.training_device
    if device != "cpu" and options.engine == "local" and options.workers:
        from archsearch.train import check_device

        check_device(device)
    return PictureTrainer(
        base=study_file.path.parent.resolve(),
        device=device,
        log=study_file.settings.train.log,
        study=study_file.settings.name,
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
        extensions=passed(),
        artifacts=options.artifacts,
        threads=options.training_threads,
        heartbeat_seconds=options.heartbeat_seconds,
        heartbeat_timeout=options.heartbeat_timeout,
        max_crashes=options.max_crashes,
        retry_seconds=options.retry_seconds,
    )


def _say_ready(study: OpenStudy, say: Say) -> None:
    note = stored_note(study)
    if note:
        say(StudyEvent("note", note))
    progress = study.claims.progress()
    done = progress.total - progress.unfinished
    say(StudyEvent("ready", done=done, total=progress.total))


def _work(
    study: OpenStudy, plan: WorkerPlan, options: RunOptions, say: Say, starter: Starter | None
) -> None:
    progress = study.retry(study.claims.progress)
    minutes = study.settings.budget.minutes
    if not progress.unfinished or not time_left_for_another(minutes, progress):
        return
    with two_step_interrupts() as interrupts:
        pool = _pool(plan, min(options.workers, progress.unfinished), options, say, starter)
        try:
            _watch(study, pool, interrupts, say)
        finally:
            pool.kill()
            with suppress(SQLAlchemyError):  # others find them dead by themselves
                study.claims.release_gone()
    if interrupts.asked:
        raise KeyboardInterrupt
    _check_ended(study)


def _check_ended(study: OpenStudy) -> None:
    """Let no study pass for ended whose workers left it for a reason they didn't give."""
    progress = study.retry(study.claims.progress)
    if progress.unfinished and time_left_for_another(study.settings.budget.minutes, progress):
        raise RunFailedError(
            f"all workers ended with {progress.unfinished} of {progress.total} trainings left",
            help="nothing that finished is lost; the same command resumes the study",
        )


def _pool(
    plan: WorkerPlan, count: int, options: RunOptions, say: Say, starter: Starter | None
) -> Pool:
    if options.engine == "ray":
        return RayPool(plan, count, say, options.ray)
    return WorkerPool(count, say, starter or starter_of(plan))


def _watch(study: OpenStudy, pool: Pool, interrupts: Interrupts, say: Say) -> None:
    """Listen to the workers until none is left, or nothing is left for them."""
    ticked, stopping = 0.0, False
    while pool.listen(timeout=LISTEN_SECONDS):
        if interrupts.asked and not stopping:
            stopping = True
            pool.finish()
            say(StudyEvent("stopping", "stopping after the running trainings"))
        if time.monotonic() - ticked >= TICK_SECONDS:
            ticked = time.monotonic()
            _look(study, pool, say)


def _look(study: OpenStudy, pool: Pool, say: Say) -> None:
    try:
        study.claims.tick()
        progress = study.claims.progress()
    except SQLAlchemyError as error:
        if is_passing(error):
            return  # the workers wait for the database, and give up when it is time
        raise study.retry.broken(error) from error
    done = progress.total - progress.unfinished
    say(StudyEvent("progress", done=done, total=progress.total))
    if not progress.unfinished:
        pool.finish(timeout=HEARTBEAT_SECONDS)  # one that is stopped never ends by itself


def _store_end(study: OpenStudy) -> None:
    """What is known only afterwards, for those who read the storage."""
    study.set_attributes(seconds_attributes(study.claims.progress().seconds))
    study.set_attributes(note_attributes(stored_note(study)))


def _outcome(study: OpenStudy, storage: str, say: Say) -> StudyRecord:
    progress = study.claims.progress()
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
    # Infeasible ones by their rule: each is off by numbers of its own.
    reasons = Counter(
        trial.reason.partition(": ")[0] if trial.state == "infeasible" else trial.reason
        for trial in record.trials
        if trial.reason
    )
    lines = [f"  {count} × {reason}" for reason, count in reasons.most_common(5)]
    note = stored_note(study)
    return NothingCompletedError(
        f"no trial of {record.name!r} was completed",
        details=[*lines, note] if note else lines,
        help="fix the cause and run the study under another name; finished trials aren't repeated",
    )
