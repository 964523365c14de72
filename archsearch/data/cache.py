"""Decoded once: a source at one size as arrays in the cache, memory-mapped.

::

    CACHE/
    ├── pictures/NAME-HxW-CONTENT/   one entry; the folder appears whole or not at all
    │   ├── entry.json               what it is, size and SHA-256 of each array, and its own
    │   ├── images.npy               uint8, N×H×W×C, as nets read them
    │   ├── sums.npy                 int64, N×C×2: sum and sum of squares of each channel
    │   └── labels.npy, test_part.npy, val_part.npy, regions.npy   where the source has them
    └── downloads/NAME/              archives as their hosts give them
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import math
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import platformdirs
from pydantic import BaseModel, ConfigDict

from archsearch.data.source import Content, Images, OnProgress, Source
from archsearch.errors import DataError, NewerVersionError, UnreadableError
from archsearch.files import reserve, write_failure
from archsearch.locks import locked
from archsearch.records.reading import check_version, damaged, read_checked, read_stored

__all__ = ["Entry", "EntryRecord", "cache_root", "cached", "records"]

_log = logging.getLogger(__name__)

_BLOCK_BYTES = 1 << 24
_SUMMED_AT_ONCE = 4096


class ArrayRecord(BaseModel):
    """Size and hash of one array file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    bytes: int
    sha256: str


class EntryRecord(BaseModel):
    """The content of an entry's ``entry.json``.

    A change in how pictures are decoded or kept raises ``version``: older entries are made anew.
    ``pixels`` is the SHA-256 of all pictures as an array file N×C×H×W, however they are kept;
    ``sha256`` that of the record without it, None in entries that were made before it was kept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Literal[2] = 2
    source: str
    height: int
    width: int
    channels: int
    pictures: int
    note: str
    classes: list[str]
    pixels: str
    arrays: dict[str, ArrayRecord]
    sha256: str | None = None

    def checksum(self) -> str:
        """The SHA-256 of all other fields."""
        return hashlib.sha256(self.model_dump_json(exclude={"sha256"}).encode()).hexdigest()


_NEWEST: int = EntryRecord.model_fields["version"].default


@dataclass(frozen=True, eq=False)
class Entry:
    """An entry of the cache, its arrays mapped copy-on-write.

    Args:
        folder: where it lies.
        record: what it is.
        content: the arrays and what belongs to them.
        sums: N×C×2, sum and sum of squares of each picture's channels (0–255).
    """

    folder: Path
    record: EntryRecord
    content: Content
    sums: npt.NDArray[np.int64]


def cache_root(cache: Path | None = None) -> Path:
    """The cache: as given, else ``$ARCHSEARCH_CACHE``, else the platform's user cache."""
    if cache is not None:
        return cache
    named = os.environ.get("ARCHSEARCH_CACHE")
    return Path(named).expanduser() if named else platformdirs.user_cache_path("archsearch")


def cached(source: Source, height: int, width: int, root: Path, progress: OnProgress) -> Entry:
    """Give the entry of a source at a size; make it where it is missing, torn or outdated.

    Processes that need the same entry at once wait for the first, then map its arrays.
    An entry is read only if the hashes of all its arrays are right. What was made from an
    earlier content of the same source is removed.

    Raises:
        DataError: the source can't be read, or the cache can't be written.
        NewerVersionError: the entry is of a newer archsearch.
    """
    stem = _stem(source.name, height, width)
    folder = root / "pictures" / f"{stem}-{content_key(source)}"
    entry = _read(folder)
    if entry is not None:
        return entry
    try:
        with locked(folder.parent / f".{stem}.lock"):
            entry = _read(folder)
            if entry is None:
                _remove_siblings(folder, stem)
                _make(folder, source, height, width, progress)
                entry = _read(folder)
    except OSError as error:
        raise _unwritable(root, error) from error
    if entry is None:
        raise DataError(
            f"{folder} doesn't contain what was just written",
            help="check the disk, or set ARCHSEARCH_CACHE to a folder on another one.",
        )
    return entry


def _unwritable(root: Path, error: OSError, *, size: int | None = None) -> DataError:
    return DataError(
        f"the cache {root} can't be written: {write_failure(error, root, size=size)}",
        help="free some space, or set ARCHSEARCH_CACHE to a folder that can be written.",
    )


def content_key(source: Source) -> str:
    """What the names of a source's entries end with, as long as its content is the same."""
    return source.signature()[:12]


def records(root: Path, content: str = "*") -> Iterator[tuple[Path, EntryRecord]]:
    """What the cache holds: folder and record of each entry, in the order of their names.

    What can't be read, or a newer archsearch wrote, is skipped and logged. What an
    earlier one wrote is skipped, since it is made anew when it is needed.

    Args:
        root: of the cache.
        content: only entries with this :func:`content_key`.
    """
    for path in sorted((root / "pictures").glob(f"[!.]*-{content}/entry.json")):
        try:
            record = _record(path)
        except (OSError, UnreadableError) as error:
            _log.warning("skipped: %s", error)
            continue
        if record is not None:
            yield path.parent, record


def _stem(name: str, height: int, width: int) -> str:
    readable = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[-40:].lower()
    identity = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{readable}-{identity}-{height}x{width}"


def _make(folder: Path, source: Source, height: int, width: int, progress: OnProgress) -> None:
    """Write the entry beside its place, then move it there in one step."""
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        content = _fill(draft, source, height, width, progress)
        record = EntryRecord(
            source=source.name,
            height=height,
            width=width,
            channels=content.images_NCHW.shape[1],
            pictures=len(content.images_NCHW),
            note=content.note,
            classes=list(content.classes),
            pixels=_pixels(content.images_NCHW),
            arrays={},
        )
        images = _images_file(draft, record.channels)
        del content  # Windows renames no file, and no folder of a file, that is open
        images.rename(draft / "images.npy")
        record = record.model_copy(update={"arrays": _kept_arrays(draft)})
        record = record.model_copy(update={"sha256": record.checksum()})
        described = draft / "entry.json"
        described.write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
        _flush(described)
        draft.chmod(0o755)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _fill(draft: Path, source: Source, height: int, width: int, progress: OnProgress) -> Content:
    def allocate(pictures: int, channels: int) -> Images:
        # Straight into the file: a large set needn't fit into memory.
        path = _images_file(draft, channels)
        shape = (pictures, height, width, channels)
        file = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)
        try:
            reserve(path)
        except OSError as error:
            raise _unwritable(draft.parent.parent, error, size=math.prod(shape)) from error
        return file.transpose(0, 3, 1, 2)

    content = source.read(height, width, allocate, progress)
    if isinstance(content.images_NCHW, np.memmap):
        content.images_NCHW.flush()
    np.save(draft / "sums.npy", _sums(content.images_NCHW))
    for name in ("labels", "test_part", "val_part", "regions"):
        array = getattr(content, name)
        if array is not None:
            np.save(draft / f"{name}.npy", array)
    return content


def _images_file(draft: Path, channels: int) -> Path:
    """Where pictures of so many channels are written; a source may think better of it."""
    return draft / f"images-of-{channels}"


def _kept_arrays(draft: Path) -> dict[str, ArrayRecord]:
    """What an entry is to hold, on the disk; all else goes."""
    paths = sorted(draft.iterdir())
    for other in (path for path in paths if path.suffix != ".npy"):
        other.unlink()
    arrays = [path for path in paths if path.suffix == ".npy"]
    for path in arrays:
        _flush(path)
    return {path.name: _array_record(path) for path in arrays}


def _sums(images_NCHW: Images) -> npt.NDArray[np.int64]:
    """Exact sums of each picture's channels, so that any split's mean and std are exact."""
    sums = np.empty((*images_NCHW.shape[:2], 2), dtype=np.int64)
    for start in range(0, len(images_NCHW), _SUMMED_AT_ONCE):
        block = images_NCHW[start : start + _SUMMED_AT_ONCE]
        sums[start : start + len(block), :, 0] = block.sum(axis=(2, 3), dtype=np.int64)
        squares = np.square(block, dtype=np.uint16)  # 255² = 65,025 fits
        sums[start : start + len(block), :, 1] = squares.sum(axis=(2, 3), dtype=np.int64)
    return sums


def _pixels(images_NCHW: Images) -> str:
    """The hash that these pictures have as a file of ``np.save``, without writing one."""
    header = io.BytesIO()
    described = {"descr": "|u1", "fortran_order": False, "shape": images_NCHW.shape}
    np.lib.format.write_array_header_1_0(header, described)
    digest = hashlib.sha256(header.getvalue())
    for start in range(0, len(images_NCHW), _SUMMED_AT_ONCE):
        digest.update(images_NCHW[start : start + _SUMMED_AT_ONCE].tobytes())
    return digest.hexdigest()


def _read(folder: Path) -> Entry | None:
    """The entry, or None where it is missing or any part isn't as recorded."""
    try:
        record = _record(folder / "entry.json")
        if record is None:
            return None
        if any(_array_record(folder / name) != kept for name, kept in record.arrays.items()):
            return None
        arrays = {
            name: np.load(folder / name, mmap_mode="c", allow_pickle=False)
            for name in record.arrays
        }
        content = Content(
            arrays["images.npy"].transpose(0, 3, 1, 2),
            note=record.note,
            labels=arrays.get("labels.npy"),
            classes=tuple(record.classes),
            test_part=arrays.get("test_part.npy"),
            val_part=arrays.get("val_part.npy"),
            regions=arrays.get("regions.npy"),
        )
        return Entry(folder, record, content, arrays["sums.npy"])
    except NewerVersionError:
        raise  # not ours to replace
    except (OSError, UnreadableError, ValueError, KeyError):
        return None


def _record(path: Path) -> EntryRecord | None:
    """The record of an entry; None where an earlier version of its format wrote it.

    Raises:
        OSError: there is none.
        UnreadableError: it is damaged, or of a newer version.
    """
    what, text = str(path), path.read_bytes()
    version = read_checked(what, lambda: check_version(what, json.loads(text), newest=_NEWEST))
    if version < _NEWEST:
        return None
    record = read_stored(EntryRecord, what, text, newest=_NEWEST)
    if record.sha256 not in {None, record.checksum()}:
        raise damaged(what, ValueError("its checksum is another"))
    return record


def _array_record(path: Path) -> ArrayRecord:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return ArrayRecord(bytes=path.stat().st_size, sha256=digest.hexdigest())


def _flush(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _remove_siblings(folder: Path, stem: str) -> None:
    """Remove a torn entry, earlier contents of the source, and drafts of dead processes."""
    for pattern in (f"{stem}-*", f".{stem}-*"):
        for stale in folder.parent.glob(pattern):
            shutil.rmtree(stale, ignore_errors=True)
