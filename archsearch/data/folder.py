"""`folder:PATH`: class folders or flat, with or without train/ and test/."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from archsearch.data.decode import SUFFIXES, decode_files, note_of
from archsearch.data.source import Allocate, Content, Progress
from archsearch.errors import DataError

__all__ = ["FolderSource"]

_ENDINGS = tuple(SUFFIXES)
_SKIPPED = frozenset({"__MACOSX"})
_READ_AS = "2"
"""Raised where the same folder gives other pictures than before: it is then read anew."""


@dataclass(frozen=True)
class _File:
    relative: str
    size: int
    modified_ns: int
    test: bool
    label: str | None


class FolderSource:
    """A folder of pictures on this machine.

    ``train/`` and ``test/`` directly below it are its parts where both are there, or
    where ``train/`` is its only subfolder; otherwise all subfolders are classes. The
    first folder below a part names a picture's class, deeper ones don't matter. Hidden
    files and files without a picture's suffix are not read.

    Args:
        path: the folder.

    Raises:
        DataError: it isn't there, isn't a folder or holds no picture.
    """

    channels = None

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise DataError(
                f"the folder {path} doesn't exist",
                help="give folder:PATH; a relative PATH starts at the file that names it.",
            )
        if not path.is_dir():
            raise DataError(
                f"{path} is a file, not a folder",
                help="give the folder that holds the pictures; archives must be unpacked.",
            )
        self.path = path.resolve()
        self.name = f"folder:{self.path}"
        try:
            self._parts, self._unread = _parts(self.path)
            self._files = self._scan()
        except OSError as error:
            raise DataError(
                f"the folder {path} can't be listed: {error.filename}: {error.strerror}",
                help="make it and the folders in it readable.",
            ) from error
        if not self._files:
            raise DataError(
                f"the folder {path} holds no pictures",
                help="pictures end in " + ", ".join(sorted(SUFFIXES)) + ".",
            )

    def _scan(self) -> tuple[_File, ...]:
        return tuple(
            found
            for part, test in self._parts
            for found in _walk(str(self.path / part), part, "", test, frozenset())
        )

    @property
    def has_test_part(self) -> bool:
        """Whether there is a ``test/`` with pictures."""
        return any(found.test for found in self._files)

    def signature(self) -> str:
        """SHA-256 over names, sizes and modification times of all pictures, and how they are read."""
        digest = hashlib.sha256(_READ_AS.encode())
        for found in self._files:
            line = f"{found.relative}\0{found.size}\0{found.modified_ns}\n"
            digest.update(line.encode("utf-8", "surrogateescape"))
        return digest.hexdigest()

    def read(self, height: int, width: int, allocate: Allocate, progress: Progress) -> Content:
        """Decode all pictures; where every one is gray, to one channel."""
        files = self._files
        images_NCHW = allocate(len(files), 3)
        facts = decode_files(
            [self.path / found.relative for found in files],
            [found.size for found in files],
            images_NCHW,
            progress,
        )
        if all(fact.gray for fact in facts):
            color_NCHW, images_NCHW = images_NCHW, allocate(len(files), 1)
            images_NCHW[:] = color_NCHW[:, :1]
        notes = [note_of(facts, height, width)]
        if self._unread:
            notes.append("not read, beside train/ and test/: " + ", ".join(self._unread))
        classes = _classes(files)
        return Content(
            images_NCHW,
            note="; ".join(note for note in notes if note),
            labels=np.array([classes.index(found.label or "") for found in files], dtype=np.int64)
            if classes
            else None,
            classes=classes,
            test_part=np.array([found.test for found in files]) if self.has_test_part else None,
        )


def _parts(root: Path) -> tuple[tuple[tuple[str, bool], ...], tuple[str, ...]]:
    """The (subfolder, is the test part) to read, and the subfolders that are not read."""
    folders = [entry.name for entry in os.scandir(root) if entry.is_dir() and _wanted(entry.name)]
    by_name = {name.lower(): name for name in sorted(folders)}
    train, test = by_name.get("train"), by_name.get("test")
    if train is None or (test is None and len(folders) > 1):
        return (("", False),), ()
    parts = ((train, False), (test, True)) if test is not None else ((train, False),)
    return parts, tuple(sorted(f"{name}/" for name in folders if name not in (train, test)))


def _wanted(name: str) -> bool:
    return not name.startswith(".") and name not in _SKIPPED


def _walk(
    folder: str, relative: str, inside: str, test: bool, above: frozenset[tuple[int, int]]
) -> Iterator[_File]:
    """Pictures below ``folder`` in the order of their names, following links but no loop."""
    status = Path(folder).stat()
    here = (status.st_dev, status.st_ino)
    if here in above:
        return
    with os.scandir(folder) as listing:
        entries = sorted((entry for entry in listing if _wanted(entry.name)), key=lambda e: e.name)
    for entry in entries:
        path = f"{relative}/{entry.name}" if relative else entry.name
        if entry.is_dir():
            yield from _walk(entry.path, path, inside or entry.name, test, above | {here})
        elif entry.name.lower().endswith(_ENDINGS) and entry.is_file():
            stat = entry.stat()
            yield _File(path, stat.st_size, stat.st_mtime_ns, test, inside or None)


def _classes(files: tuple[_File, ...]) -> tuple[str, ...]:
    """The class names in order, none where a picture lies outside every class folder."""
    names = {found.label for found in files}
    if None in names:
        return ()
    return tuple(sorted(name for name in names if name is not None))
