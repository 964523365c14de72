"""Which sources there are, and what the cache holds of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archsearch.data.cache import EntryRecord, cache_root, records
from archsearch.data.folder import FolderSource
from archsearch.data.photos import PhotosSource
from archsearch.data.source import Source
from archsearch.data.torchvision_sets import SETS, TorchvisionSource
from archsearch.errors import DataError

__all__ = ["SourceInfo", "list_sources", "native_size", "open_source"]

_FOLDER = "folder:"
_DEFAULT_SIZE = (32, 32)


@dataclass(frozen=True)
class SourceInfo:
    """One line of the list of sources.

    Args:
        name: what to write after `source:`.
        what: one line about it.
        pictures: how many; None where it depends (on the folder, on the size).
        cached: sizes that are ready in the cache, as (height, width).
    """

    name: str
    what: str
    pictures: int | None
    cached: tuple[tuple[int, int], ...]


def list_sources(cache: Path | None = None) -> tuple[SourceInfo, ...]:
    """All sources by name, then the folders that the cache holds.

    Args:
        cache: the cache; by default ``$ARCHSEARCH_CACHE`` or the platform's user cache.

    Example:
        >>> [source.name for source in list_sources(Path("nowhere"))][:2]
        ['photos', 'folder:PATH']
    """
    held = [record for _, record in records(cache_root(cache))]
    photos = {(each.height, each.width): each for each in held if each.source == "photos"}
    named = [
        SourceInfo(
            "photos",
            "patches of color photographs, built in, no network",
            photos[_DEFAULT_SIZE].pictures if _DEFAULT_SIZE in photos else None,
            tuple(sorted(photos)),
        ),
        SourceInfo("folder:PATH", "pictures in a folder, flat or one folder a class", None, ()),
    ]
    sets = [
        SourceInfo(each.name, each.what, each.pictures, _sizes(held, each.name)) for each in SETS
    ]
    folders = {record.source: record for record in held if record.source.startswith(_FOLDER)}
    read = [
        SourceInfo(name, _read_before(record), record.pictures, _sizes(held, name))
        for name, record in sorted(folders.items())
    ]
    return (*named, *sets, *read)


def _read_before(record: EntryRecord) -> str:
    parts = [word for word in ("val", "test") if f"{word}_part.npy" in record.arrays]
    return "a folder read before" + (f", with a {' and a '.join(parts)} part" if parts else "")


def _sizes(held: list[EntryRecord], name: str) -> tuple[tuple[int, int], ...]:
    return tuple(sorted({(each.height, each.width) for each in held if each.source == name}))


def open_source(name: str, base: Path, root: Path) -> Source:
    """Find the source a study file names.

    Args:
        name: `photos`, a named set, or `folder:PATH`.
        base: what a relative PATH starts at.
        root: the cache.

    Raises:
        DataError: there is no such source or folder.
    """
    if name == "photos":
        return PhotosSource()
    if name.startswith(_FOLDER) and name != _FOLDER:
        return FolderSource(base / Path(name.removeprefix(_FOLDER)).expanduser())
    for described in SETS:
        if described.name == name:
            return TorchvisionSource(described, root / "downloads")
    known = ", ".join(each.name for each in SETS)
    looks_like_path = "/" in name or (base / name).is_dir()
    raise DataError(
        f"there is no source of pictures named {name!r}",
        help=f"write folder:{name}" if looks_like_path else f"use photos, folder:PATH, {known}.",
    )


def native_size(name: str) -> tuple[int, int]:
    """Height and width at which a source needs no resizing; 32×32 where it has no own size."""
    return next(((each.height, each.width) for each in SETS if each.name == name), _DEFAULT_SIZE)
