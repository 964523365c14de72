"""Where pictures come from: every source, declared once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from archsearch.extensions import Catalogue, Reference

__all__ = ["SOURCES", "SourceKind", "SourceRequest", "absolute_source", "split_source"]


@dataclass(frozen=True)
class SourceKind:
    """A source of pictures; what it holds is told as far as it is known without opening it.

    Attributes:
        name: as files write it after ``source:``.
        doc: what it holds, in a few words.
        opens: :class:`SourceRequest` → ``archsearch.data.source.Source``, without reading pictures.
        argument: what is written after ``name:``, e.g. ``PATH``; "" where nothing is.
        is_path: the argument is a path on this machine: it is made absolute where it is named.
        pictures: how many; None where that depends on the argument or the size.
        height: of its own pictures, pixels; what ``data prepare`` takes without ``--size``.
        width: the same.
        channels: 1 or 3; None where only opening tells.
    """

    group: ClassVar[str] = "sources"

    name: str
    doc: str
    opens: Reference
    argument: str = ""
    is_path: bool = False
    pictures: int | None = None
    height: int = 32
    width: int = 32
    channels: int | None = 3

    @property
    def written(self) -> str:
        """How files name it.

        Example:
            >>> SOURCES["folder"].written
            'folder:PATH'
        """
        return f"{self.name}:{self.argument}" if self.argument else self.name


@dataclass(frozen=True)
class SourceRequest:
    """What a source is opened with.

    Attributes:
        kind: what it declares of itself.
        argument: what is written after ``name:``.
        base: the folder that a relative path starts from.
        downloads: a folder of the cache, for files that it fetches.
    """

    kind: SourceKind
    argument: str
    base: Path
    downloads: Path


def split_source(written: str) -> tuple[SourceKind, str] | None:
    """The source that ``written`` names, and its argument; None where it names none.

    Example:
        >>> kind, argument = split_source("folder:../photos")
        >>> kind.name, argument
        ('folder', '../photos')
        >>> split_source("photos:x") is None
        True
    """
    name, colon, argument = written.partition(":")
    kind = SOURCES.get(name)
    if kind is None or bool(kind.argument) != bool(argument) or (colon and not argument):
        return None
    return kind, argument


def absolute_source(written: str, base: Path = Path()) -> str:
    """The source with its path in full, so that it is found from anywhere; relative to ``base``.

    Example:
        >>> absolute_source("folder:photos", Path("/home/ann")), absolute_source("mnist", Path("/"))
        ('folder:/home/ann/photos', 'mnist')
    """
    found = split_source(written)
    if found is None or not found[0].is_path:
        return written
    kind, argument = found
    return f"{kind.name}:{(base / Path(argument).expanduser()).resolve()}"


_SETS = "archsearch.data.torchvision_sets:open_set"

SOURCES: Catalogue[SourceKind] = Catalogue(
    SourceKind,
    "source of pictures",
    (
        SourceKind(
            "photos",
            "patches of color photographs, built in, no network",
            "archsearch.data.photos:open_photos",
        ),
        SourceKind(
            "folder",
            "pictures in a folder; subfolders are classes",
            "archsearch.data.folder:open_folder",
            argument="PATH",
            is_path=True,
            channels=None,
        ),
        SourceKind("cifar10", "small color photographs, 10 classes", _SETS, pictures=60_000),
        SourceKind("cifar100", "small color photographs, 100 classes", _SETS, pictures=60_000),
        SourceKind("svhn", "house numbers, color, 10 digits", _SETS, pictures=99_289),
        SourceKind(
            "stl10",
            "color photographs, 10 classes, labelled",
            _SETS,
            pictures=13_000,
            height=96,
            width=96,
        ),
        SourceKind(
            "mnist",
            "handwritten digits, gray",
            _SETS,
            pictures=70_000,
            height=28,
            width=28,
            channels=1,
        ),
        SourceKind(
            "fashion-mnist",
            "clothes, gray",
            _SETS,
            pictures=70_000,
            height=28,
            width=28,
            channels=1,
        ),
    ),
)
"""By name, in the order of their listing."""
