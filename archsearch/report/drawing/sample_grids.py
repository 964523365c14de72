"""Runs' grids of test pictures: reading them, and which of their pictures are the same.

A grid holds the originals beside what a net made of them, so it proves by itself which
pictures it is of; grids of any age do. Only what is proven is put into one column.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from archsearch.records import FIRST, OF_EACH, PlanRecord, sample_grid

__all__ = [
    "Bytes",
    "Columns",
    "Pictures",
    "in_a_row",
    "read_sample_grid",
    "same_columns",
    "side_by_side",
]

Bytes = npt.NDArray[np.uint8]


class Pictures(NamedTuple):
    """Test pictures of one run, uint8, N×H×W×3.

    First those that are unlike each other; where colors are predicted, then nine by rising ΔE of
    that run.
    """

    true: Bytes
    predicted: Bytes

    @property
    def gray(self) -> Bytes:
        """What a net that colors was fed: the luminance, in three channels."""
        return sample_grid.luminance_of(self.true)

    @property
    def fixed(self) -> Pictures:
        """Those that are unlike each other, chosen by no net."""
        end = len(self.true) - self._chosen
        return Pictures(self.true[:end], self.predicted[:end])

    @property
    def chosen(self) -> Pictures:
        """Three best, three median, three worst of this run; none where no colors are predicted."""
        start = len(self.true) - self._chosen
        return Pictures(self.true[start:], self.predicted[start:])

    @property
    def _chosen(self) -> int:
        return 3 * OF_EACH if len(self.true) > FIRST else 0


class Columns(NamedTuple):
    """What may stand one under another.

    Attributes:
        grids: places of the grids that may.
        pictures: places of the pictures that are the same in all of these grids.
    """

    grids: list[int]
    pictures: list[int]


def same_columns(grids: Sequence[Pictures]) -> Columns:
    """Which grids share pictures with the first, and which pictures; the originals tell.

    Example:
        >>> one, other = (np.full((2, 1, 1, 3), level, np.uint8) for level in (10, 20))
        >>> mixed = np.concatenate([one[:1], other[:1]])
        >>> same_columns([Pictures(true, true) for true in (one, other, mixed)])
        Columns(grids=[0, 2], pictures=[0])
    """
    kept, shared = [], np.ones(len(grids[0].true) if grids else 0, dtype=bool)
    for place, grid in enumerate(grids):
        both = shared & _same(grids[0].true, grid.true)
        if both.any():
            kept.append(place)
            shared = both
    return Columns(kept, np.flatnonzero(shared).tolist() if kept else [])


def side_by_side(pictures_NHWC: Bytes, group: int = 0) -> bytes:
    """:func:`in_a_row` as PNG."""
    from PIL import Image

    content = io.BytesIO()
    Image.fromarray(in_a_row(pictures_NHWC, group)).save(content, "PNG", optimize=True)
    return content.getvalue()


def in_a_row(pictures_NHWC: Bytes, group: int = 0) -> Bytes:
    """Pictures in a row, clear pixels between them: RGBA, H×W×4.

    Args:
        pictures_NHWC: of equal size, RGB.
        group: after so many pictures there is more room; 0 for no groups.
    """
    height, width = pictures_NHWC.shape[1:3]
    opaque = np.full((height, width), 255, np.uint8)
    parts: list[Bytes] = []
    for place, picture in enumerate(pictures_NHWC):
        if place:
            gap = max(2, width // 4) if group and place % group == 0 else 1
            parts.append(np.zeros((height, gap, 4), np.uint8))
        parts.append(np.dstack([picture, opaque]))
    return np.concatenate(parts, axis=1)


def _same(first: Bytes, other: Bytes) -> npt.NDArray[np.bool_]:
    """For each picture of ``first``, whether ``other`` has it at the same place."""
    same = np.zeros(len(first), dtype=bool)
    if first.shape[1:] == other.shape[1:]:
        both = min(len(first), len(other))
        same[:both] = (first[:both] == other[:both]).all(axis=(1, 2, 3))
    return same


def read_sample_grid(png: bytes, plan: PlanRecord) -> Pictures | None:
    """The pictures of a run's PNG; None where it isn't one.

    Args:
        png: the grid's file.
        plan: the net's; it gives pictures of the size that it takes.
    """
    _, height, width = plan.layers[-1].output if plan.layers else (3, 1, 1)
    found = sample_grid.read_sample_grid(png, height, width)
    return None if found is None else Pictures(*found)
