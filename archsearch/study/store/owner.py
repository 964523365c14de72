"""Which process holds a claim, and whether it still lives."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Owner", "process_start"]


@dataclass(frozen=True)
class Owner:
    """A worker process.

    Attributes:
        host: machine and, on Linux, process namespace: where ``pid`` means something.
        pid: process id.
        started: start of the process, so that another with its id isn't taken for it.
        worker: which worker of the study it is.
        parent: the process that started it.
        parent_started: that one's start.
    """

    host: str
    pid: int
    started: str
    worker: int
    parent: int = 0
    parent_started: str = ""

    @classmethod
    def this_process(cls, worker: int = 0) -> Owner:
        """The calling process as an owner of claims."""
        pid, parent = os.getpid(), os.getppid()
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
        """Whether it is seen to be gone while the process that started it goes on.

        A training that kills its worker (by memory, say) ends like this; a
        study that is killed as a whole does not.
        """
        return self.is_gone and process_start(self.parent) == self.parent_started


def process_start(pid: int) -> str | None:
    """When a process of this host began, as a text that never repeats; None where it is gone.

    On Linux the boot's id and field 22 of ``/proc/PID/stat`` (see proc(5)),
    elsewhere what ``ps`` says. A zombie counts as gone.

    Example:
        >>> process_start(os.getpid()) == process_start(os.getpid())
        True
    """
    stat = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self/stat").exists():
        return _start_by_ps(pid)
    try:
        fields = stat.read_text().rpartition(")")[2].split()  # the name may hold spaces
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else f"{_boot()}:{fields[19]}"


@cache
def _host() -> str:
    try:
        namespace = os.readlink("/proc/self/ns/pid")  # noqa: PTH115  it isn't a path
    except OSError:
        namespace = ""
    return f"{socket.gethostname()} {namespace}".strip()


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _start_by_ps(pid: int) -> str | None:
    done = subprocess.run(  # noqa: S603  a number is the only argument
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],  # noqa: S607  where ps is differs
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, start = done.stdout.strip().partition(" ")
    return start.strip() or None if state and state[0] not in "ZX" else None
