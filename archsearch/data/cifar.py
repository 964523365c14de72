"""CIFAR's batches, which are Python pickles, read so that nothing in them can run.

A pickle names the functions that loading it calls. The official batches name three
of NumPy's; here stand-ins take their places, which only keep what they are given,
and any other name is refused.

Format: https://www.cs.toronto.edu/~kriz/cifar.html (Python version).
"""

from __future__ import annotations

import io
import math
import pickle
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from archsearch.data.source import Images, Part

__all__ = ["read_cifar"]

_PIXELS = 3 * 32 * 32
_LABELS = ("labels", "fine_labels")


def read_cifar(archive: Path, folder: str, files: Iterable[str], names: tuple[str, str]) -> Part:
    """Pictures, labels and class names of some batches, one after another.

    Args:
        archive: the official ``.tar.gz``.
        folder: the folder in it.
        files: the batches.
        names: the file that has the class names, and their key in it.

    Raises:
        ValueError: a batch that isn't one, or that names anything to call.
    """
    pixels: list[Images] = []
    labels: list[int] = []
    with tarfile.open(archive) as opened:
        for file in files:
            batch = _inert(opened, f"{folder}/{file}")
            pixels.append(batch["data"].pixels_NHWC())
            labels += next(batch[key] for key in _LABELS if key in batch)
        classes = _inert(opened, f"{folder}/{names[0]}")[names[1]]
    return Part(np.concatenate(pixels), np.array(labels, dtype=np.int64), tuple(map(str, classes)))


def _inert(archive: tarfile.TarFile, name: str) -> dict[str, Any]:
    file = archive.extractfile(name)
    if file is None:
        raise ValueError(f"{name} is no file")
    loaded = _Inert(io.BytesIO(file.read()), encoding="latin1").load()
    if not isinstance(loaded, dict):
        raise ValueError(f"{name} is no batch")
    return loaded


class _Array:
    """What a batch says of an array, taken down and not acted on."""

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, self.shape, self.kind, self.fortran, self.content = state

    def pixels_NHWC(self) -> Images:  # noqa: N802 - axes are named as everywhere
        content = self.content.encode("latin1") if isinstance(self.content, str) else self.content
        if self.kind.name != "u1" or self.fortran or len(content) != math.prod(self.shape):
            raise ValueError("the pixels aren't rows of bytes")
        pixels: Images = np.frombuffer(content, np.uint8).reshape(-1, _PIXELS)
        return pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)


class _Type:
    """What a batch says of an array's numbers."""

    def __init__(self, name: str, *_: object) -> None:
        self.name = name

    def __setstate__(self, state: object) -> None:
        pass  # byte order, which bytes don't have


def _reconstruct(*_: object) -> _Array:
    return _Array()


_STAND_INS = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Type,
}


class _Inert(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _STAND_INS[module, name]
        except KeyError:
            raise ValueError(f"it would call {module}.{name}") from None
