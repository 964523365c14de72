"""A data source: discs and rectangles of random colors, drawn from a seed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from archsearch.config import SourceKind, SourceRequest
from archsearch.data import Allocate, Content, OnProgress
from archsearch.errors import DataError

__all__ = ["SHAPES", "ShapesSource", "open_shapes"]

CLASSES = ("disc", "rectangle")


@dataclass(frozen=True)
class ShapesSource:
    """``shapes:COUNT``: so many pictures of one shape on a plain ground."""

    count: int
    channels: int = 3
    has_parts: bool = False

    @property
    def name(self) -> str:
        """As files write it."""
        return f"shapes:{self.count}"

    def signature(self) -> str:
        """A hash of all that the pictures follow from."""
        return hashlib.sha256(f"shapes, version 1, {self.count}".encode()).hexdigest()

    def read(self, height: int, width: int, allocate: Allocate, progress: OnProgress) -> Content:
        """Draw all pictures."""
        images_NCHW = allocate(self.count, 3)
        labels = np.zeros(self.count, dtype=np.int64)
        for place in range(self.count):
            rng = np.random.default_rng([place, self.count])
            labels[place] = rng.integers(2)
            images_NCHW[place] = _drawn(rng, height, width, disc=labels[place] == 0)
            progress(place + 1, self.count)
        return Content(images_NCHW, note="drawn shapes", labels=labels, classes=CLASSES)


def _drawn(rng: np.random.Generator, height: int, width: int, *, disc: bool) -> np.ndarray:
    rows, columns = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    (y, x), radius = rng.uniform(0.3, 0.7, 2), rng.uniform(0.15, 0.3)
    ground, color = rng.integers(0, 256, (2, 3, 1, 1), dtype=np.uint8)
    distance = (
        np.hypot(rows - y, columns - x) if disc else np.maximum(abs(rows - y), abs(columns - x))
    )
    return np.where(distance <= radius, color, ground)


def open_shapes(request: SourceRequest) -> ShapesSource:
    """Open ``shapes:COUNT``; nothing is drawn yet."""
    if not request.argument.isdecimal() or not 10 <= int(request.argument) <= 1_000_000:
        raise DataError(
            f"shapes:{request.argument} doesn't say how many shapes",
            help="write a whole number from 10 to 1,000,000, such as shapes:500",
        )
    return ShapesSource(int(request.argument))


SHAPES = SourceKind(
    "shapes",
    "drawn discs and rectangles, no network",
    "archsearch_example.shapes:open_shapes",
    argument="COUNT",
)
