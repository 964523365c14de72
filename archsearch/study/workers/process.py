"""What a worker process does from its start to its end."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Protocol

from archsearch.config import StudySettings
from archsearch.errors import ArchsearchError, InputError
from archsearch.extensions import Descriptor, extended
from archsearch.logs import send_logs
from archsearch.records.storage_secrets import without_password
from archsearch.study.events import Say, StudyEvent
from archsearch.study.search.setup import open_study
from archsearch.study.store.opened import OpenStudy
from archsearch.study.store.owner import Owner
from archsearch.study.store.retry import RetryPolicy
from archsearch.study.store.stored import model_from_text
from archsearch.study.training.trainer import Trainer
from archsearch.study.workers.worker import Worker, WorkerOptions

__all__ = ["Pipe", "WorkerPlan", "run_worker", "work_and_report"]


@dataclass(frozen=True)
class WorkerPlan:
    """All that a worker process is given; texts, so that it can travel.

    Attributes:
        settings: JSON of the StudySettings.
        model_name: the spec's name.
        model_text: the spec's YAML.
        storage: URL of the database.
        trainer: who trains.
        extensions: passed from Python, so that they hold in the worker too.
        artifacts: folder for pictures, or None for the storage's own.
        threads: of each training.
        heartbeat_seconds: between two heartbeats.
        heartbeat_timeout: seconds without one after which a claim is given up.
        max_crashes: workers that one training may kill before it counts as failed.
        retry_seconds: seconds that the database may be away.
    """

    settings: str
    model_name: str
    model_text: str
    storage: str = field(repr=False)  # with its password
    trainer: Trainer
    extensions: tuple[Descriptor, ...]
    artifacts: Path | None
    threads: int
    heartbeat_seconds: float
    heartbeat_timeout: float
    max_crashes: int
    retry_seconds: float


class Pipe(Protocol):
    """What a worker reports through, e.g. one end of a pipe."""

    def send_bytes(self, message: bytes) -> None:
        """Say something, as JSON."""
        ...

    def poll(self) -> bool:
        """Whether it is told to start no other training."""
        ...


def run_worker(plan: WorkerPlan, index: int, pipe: Connection, command: int) -> None:
    """Work until the study is at its end, as a process started for it; print nothing.

    Args:
        plan: what to work on.
        index: which worker this is.
        pipe: JSON messages out; anything that comes in means: start no other training.
        command: id of the process that wants it; it need not be this one's parent.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    send_logs(lambda text: _send(pipe, _event(StudyEvent("note", text))))
    try:
        code = work_and_report(plan, index, pipe, command)
    except BrokenPipeError:
        code = 1  # nobody listens any more
    sys.exit(code)


def work_and_report(plan: WorkerPlan, index: int, pipe: Pipe, command: int | None = None) -> int:
    """Work until the study is at its end, speaking through the pipe.

    Args:
        plan: what to work on.
        index: which worker this is.
        pipe: JSON messages out.
        command: id of the process that wants it; None: this one's parent.

    Returns:
        The exit code; what went wrong was said.
    """
    try:
        with extended(*plan.extensions):
            _worker(plan, Owner.this_process(index, command), pipe).work()
    except ArchsearchError as error:
        kind = "wrong" if isinstance(error, InputError) else "broken"
        _send(pipe, {kind: error.what, "details": error.details, "help": error.help})
        return error.exit_code
    except BrokenPipeError:
        raise
    except Exception as error:
        told = without_password(f"{type(error).__name__}: {error}", plan.storage)
        _send(pipe, {"broken": told, "details": [], "help": ""})
        return 1
    return 0


def _worker(plan: WorkerPlan, owner: Owner, pipe: Pipe) -> Worker:
    def say(event: StudyEvent) -> None:
        _send(pipe, _event(event))

    stopped = False

    def stopping() -> bool:
        nonlocal stopped
        stopped = stopped or pipe.poll()
        return stopped

    # A worker that takes a dead one's place may come while the database is away.
    retry = RetryPolicy(plan.storage, plan.retry_seconds)
    study = retry(lambda: _open(plan, say))
    return retry(
        lambda: Worker(
            study,
            plan.trainer,
            owner,
            say,
            stopping,
            WorkerOptions(threads=plan.threads, heartbeat_seconds=plan.heartbeat_seconds),
        )
    )


def _open(plan: WorkerPlan, say: Say) -> OpenStudy:
    return open_study(
        StudySettings.model_validate_json(plan.settings),
        model_from_text(plan.model_text, plan.model_name),
        plan.storage,
        say,
        artifacts=plan.artifacts,
        heartbeat_timeout=plan.heartbeat_timeout,
        max_crashes=plan.max_crashes,
        retry_seconds=plan.retry_seconds,
    )


def _event(event: StudyEvent) -> dict[str, object]:
    return {"event": event.to_data()}


def _send(pipe: Pipe, message: dict[str, object]) -> None:
    pipe.send_bytes(json.dumps(message).encode())


def _end_with_parent() -> None:
    """End this process at once when the one that started it is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
