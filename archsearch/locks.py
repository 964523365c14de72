"""Locks on files: the system's own, which are free at once when their holder dies."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

__all__ = ["give_back", "locked", "try_lock"]

_RELEASING_REMOVES = sys.platform == "win32"
"""Windows removes no file that is open, so filelock removes it there once it is free."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on ``path`` (made where missing), waiting for others.

    On a file system without locks it doesn't wait: what is written under the lock must
    be right without it too, and the lock only saves double work.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()  # what can't be written is told; what can't be locked isn't
    lock = FileLock(path, fallback_to_soft=False, preserve_lock_file=True)
    with suppress(OSError):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()  # nothing where it wasn't to be had


def try_lock(path: Path) -> FileLock | None:
    """Hold an exclusive lock on ``path`` (made where missing), or give None where another does.

    It is held as long as the object lives. Links aren't followed.

    Raises:
        OSError: the file can't be made, or its file system has no locks.
    """
    lock = FileLock(path, fallback_to_soft=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return None
    return lock


def give_back(lock: FileLock) -> None:
    """Remove a lock's file and let go of it."""
    if not _RELEASING_REMOVES:
        Path(lock.lock_file).unlink(missing_ok=True)  # before letting go, while it is ours
    lock.release()
