"""What Windows refuses, refused here too, so that code that does it fails on every system."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest


def open_here(path: Path) -> list[str]:
    """The files at ``path``, or under it, that this process has open or mapped."""
    process = psutil.Process()
    held = {one.path for one in process.open_files()}
    held |= {one.path for one in process.memory_maps(grouped=True)}
    whole = str(path.absolute())
    return [one for one in held if one == whole or one.startswith(whole + os.sep)]


def as_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let renaming, replacing and removing open files fail, and flushing read-only ones."""
    for name in ("unlink", "rename", "replace", "rmdir"):
        monkeypatch.setattr(Path, name, _refusing(getattr(Path, name)))
    monkeypatch.setattr("archsearch.locks._RELEASING_REMOVES", True)
    monkeypatch.setattr("archsearch.files._DRAFTS_ARE_LOCKED", False)
    plain = os.fsync

    def fsync(handle: int) -> None:
        import fcntl

        if fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(errno.EBADF, "the handle may not write")
        plain(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    mapping = np.lib.format.open_memmap

    def open_memmap(path: Path, mode: str, **named: object) -> np.memmap:
        if "w" in mode and (held := open_here(path)):
            raise PermissionError(errno.EACCES, "it is mapped", held[0])
        return mapping(path, mode=mode, **named)

    monkeypatch.setattr(np.lib.format, "open_memmap", open_memmap)


def _refusing(plain: Callable[..., object]) -> Callable[..., object]:
    def method(self: Path, *others: Path, **named: bool) -> object:
        for path in (self, *others):
            if held := open_here(path):
                raise PermissionError(errno.EACCES, "it is open", held[0])
        return plain(self, *others, **named)

    return method
