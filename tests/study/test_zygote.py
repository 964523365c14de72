"""What becomes of a study whose workers can't be forked, or not at once."""

import errno
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from toys import ToyTrainer, logged, write_study

import archsearch
from archsearch.errors import RunFailedError
from archsearch.study import Job, RunOptions, Trained
from archsearch.study.events import StudyEvent
from archsearch.study.workers import pool

if sys.platform != "linux":
    pytest.skip("elsewhere workers are spawned", allow_module_level=True)

from archsearch.study.workers import zygote

SHORT = """
import errno, os, time

fork, until = os.fork, time.monotonic() + 1.0
FILE = {log!r}

def short():
    if time.monotonic() < until:
        with open(FILE, "a") as log:
            log.write(f"open {{len(os.listdir('/proc/self/fd'))}} 0 0\\n")
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")
    return fork()

os.fork = short
"""
DEAF = """
import errno, os
from archsearch.study.workers import zygote

receive = zygote.recv_handle

def deaf(control):
    if not os.path.exists({mark!r}):
        open({mark!r}, "w").close()
        raise {error}
    return receive(control)

zygote.recv_handle = deaf
"""


@dataclass(frozen=True)
class Hindered(ToyTrainer):
    """Its zygote imports a module that hinders it."""

    modules: ClassVar = ("hindrance",)


def ran(tmp_path: Path, url: str, trainer: ToyTrainer) -> list[StudyEvent]:
    told: list[StudyEvent] = []
    study = write_study(tmp_path, trials=4)
    archsearch.run_study(
        study,
        url,
        options=RunOptions(workers=2),
        trainer=trainer,
        on_event=told.append,
        progress=False,
    )
    assert len(logged(trainer.log, "end")) == 4
    return told


def retries(told: list[StudyEvent]) -> int:
    return sum(event.kind == "retry" for event in told)


def test_a_lack_of_processes_that_passes_ends_no_study(
    tmp_path: Path, url: str, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor do tries leave descriptors behind."""
    (tmp_path / "hindrance.py").write_text(SHORT.format(log=str(log)))
    monkeypatch.syspath_prepend(tmp_path)
    told = ran(tmp_path, url, Hindered(log))
    assert 2 <= retries(told) <= 10
    counts = {row.split()[1] for row in log.read_text().splitlines() if row.startswith("open")}
    assert len(counts) <= 2, "one pipe of the other worker's status may be there or not"


@pytest.mark.parametrize("error", ["OSError(errno.EMFILE, 'none')", "RuntimeError('0 items')"])
def test_a_zygote_that_lost_what_was_sent_is_replaced(
    tmp_path: Path, url: str, log: Path, monkeypatch: pytest.MonkeyPatch, error: str
) -> None:
    text = DEAF.format(mark=str(tmp_path / "mark"), error=error)
    (tmp_path / "hindrance.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    assert 1 <= retries(ran(tmp_path, url, Hindered(log))) <= 4


def test_a_zygote_that_heard_half_is_replaced(
    tmp_path: Path, url: str, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, start, calls = zygote.send_handle, zygote.Zygote.start, iter(range(100))
    codes: list[int | None] = []

    def half(*given: object) -> None:
        if next(calls) == 1:
            raise OSError(errno.EMFILE, "Too many open files")
        send(*given)

    def watched(self: zygote.Zygote, *given: object) -> zygote.Forked:
        forked = start(self, *given)
        codes.append(self._process.exitcode)
        return forked

    monkeypatch.setattr(zygote, "send_handle", half)
    monkeypatch.setattr(zygote.Zygote, "start", watched)
    assert 1 <= retries(ran(tmp_path, url, ToyTrainer(log))) <= 4
    assert codes[0] == -signal.SIGKILL, "at once, so that nobody waits for what it makes of it"
    assert set(codes[1:]) == {None}


@dataclass(frozen=True)
class Orphaning(ToyTrainer):
    """Kills the process that its worker was forked from."""

    def train(self, job: Job) -> Trained:
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)  # the worker ends before
        return super().train(job)


def test_a_zygote_that_cannot_be_replaced_is_told_with_its_reason(
    tmp_path: Path, url: str, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spawn, calls = zygote.Zygote._spawn, iter(range(100))

    def once(self: zygote.Zygote) -> object:
        if next(calls):
            raise OSError(errno.ENOMEM, "Cannot allocate memory")
        return spawn(self)

    monkeypatch.setattr(zygote.Zygote, "_spawn", once)
    monkeypatch.setattr(pool, "_LONGEST_PAUSE", 0.1)
    with pytest.raises(RunFailedError, match="Cannot allocate memory at its start"):
        ran(tmp_path, url, Orphaning(log))
