"""The classes of quantized chroma: which there are, and in which order."""

from __future__ import annotations

from functools import lru_cache

from archsearch.errors import InputError

__all__ = ["BINS_PER_AXIS", "LARGEST_BINS_PER_AXIS", "bin_centers"]

BINS_PER_AXIS = 10
"""Default grid: 93 classes."""

LARGEST_BINS_PER_AXIS = 64
"""3,031 classes; already finer than the chroma of most JPEGs."""

RED, GREEN, BLUE = 0.299, 0.587, 0.114
"""Weights of the luminance (ITU-R BT.601, as JFIF takes them)."""

EDGES = (
    (-RED / 1.772, (1 - RED) / 1.402),
    (-GREEN / 1.772, -GREEN / 1.402),
    ((1 - BLUE) / 1.772, -BLUE / 1.402),
)
"""How (Cb, Cr) moves from 0 to 1 in R, in G and in B; the three sum to nothing."""

TOUCHING = 1e-9
"""Cells that only touch the gamut, to within rounding, are none of its cells."""


@lru_cache(maxsize=32)
def bin_centers(step: int) -> tuple[tuple[float, float], ...]:
    """Give (Cb, Cr) of each class: the cells of a square grid that hold colors.

    The cells have sides of 1/``step`` and gray (.5, .5) in the middle of one, so
    that gray can be said exactly. Kept are those with at least one RGB color in
    [0, 1]³: the colors' chroma fills a hexagon (the cube's shadow along the gray
    axis), and a square meets it unless a line parallel to an edge of one of the
    two lies between them. Ordered by Cb, then Cr. A class on the rim may have
    its centre a little outside of the gamut.

    The same for everyone: class number k means the same in every run with the
    same ``step``.

    Args:
        step: cells on an axis, 2 to 64.

    Raises:
        InputError: ``step`` is out of range.

    Example:
        >>> len(bin_centers(10)), bin_centers(10)[46]
        (93, (0.5, 0.5))
        >>> bin_centers(2)[:3]
        ((0.0, 0.0), (0.0, 0.5), (0.0, 1.0))
    """
    if not 2 <= step <= LARGEST_BINS_PER_AXIS:
        raise InputError(
            f"a chroma grid of {step} cells an axis",
            help=f"2 to {LARGEST_BINS_PER_AXIS} are possible; {BINS_PER_AXIS} is the default, "
            f"with {len(bin_centers(BINS_PER_AXIS))} classes",
        )
    offsets = range(-step, step + 1)
    return tuple(
        (0.5 + i / step, 0.5 + j / step)
        for i in offsets
        for j in offsets
        if _holds_colors(i / step, j / step, 1 / step)
    )


def _holds_colors(cb: float, cr: float, side: float) -> bool:
    """Tell whether the square around (cb, cr), measured from gray, meets the hexagon."""
    normals = [(1.0, 0.0), (0.0, 1.0), *((-y, x) for x, y in EDGES)]
    return all(
        abs(x * cb + y * cr) < _reach(x, y) + side / 2 * (abs(x) + abs(y)) - TOUCHING
        for x, y in normals
    )


def _reach(x: float, y: float) -> float:
    """How far the hexagon extends from gray along (x, y): half the sum of its edges' shadows."""
    return sum(abs(x * cb + y * cr) for cb, cr in EDGES) / 2
