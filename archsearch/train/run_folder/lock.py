"""One process at a time in a run directory."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archsearch.errors import InputError, RunConflictError
from archsearch.locks import give_back, try_lock

__all__ = ["LOCK_FILE", "locked"]

LOCK_FILE = ".lock"
_TOLD = 200
"""Bytes that say who holds it. They follow the first, which Windows lets only the holder read."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold ``folder`` for this process; make it if it isn't there.

    The lock is the system's own on a file that holds the process's id, so one
    left by a killed process is open at once.

    Raises:
        RunConflictError: another process holds it.
        InputError: the folder can't be made or written to.
    """
    path = folder / LOCK_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = try_lock(path)
        if lock is None:
            raise RunConflictError(
                f"{folder} is in use by {_signed_by(path)}",
                help="wait for it to end, or choose another folder with --out",
            )
        _sign(path)
    except OSError as error:
        raise InputError(
            f"{folder} can't be used as a run directory: {error.strerror or error}",
            help="choose a writable folder with --out",
        ) from error
    try:
        yield
    finally:
        give_back(lock)


def _sign(path: Path) -> None:
    with path.open("r+b", buffering=0) as file:
        file.seek(1)
        file.write(f"process {os.getpid()} on {socket.gethostname()}".encode().ljust(_TOLD))


def _signed_by(path: Path) -> str:
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(1)
            told = file.read(_TOLD)
    except OSError:  # it has just let go
        told = b""
    return told.decode(errors="replace").strip() or "another process"
