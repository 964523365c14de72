"""The worker processes of one run: started, listened to, replaced and ended."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

from archsearch.errors import RunFailedError
from archsearch.study.events import Say
from archsearch.study.workers.interrupts import blocked_interrupts
from archsearch.study.workers.messages import MessageReader
from archsearch.study.workers.process import WorkerPlan, run_worker

if sys.platform == "win32":
    from multiprocessing.connection import PipeConnection as Connection
else:
    from multiprocessing.connection import Connection

__all__ = ["WorkerPool"]

_KILLED_HAVE_CODES = sys.platform == "win32"
"""Whether who ends a process chooses its exit code; workers say before what they end of."""

_SERVER_GONE = 255
"""The exit code of a forked process where nobody is left who could tell how it ended."""


@dataclass
class _Member:
    """One worker process and the pipe to it."""

    index: int
    process: BaseProcess
    pipe: Connection


class WorkerPool:
    """Workers in processes of their own, which die with this one.

    A worker that is killed is replaced. One pipe each: what a killed worker
    leaves half said or locked can't hold up the others.

    Args:
        plan: what each is started with.
        count: how many.
        say: called with their messages.
    """

    def __init__(self, plan: WorkerPlan, count: int, say: Say) -> None:
        self._plan = plan
        self._reader = MessageReader(say)
        self._finishing = False
        self._deadline: float | None = None
        self._members: dict[int, _Member] = {}
        for index in range(count):
            self._start(index)

    def listen(self, timeout: float) -> bool:
        """Pass on what the workers say within ``timeout`` seconds.

        Returns:
            Whether any worker is left.

        Raises:
            InputError: what a worker found wrong with what it was given.
            RunFailedError: where workers can't run.
        """
        members = list(self._members.values())
        ready = wait([place for m in members for place in (m.pipe, m.process.sentinel)], timeout)
        for member in members:
            if member.pipe in ready:
                self._receive(member)
            if member.process.sentinel in ready:
                self._receive(member)
                self._reap(member)
        if self._deadline is not None and time.monotonic() > self._deadline:
            self.kill()
        return bool(self._members)

    def finish(self, *, timeout: float | None = None) -> None:
        """Tell all to end after their running training; kill who isn't gone after ``timeout``."""
        if timeout is not None and self._deadline is None:
            self._deadline = time.monotonic() + timeout
        if self._finishing:
            return
        self._finishing = True
        for member in self._members.values():
            try:
                member.pipe.send_bytes(b"finish")
            except OSError:
                continue  # it is gone; listen will notice

    def kill(self) -> None:
        """End all at once; their claims are left for others."""
        for member in list(self._members.values()):
            member.process.kill()
            member.process.join()
            self._forget(member)

    def _start(self, index: int) -> None:
        ours, theirs = multiprocessing.Pipe()
        process = _process_type(self._plan.trainer.modules)(
            target=run_worker,
            args=(self._plan, index, theirs, dict(os.environ)),
            name=f"archsearch-worker-{index}",
        )
        with blocked_interrupts(), _safe_path():
            process.start()
        theirs.close()
        self._members[index] = _Member(index, process, ours)

    def _receive(self, member: _Member) -> None:
        try:
            while member.pipe.poll():
                self._reader.read(member.pipe.recv_bytes())
        except (EOFError, OSError, json.JSONDecodeError):
            return  # it died in the middle of a word

    def _reap(self, member: _Member) -> None:
        member.process.join()
        code = member.process.exitcode or 0
        self._forget(member)
        if code == _SERVER_GONE and member.process.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(member.process.pid, signal.SIGKILL)
        if code == 0 or self._finishing:
            return
        if 0 < code != _SERVER_GONE and not _KILLED_HAVE_CODES:
            raise RunFailedError(f"worker {member.index} ended with exit code {code}")
        self._reader.died(member.index, f"signal {-code}" if code < 0 else f"exit code {code}")
        self._start(member.index)

    def _forget(self, member: _Member) -> None:
        member.pipe.close()
        del self._members[member.index]


def _process_type(modules: Sequence[str]) -> Callable[..., BaseProcess]:
    """How workers start: on Linux, forked from a process that has imported ``modules``.

    What is imported then stands in memory once for all workers, and is read once.
    That process computes nothing, so no thread of torch's is lost in the fork.
    """
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn").Process
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([run_worker.__module__, *modules])
    return context.Process


@contextmanager
def _safe_path() -> Iterator[None]:
    """Python processes started inside import nothing from the folder that they start in."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before
