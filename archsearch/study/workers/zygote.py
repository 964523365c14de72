"""A process that has imported what workers need, and of which they are forked: on Linux.

Browsers call it a zygote. What it imported stands in memory once for all workers, and a worker
starts at once. It computes nothing, and what is imported into it is held to one thread, so no
thread is lost in a fork. Each pool spawns its own, with the path and environment of then.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, Pipe, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path

from archsearch.study.workers.interrupts import blocked_interrupts
from archsearch.study.workers.process import WorkerPlan, run_worker

assert sys.platform == "linux"  # noqa: S101 - tells type checkers, too

__all__ = ["Forked", "Zygote"]

_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
_AT_START = {**_ONE_THREAD, "PYTHONSAFEPATH": "1"}
"""What it is spawned with; the last keeps it from importing modules of the folder at hand."""

_SECONDS_TO_DIE = 5.0

_environment = threading.Lock()


class Forked:
    """A worker process that a zygote forks.

    Attributes:
        sentinel: is ready when more is told of the process.
        pid: its id, once it has started.
        exitcode: how it ended, negative for a signal; None while it isn't known to be gone.
    """

    def __init__(self, status: Connection, zygote: BaseProcess) -> None:
        self.sentinel = status
        self._zygote = zygote
        self.pid: int | None = None
        self.exitcode: int | None = None

    def is_alive(self) -> bool:
        """Take in what is told of it."""
        try:
            while self.exitcode is None and self.sentinel.poll():
                number = int(self.sentinel.recv_bytes())
                if self.pid is None:
                    self.pid = number
                else:
                    self.exitcode = number
        except (EOFError, OSError):  # the zygote is gone, and its workers end with it
            self._end()
            self._zygote.join(_SECONDS_TO_DIE)
            self.exitcode = self._zygote.exitcode or -signal.SIGKILL
        return self.exitcode is None

    def join(self) -> None:
        """Wait until it is gone."""
        while self.is_alive():
            wait([self.sentinel])

    def kill(self) -> None:
        """End it, if it has started."""
        if self.is_alive():
            self._end()

    def _end(self) -> None:
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


class Zygote:
    """The parent of a pool's workers; one that is gone is replaced.

    Args:
        plan: what each worker is started with.
    """

    def __init__(self, plan: WorkerPlan) -> None:
        self._plan = plan
        self._process, self._control = self._spawn()

    def _spawn(self) -> tuple[BaseProcess, Connection]:
        plan = self._plan
        ours, theirs = Pipe()
        with theirs, _spawning() as environment:
            process = get_context("spawn").Process(
                target=_serve,
                args=(plan, tuple(plan.trainer.modules), theirs, environment, os.getpid()),
                name="archsearch-zygote",
            )
            resource_tracker.ensure_running()  # which unblocks interrupts
            with blocked_interrupts():
                process.start()
        return process, ours

    def start(self, index: int, pipe: Connection) -> Forked:
        """Fork a worker as soon as all is imported.

        Args:
            index: which worker it is.
            pipe: its end.

        Raises:
            OSError: memory, processes or files are short.
        """
        ended = self._process.exitcode
        if ended is not None and ended <= 0:  # killed; one that failed has told why
            self._control.close()
            self._process, self._control = self._spawn()
        ours, status = Pipe(duplex=False)
        try:
            with status:
                self._control.send_bytes(str(index).encode())
                for one in (pipe, status):
                    send_handle(self._control, one.fileno(), self._process.pid)
        except OSError:  # it is gone, or heard half of what it waits for
            self._process.kill()
            self._process.join()
        return Forked(ours, self._process)

    def close(self) -> None:
        """End it; workers that are left end with it."""
        self._process.kill()
        self._process.join()
        self._control.close()


@contextmanager
def _spawning() -> Iterator[Mapping[str, str]]:
    """Change the environment for the zygote's start; gives what it was."""
    with _environment:
        before = dict(os.environ)
        os.environ.update(_AT_START)
        try:
            yield before
        finally:
            for name in _AT_START:
                if name in before:
                    os.environ[name] = before[name]
                else:
                    del os.environ[name]


def _serve(
    plan: WorkerPlan,
    modules: Sequence[str],
    control: Connection,
    environment: Mapping[str, str],
    command: int,
) -> None:
    """Fork a worker whenever one is asked for, and tell how each ended."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    gc.disable()  # imports leave no garbage
    for name in modules:
        with suppress(Exception):  # of any type: the worker meets it, and tells
            importlib.import_module(name)
    os.environ.clear()
    os.environ.update(environment)
    gc.enable()
    gc.freeze()  # a worker's collections would write to what is shared, and so copy it
    workers: dict[int, tuple[BaseProcess, Connection]] = {}
    while True:
        ready = wait([control, *workers])
        for sentinel in [one for one in ready if isinstance(one, int)]:
            process, status = workers.pop(sentinel)
            process.join()
            with status:
                _tell(status, process.exitcode or 0)
        if control not in ready:
            continue
        try:
            index = int(control.recv_bytes())
            pipe = Connection(recv_handle(control))
            status = Connection(recv_handle(control), readable=False)
        except (EOFError, ConnectionResetError):
            os._exit(0)  # the command is gone; workers, who watch this process, go too
        except (OSError, RuntimeError):  # what was sent is lost, e.g. for lack of descriptors
            os.kill(os.getpid(), signal.SIGKILL)
        siblings = [each for _, each in workers.values()]
        process = get_context("fork").Process(
            target=_work, args=(plan, index, pipe, command, [control, status, *siblings])
        )
        with pipe:
            started = _started(process)
        _tell(status, process.pid or 0)
        if started:
            workers[process.sentinel] = process, status
        else:
            with status:
                _tell(status, -signal.SIGKILL)


def _started(process: BaseProcess) -> bool:
    """Start it; False where memory or processes are short, as if it had been killed at once."""
    try:
        before = _descriptors()
        try:
            process.start()
        except OSError:
            for left in _descriptors() - before:  # multiprocessing leaves the pipes that it made
                os.close(left)
            return False
    except OSError:  # no descriptor is left to look at them: another zygote has its own
        os.kill(os.getpid(), signal.SIGKILL)
    return True


def _descriptors() -> set[int]:
    """Those that are open, without that of the listing."""
    found = {int(each.name) for each in Path("/proc/self/fd").iterdir()}
    return {number for number in found if Path(f"/proc/self/fd/{number}").exists()}


def _tell(status: Connection, number: int) -> None:
    with suppress(OSError):  # nobody listens any more
        status.send_bytes(str(number).encode())


def _work(
    plan: WorkerPlan, index: int, pipe: Connection, command: int, others: list[Connection]
) -> None:
    """What a forked process does: it lets go of what isn't its own, and works."""
    for other in others:
        other.close()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    run_worker(plan, index, pipe, command)
