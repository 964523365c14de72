"""`folder:PATH`: class folders or flat, with or without train/, val/ and test/."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from archsearch.config.sources import SourceRequest
from archsearch.data.decode import SUFFIXES, decode_files, note_of
from archsearch.data.picture_file import is_stored_gray, one_pixel_limit
from archsearch.data.source import Allocate, Content, OnProgress
from archsearch.errors import DataError

__all__ = ["FolderSource", "open_folder"]

PartName = Literal["train", "val", "test"]

_ENDINGS = tuple(SUFFIXES)
_SKIPPED = frozenset({"__MACOSX"})
_PART_NAMES: Mapping[PartName, tuple[str, ...]] = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing"),
}
"""How the folders of each part are usually called, the likeliest first."""
_READ_AS = "2"
"""Raised where the same folder gives other pictures than before: it is then read anew."""


@dataclass(frozen=True)
class _File:
    relative: str
    size: int
    modified_ns: int
    part: PartName | None
    label: str | None


@dataclass(frozen=True)
class _Layout:
    """Which subfolders are parts, in the order they are read; none where all are classes.

    Attributes:
        parts: the folder of each part.
        unread: folders beside the parts, which aren't read.
        classes: folders with the name of a part that are taken for classes.
    """

    parts: Mapping[PartName, str]
    unread: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


class FolderSource:
    """A folder of pictures on this machine.

    ``train/``, ``val/`` and ``test/`` directly below it, by any of their usual names, are its
    parts where ``train/`` and one of the others are there, or where nothing else is;
    otherwise all subfolders are classes. The first folder below a part names a picture's
    class, deeper ones don't matter. Hidden files and files without a picture's suffix are
    not read.

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
                help="give the folder that contains the pictures; archives must be unpacked.",
            )
        self.path = path.resolve()
        self.name = f"folder:{self.path}"
        try:
            self._layout = _layout(self.path)
            self._files = self._scan()
        except OSError as error:
            raise DataError(
                f"the folder {path} can't be listed: {error.filename}: {error.strerror}",
                help="make it and the folders in it readable.",
            ) from error
        for name in (str(self.path), *sorted({found.label or "" for found in self._files})):
            _check_utf_8(path, name)
        if not self._files:
            raise DataError(
                f"the folder {path} contains no pictures",
                help="pictures end in " + ", ".join(sorted(SUFFIXES)) + ".",
            )

    def _scan(self) -> tuple[_File, ...]:
        folders: list[tuple[PartName | None, str]] = [*self._layout.parts.items()] or [(None, "")]
        return tuple(found for part, folder in folders for found in _walk(self.path, folder, part))

    @property
    def has_parts(self) -> bool:
        """Whether there is a ``val/`` or ``test/`` with pictures."""
        return any(found.part in {"val", "test"} for found in self._files)

    def is_gray(self) -> bool:
        """Whether all pictures are stored as gray, by their headers alone."""
        with one_pixel_limit():
            return all(is_stored_gray(self.path / found.relative) for found in self._files)

    def signature(self) -> str:
        """SHA-256 over names, sizes and times of all pictures, and the way they are read."""
        digest = hashlib.sha256(_READ_AS.encode())
        for found in self._files:
            line = f"{found.relative}\0{found.size}\0{found.modified_ns}\n"
            digest.update(line.encode("utf-8", "surrogateescape"))
        return digest.hexdigest()

    def read(self, height: int, width: int, allocate: Allocate, progress: OnProgress) -> Content:
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
        classes = _classes(files)
        return Content(
            images_NCHW,
            note="; ".join(filter(None, [note_of(facts, height, width), *self._part_notes()])),
            labels=np.array([classes.index(found.label or "") for found in files], dtype=np.int64)
            if classes
            else None,
            classes=classes,
            test_part=self._of_part("test"),
            val_part=self._of_part("val"),
        )

    def _of_part(self, part: PartName) -> npt.NDArray[np.bool_] | None:
        found = np.array([found.part == part for found in self._files])
        return found if found.any() else None

    def _part_notes(self) -> Iterator[str]:
        """What the subfolders were taken for, where their names could mean a part."""
        layout = self._layout
        if layout.parts:
            counts = Counter(found.part for found in self._files)
            told = (f"{name}/ ({counts[part]:,})" for part, name in layout.parts.items())
            yield "parts: " + ", ".join(told)
        if layout.unread:
            yield "ignored beside these parts: " + ", ".join(layout.unread)
        if layout.classes:
            yield f"read as classes, not as parts: {', '.join(layout.classes)}"


def open_folder(request: SourceRequest) -> FolderSource:
    """The folder that the argument names."""
    return FolderSource(request.base / Path(request.argument).expanduser())


def _layout(root: Path) -> _Layout:
    folders = [entry.name for entry in os.scandir(root) if entry.is_dir() and _wanted(entry.name)]
    by_name = {name.lower(): name for name in sorted(folders)}
    found = {
        part: [by_name[name] for name in names if name in by_name]
        for part, names in _PART_NAMES.items()
    }
    parts = {part: usual[0] for part, usual in found.items() if usual}
    others = tuple(sorted(f"{name}/" for name in folders if name not in parts.values()))
    if others and ("train" not in parts or len(parts) == 1):
        return _Layout({}, classes=tuple(f"{name}/" for name in parts.values()))
    return _Layout(parts, unread=others)


def _check_utf_8(path: Path, name: str) -> None:
    """See that a folder's name can be written into records, which are UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise DataError(
            f"the folder {path} can't be used: the name {name!r} isn't UTF-8",
            help="rename that folder; names of pictures may have any bytes.",
        ) from error


def _wanted(name: str) -> bool:
    return not name.startswith(".") and name not in _SKIPPED


def _walk(root: Path, folder: str, part: PartName | None) -> Iterator[_File]:
    """Pictures below ``root/folder`` in the order of their names, following links but no loop."""
    above: list[tuple[int, int]] = []  # device and inode of the folders that are gone through
    entries = [_listed(root / folder, above)]
    names = [folder] if folder else []
    depth = len(names)
    while entries:
        entry = next(entries[-1], None)
        if entry is None:
            entries.pop()
            above.pop()
            names = names[:-1]
        elif entry.is_dir():
            entries.append(_listed(entry, above))
            names = [*names, entry.name]
        elif entry.name.lower().endswith(_ENDINGS) and entry.is_file():
            stat = entry.stat()
            label = names[depth] if len(names) > depth else None
            path = "/".join([*names, entry.name])
            yield _File(path, stat.st_size, stat.st_mtime_ns, part, label)


def _listed(folder: os.PathLike[str], above: list[tuple[int, int]]) -> Iterator[os.DirEntry[str]]:
    """What is wanted of a folder, in the order of names; nothing of one in which it lies itself."""
    status = Path(folder).stat()
    here = (status.st_dev, status.st_ino)
    again = here in above
    above.append(here)
    if again:
        return iter(())
    with os.scandir(folder) as listing:
        return iter(sorted((e for e in listing if _wanted(e.name)), key=lambda e: e.name))


def _classes(files: tuple[_File, ...]) -> tuple[str, ...]:
    """The class names in order, none where a picture lies outside every class folder."""
    names = {found.label for found in files}
    if None in names:
        return ()
    return tuple(sorted(name for name in names if name is not None))
