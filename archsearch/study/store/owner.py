"""Which process holds a claim, and whether it still lives."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Owner", "process_start"]

_PROC = Path("/proc")


@dataclass(frozen=True)
class Owner:
    """A worker process.

    Attributes:
        host: machine and, on Linux, process namespace: where ``pid`` means something.
        pid: process id.
        started: start of the process, so that another with its id isn't taken for it.
        worker: which worker of the study it is.
        parent: the process that wants it, such as a command's.
        parent_started: that one's start.
    """

    host: str
    pid: int
    started: str
    worker: int
    parent: int = 0
    parent_started: str = ""

    @classmethod
    def this_process(cls, worker: int = 0, parent: int | None = None) -> Owner:
        """The calling process as an owner of claims; its parent, if none else is named."""
        pid, parent = os.getpid(), parent or os.getppid()
        started, parent_started = process_start(pid) or "", process_start(parent) or ""
        return cls(_host(), pid, started, worker, parent, parent_started)

    @property
    def hostname(self) -> str:
        """The machine's name alone."""
        return self.host.partition(" ")[0]

    @property
    def is_gone(self) -> bool:
        """Whether it ran on this host and is gone; False where that can't be seen."""
        return self.host == _host() and process_start(self.pid) != self.started

    @property
    def crashed(self) -> bool:
        """Whether it is seen to be gone while the process that wants it goes on.

        A training that kills its worker (by memory, say) ends like this; a
        study that is killed as a whole does not.
        """
        return self.is_gone and process_start(self.parent) == self.parent_started


def process_start(pid: int) -> str | None:
    """When a process of this host began, as a text that never repeats; None where it is gone.

    On Linux the boot's id and field 22 of ``/proc/PID/stat`` (see proc(5)): no clock that is
    set meanwhile changes them. Elsewhere the hash that psutil gives a process, which is of its
    id and its start by such a clock; the time of start that psutil tells follows the clock of
    the day. A zombie counts as gone.

    Example:
        >>> process_start(os.getpid()) == process_start(os.getpid())
        True
    """
    return _start_by_proc(pid) if (_PROC / "self/stat").exists() else _start_by_psutil(pid)


def _start_by_proc(pid: int) -> str | None:
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()  # the name may hold spaces
    return None if fields[0] in "ZX" else f"{_boot()}:{fields[19]}"


def _start_by_psutil(pid: int) -> str | None:
    import psutil

    try:
        process = psutil.Process(pid)
        ended = process.status() in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
        return None if ended else repr(hash(process))
    except psutil.NoSuchProcess:
        return None


@cache
def _host() -> str:
    try:
        namespace = os.readlink(_PROC / "self/ns/pid")  # noqa: PTH115  it isn't a path
    except OSError:
        namespace = ""
    return f"{socket.gethostname()} {namespace}".strip()


@cache
def _boot() -> str:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
