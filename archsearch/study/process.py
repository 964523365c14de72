"""What a worker process does from its start to its end."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from archsearch.config import StudySettings
from archsearch.errors import ArchsearchError, InputError
from archsearch.study.events import StudyEvent
from archsearch.study.owner import Owner
from archsearch.study.setup import open_study
from archsearch.study.stored import model_from_text
from archsearch.study.trainer import Trainer
from archsearch.study.worker import Worker, WorkerOptions

__all__ = ["WorkerPlan", "run_worker"]


@dataclass(frozen=True)
class WorkerPlan:
    """All that a worker process is given; texts, so that it can travel.

    Attributes:
        settings: JSON of the StudySettings.
        model_name: the spec's name.
        model_text: the spec's YAML.
        storage: URL of the database.
        trainer: who trains.
        artifacts: folder for pictures, or None for the storage's own.
        threads: of each training.
        beat: seconds between signs of life.
        grace: seconds without one after which a claim is given up.
        deaths: workers that one training may kill before it counts as failed.
    """

    settings: str
    model_name: str
    model_text: str
    storage: str
    trainer: Trainer
    artifacts: Path | None
    threads: int
    beat: float
    grace: float
    deaths: int


def run_worker(plan: WorkerPlan, index: int, pipe: Connection) -> None:
    """Work until the study is at its end; speak through the pipe, and print nothing.

    Args:
        plan: what to work on.
        index: which worker this is.
        pipe: JSON messages out; anything that comes in means: start no other training.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    try:
        ending = _worker(plan, index, pipe).work()
        _send(pipe, {"ending": ending})
    except InputError as error:
        _send(pipe, {"wrong": error.what, "help": error.help})
        sys.exit(error.exit_code)
    except ArchsearchError as error:
        _send(pipe, {"broken": error.what, "help": error.help})
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(1)  # nobody listens any more
    except Exception as error:
        _send(pipe, {"broken": f"{type(error).__name__}: {error}", "help": ""})
        raise


def _worker(plan: WorkerPlan, index: int, pipe: Connection) -> Worker:
    def say(event: StudyEvent) -> None:
        _send(pipe, {"event": json.loads(event.to_json())})

    stopped = False

    def stopping() -> bool:
        nonlocal stopped
        stopped = stopped or pipe.poll()
        return stopped

    study = open_study(
        StudySettings.model_validate_json(plan.settings),
        model_from_text(plan.model_text, plan.model_name),
        plan.storage,
        say,
        artifacts=plan.artifacts,
        grace=plan.grace,
        deaths=plan.deaths,
    )
    return Worker(
        study,
        plan.trainer,
        Owner.this_process(index),
        say,
        stopping,
        WorkerOptions(threads=plan.threads, beat=plan.beat),
    )


def _send(pipe: Connection, message: dict[str, object]) -> None:
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
