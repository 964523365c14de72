"""`cifar10` and other named sets, read by torchvision from their official archives."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from archsearch.config.sources import SourceKind, SourceRequest
from archsearch.data.cifar import read_cifar
from archsearch.data.decode import fit, resize_note
from archsearch.data.download import Archive, fetch
from archsearch.data.idx import read_idx
from archsearch.data.source import Allocate, Content, Images, OnProgress, Part
from archsearch.errors import DataError
from archsearch.locks import locked

__all__ = ["TorchvisionSource", "open_set"]

_PROGRESS_EVERY = 1000


class TorchvisionSource:
    """A named set, downloaded into ``downloads`` when it is first read.

    torchvision knows the addresses and the published MD5 of the archives. It would unpickle
    CIFAR's, and a file that MNIST's folder may hold from its earlier versions, so those are
    read here; nothing in an archive is ever run.

    Args:
        kind: which set.
        downloads: the cache's folder for archives.
    """

    has_parts = True

    def __init__(self, kind: SourceKind, downloads: Path) -> None:
        self.name = kind.name
        self.channels = kind.channels or 3
        self._set = _SETS[kind.name]
        self._root = downloads / kind.name

    def signature(self) -> str:
        """SHA-256 over the published checksums: the official pictures don't change."""
        sums = " ".join(archive.md5 for archive in self._archives())
        return hashlib.sha256(f"{self.name} {sums}".encode()).hexdigest()

    def read(self, height: int, width: int, allocate: Allocate, progress: OnProgress) -> Content:
        """Download, check and read both parts, training first."""
        with locked(self._root / ".lock"):
            for archive in self._archives():
                fetch(self.name, archive, progress)
            try:
                train, test = self._part(test=False), self._part(test=True)
            except Exception as error:  # of any type: each archive's reader raises what it likes
                raise DataError(
                    f"the archives of `{self.name}` in {self._root} can't be read: {error}",
                    help=f"remove {self._root} and run the same command again.",
                ) from error
        parts_NHWC = [part.pixels_NHWC for part in (train, test)]
        images_NCHW = allocate(sum(map(len, parts_NHWC)), self.channels)
        _fill(images_NCHW, parts_NHWC, progress)
        sizes = Counter({parts_NHWC[0].shape[1:3]: len(images_NCHW)})
        return Content(
            images_NCHW,
            note=resize_note(sizes, height, width),
            labels=np.concatenate([part.labels for part in (train, test)]),
            classes=train.classes,
            test_part=np.repeat([False, True], [len(part) for part in parts_NHWC]),
        )

    def _class(self) -> Any:  # torchvision has no types
        from torchvision import datasets

        return getattr(datasets, self._set.class_name)

    def _archives(self) -> tuple[Archive, ...]:
        return self._set.archives(self._class(), self._root)

    def _part(self, *, test: bool) -> Part:
        return self._set.part(self._class(), self._root, test)


def open_set(request: SourceRequest) -> TorchvisionSource:
    """The named set."""
    return TorchvisionSource(request.kind, request.downloads)


def _cifar_part(dataset: Any, root: Path, test: bool) -> Part:
    files = (name for name, _ in (dataset.test_list if test else dataset.train_list))
    names = (dataset.meta["filename"], dataset.meta["key"])
    return read_cifar(root / dataset.filename, dataset.base_folder, files, names)


def _idx_part(dataset: Any, root: Path, test: bool) -> Part:
    raw = root / dataset.__name__ / "raw"
    pictures, labels = (read_idx(raw / file) for file, _ in dataset.resources[2 * test :][:2])
    return Part(pictures[..., None], labels.astype(np.int64), tuple(dataset.classes))


def _torchvision_part(dataset: Any, root: Path, test: bool) -> Part:
    read = dataset(root, split="test" if test else "train", download=True)
    pixels_NHWC = np.asarray(read.data).transpose(0, 2, 3, 1)
    classes = tuple(getattr(read, "classes", "0123456789"))
    return Part(pixels_NHWC, np.asarray(read.labels, dtype=np.int64), classes)


def _single_archive(dataset: Any, root: Path) -> tuple[Archive, ...]:
    return (Archive((dataset.url,), root / dataset.filename, dataset.tgz_md5),)


def _mirrored_archives(dataset: Any, root: Path) -> tuple[Archive, ...]:
    raw = root / dataset.__name__ / "raw"
    return tuple(
        Archive(tuple(mirror + file for mirror in dataset.mirrors), raw / file, md5)
        for file, md5 in dataset.resources
    )


def _part_archives(dataset: Any, root: Path) -> tuple[Archive, ...]:
    parts = (dataset.split_list[part] for part in ("train", "test"))
    return tuple(Archive((url,), root / file, md5) for url, file, md5 in parts)


@dataclass(frozen=True)
class _Set:
    """What torchvision calls a set, its archives, and how a part is read out of them."""

    class_name: str
    archives: Callable[[Any, Path], tuple[Archive, ...]]
    part: Callable[[Any, Path, bool], Part]


_SETS = {
    "cifar10": _Set("CIFAR10", _single_archive, _cifar_part),
    "cifar100": _Set("CIFAR100", _single_archive, _cifar_part),
    "svhn": _Set("SVHN", _part_archives, _torchvision_part),
    "stl10": _Set("STL10", _single_archive, _torchvision_part),
    "mnist": _Set("MNIST", _mirrored_archives, _idx_part),
    "fashion-mnist": _Set("FashionMNIST", _mirrored_archives, _idx_part),
}
"""By the name of the source."""


def _fill(images_NCHW: Images, parts_NHWC: list[Images], progress: OnProgress) -> None:
    height, width = images_NCHW.shape[2:]
    place = 0
    for pixels_NHWC in parts_NHWC:
        if pixels_NHWC.shape[1:3] == (height, width):
            images_NCHW[place : place + len(pixels_NHWC)] = pixels_NHWC.transpose(0, 3, 1, 2)
            place += len(pixels_NHWC)
            progress(place, len(images_NCHW))
            continue
        for pixels_HWC in pixels_NHWC:
            shown = pixels_HWC[..., 0] if pixels_HWC.shape[-1] == 1 else pixels_HWC
            fitted = np.asarray(fit(Image.fromarray(np.ascontiguousarray(shown)), height, width))
            images_NCHW[place] = fitted.reshape(height, width, -1).transpose(2, 0, 1)
            place += 1
            if place % _PROGRESS_EVERY == 0:
                progress(place, len(images_NCHW))
