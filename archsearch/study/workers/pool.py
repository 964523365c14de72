"""The worker processes of one run: started, listened to, replaced and ended."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Any, Protocol

from archsearch.errors import RunFailedError
from archsearch.study.events import Say
from archsearch.study.workers.interrupts import blocked_interrupts
from archsearch.study.workers.messages import MessageReader
from archsearch.study.workers.process import WorkerPlan, run_worker

if sys.platform == "win32":
    from multiprocessing.connection import PipeConnection as Connection
else:
    from multiprocessing.connection import Connection

__all__ = ["Starter", "WorkerPool", "starter_of"]

_KILLED_HAVE_CODES = sys.platform == "win32"
"""Whether who ends a process chooses its exit code; workers say before what they end of."""

_SECONDS_TO_DIE = 5.0
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
"""Seconds until a dead worker's place is taken, twice as long each time: what is short may pass."""


class _Process(Protocol):
    """A worker process, as the pool sees it; ``sentinel`` is ready when it may be gone."""

    @property
    def sentinel(self) -> Any: ...
    @property
    def exitcode(self) -> int | None: ...
    def is_alive(self) -> bool: ...
    def kill(self) -> None: ...
    def join(self) -> None: ...


class Starter(Protocol):
    """How workers are started."""

    def start(self, index: int, pipe: Connection) -> _Process:
        """Start one, with its end of a pipe."""
        ...

    def close(self) -> None:
        """Start no more; those that are left end."""
        ...


class _Spawner:
    """Starts each worker as a Python of its own, where processes can't be forked."""

    def __init__(self, plan: WorkerPlan) -> None:
        self._plan = plan

    def start(self, index: int, pipe: Connection) -> _Process:
        """Start one, with its end of a pipe."""
        process = multiprocessing.get_context("spawn").Process(
            target=run_worker,
            args=(self._plan, index, pipe, os.getpid()),
            name=f"archsearch-worker-{index}",
        )
        with blocked_interrupts():
            process.start()
        return process

    def close(self) -> None:
        """Nothing is held."""


if sys.platform == "linux":
    from archsearch.study.workers.zygote import Zygote

    starter_of: Callable[[WorkerPlan], Starter] = Zygote
else:
    starter_of = _Spawner


@dataclass
class _Member:
    """One worker process and the pipe to it."""

    index: int
    process: _Process
    pipe: Connection


class WorkerPool:
    """Workers in processes of their own, which die with this one.

    A worker that is killed is replaced. One pipe each: what a killed worker
    leaves half said or locked can't hold up the others.

    Args:
        count: how many.
        say: called with their messages.
        starter: made by ``starter_of`` before, so that it is ready by now; the pool closes it.
    """

    def __init__(self, count: int, say: Say, starter: Starter) -> None:
        self._reader = MessageReader(say)
        self._finishing = False
        self._deadline: float | None = None
        self._members: dict[int, _Member] = {}
        self._to_start: dict[int, float] = {}
        self._starter = starter
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
        for index in [i for i, at in self._to_start.items() if at <= time.monotonic()]:
            del self._to_start[index]
            self._start(index)
        members = list(self._members.values())
        soonest = min(self._to_start.values(), default=float("inf")) - time.monotonic()
        timeout = min(timeout, max(soonest, 0.0))
        places = [place for m in members for place in (m.pipe, m.process.sentinel)]
        if not places:  # Windows can't wait for nothing
            time.sleep(timeout)
        ready = wait(places, timeout) if places else []
        for member in members:
            if member.pipe in ready:
                self._receive(member)
            if member.process.sentinel in ready:
                self._receive(member)
                self._reap(member)
        if self._deadline is not None and time.monotonic() > self._deadline:
            self.kill()
        if not self._members and not self._to_start:
            self._starter.close()
        return bool(self._members or self._to_start)

    def finish(self, *, timeout: float | None = None) -> None:
        """Tell all to end after their running training; kill who isn't gone after ``timeout``."""
        if timeout is not None and self._deadline is None:
            self._deadline = time.monotonic() + timeout
        if self._finishing:
            return
        self._finishing = True
        self._to_start.clear()
        for member in self._members.values():
            try:
                member.pipe.send_bytes(b"finish")
            except OSError:
                continue  # it is gone; listen will notice

    def kill(self) -> None:
        """End all at once; their claims are left for others."""
        self._to_start.clear()
        members = list(self._members.values())
        for member in members:
            member.process.kill()
        self._starter.close()
        for member in members:
            member.process.join()
            with suppress(EOFError, OSError):  # the end of the pipe: it is gone
                while member.pipe.poll(_SECONDS_TO_DIE):
                    member.pipe.recv_bytes()
            self._forget(member)

    def _start(self, index: int) -> None:
        try:
            ours, theirs = multiprocessing.Pipe()
            with theirs:
                process = self._starter.start(index, theirs)
        except OSError as error:  # memory, processes or files are short
            self._died(index, f"{error.strerror} at its start")
        else:
            self._members[index] = _Member(index, process, ours)

    def _died(self, index: int, how: str) -> None:
        """Count it, and let another take its place after a while."""
        times = self._reader.died(index, how)
        pause = min(_SHORTEST_PAUSE * 2 ** (times - 1), _LONGEST_PAUSE)
        self._to_start[index] = time.monotonic() + pause

    def _receive(self, member: _Member) -> None:
        try:
            while member.pipe.poll():
                self._reader.read(member.pipe.recv_bytes())
        except (EOFError, OSError, json.JSONDecodeError):
            return  # it died in the middle of a word

    def _reap(self, member: _Member) -> None:
        if member.process.is_alive():
            return
        code = member.process.exitcode or 0
        self._forget(member)
        if code == 0 or self._finishing:
            return
        if code > 0 and not _KILLED_HAVE_CODES:
            raise RunFailedError(
                f"worker {member.index} ended with exit code {code}",
                help="what it said stands above. If a script runs the study, it needs `if __name__ "
                '== "__main__":` before all that it does, since workers import it',
            )
        self._died(member.index, f"signal {-code}" if code < 0 else f"exit code {code}")

    def _forget(self, member: _Member) -> None:
        member.pipe.close()
        del self._members[member.index]
