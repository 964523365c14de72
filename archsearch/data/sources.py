"""Which sources there are, and what the cache holds of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archsearch.config.sources import SOURCES, SourceKind, SourceRequest, split_source
from archsearch.data.cache import EntryRecord, cache_root, records
from archsearch.data.source import Source
from archsearch.errors import DataError, ExtensionError
from archsearch.extensions import refer

__all__ = ["SourceInfo", "list_sources", "native_size", "open_source"]


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

    Raises:
        ExtensionError: a package that declares a source can't be loaded.

    Example:
        >>> [source.name for source in list_sources(Path("nowhere"))][:2]
        ['photos', 'folder:PATH']
    """
    held = [record for _, record in records(cache_root(cache))]
    kinds = tuple(SOURCES.values())
    return (*(_listed(kind, held) for kind in kinds), *_read_before(kinds, held))


def _listed(kind: SourceKind, held: Iterable[EntryRecord]) -> SourceInfo:
    own = {(r.height, r.width): r.pictures for r in held if r.source == kind.name}
    pictures = own.get((kind.height, kind.width)) if kind.pictures is None else kind.pictures
    return SourceInfo(kind.written, kind.doc, pictures, tuple(sorted(own)))


def _read_before(kinds: Iterable[SourceKind], held: Iterable[EntryRecord]) -> Iterator[SourceInfo]:
    """What the cache holds of sources that take an argument."""
    with_argument = {kind.name for kind in kinds if kind.argument}
    found: dict[str, list[EntryRecord]] = {}
    for record in held:
        if record.source.partition(":")[0] in with_argument:
            found.setdefault(record.source, []).append(record)
    for name, entries in sorted(found.items()):
        sizes = tuple(sorted({(entry.height, entry.width) for entry in entries}))
        yield SourceInfo(name, _what(entries[-1]), entries[-1].pictures, sizes)


def _what(record: EntryRecord) -> str:
    parts = [word for word in ("val", "test") if f"{word}_part.npy" in record.arrays]
    kind = record.source.partition(":")[0]
    return f"a {kind} read before" + (f", with a {' and a '.join(parts)} part" if parts else "")


def open_source(name: str, base: Path, root: Path) -> Source:
    """Find the source a study file names.

    Args:
        name: as files write it, e.g. ``photos`` or ``folder:PATH``.
        base: what a relative PATH starts at.
        root: the cache.

    Raises:
        DataError: there is no such source or folder.
        ExtensionError: the package that declares it can't be loaded, or gives something else.
    """
    found = split_source(name)
    if found is not None:
        kind, argument = found
        source = refer(kind.opens)(SourceRequest(kind, argument, base, root / "downloads"))
        if not isinstance(source, Source):
            raise ExtensionError(
                f"`{kind.name}` gave a {type(source).__name__}, not a source of pictures",
                help="let it return what has all of archsearch.data.Source",
            )
        return source
    looks_like_path = "/" in name or (base / name).is_dir()
    raise DataError(
        f"there is no source of pictures named {name!r}",
        help=f"write folder:{name}" if looks_like_path else f"use {_known()}.",
    )


def _known() -> str:
    """All sources as files write them; loads no package."""
    own = (kind.written for kind in SOURCES.builtin.values())
    return ", ".join((*own, *(name for name in SOURCES if name not in SOURCES.builtin)))


def native_size(name: str) -> tuple[int, int]:
    """Height and width at which a source needs no resizing; 32×32 where it has no own size."""
    found = split_source(name)
    return (32, 32) if found is None else (found[0].height, found[0].width)
