"""One process at a time in a run directory."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archsearch.errors import InputError, RunConflictError

__all__ = ["LOCK_FILE", "locked"]

LOCK_FILE = ".lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold ``folder`` for this process; make it if it isn't there.

    The lock is the system's own on a file that holds the process's id, so one
    left by a killed process is open at once. (Windows has no such lock; there
    nothing is held.)

    Raises:
        RunConflictError: another process holds it.
        InputError: the folder can't be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = _open_locked(folder / LOCK_FILE)
    except OSError as error:
        raise InputError(
            f"{folder} can't be used as a run directory: {error.strerror}",
            help="choose a writable folder with --out",
        ) from error
    try:
        os.truncate(handle, 0)
        os.write(handle, f"process {os.getpid()} on {socket.gethostname()}".encode())
        yield
    finally:
        (folder / LOCK_FILE).unlink(missing_ok=True)  # before letting go, while it is ours
        os.close(handle)


def _open_locked(path: Path) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if not _try_lock(handle):
            holder = os.read(handle, 200).decode(errors="replace") or "another process"
            os.close(handle)
            raise RunConflictError(
                f"{path.parent} is in use by {holder}",
                help="wait for it to end, or choose another folder with --out",
            )
        if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
            return handle
        os.close(handle)  # its last holder removed it in between


def _try_lock(handle: int) -> bool:
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
