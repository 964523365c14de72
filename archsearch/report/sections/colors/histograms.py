"""The chroma of all test pixels, true and predicted: over the plane, and by distance from gray."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from archsearch.records import ChromaHistogram
from archsearch.report.sections.colors.variants import Variant

__all__ = ["Chroma", "chroma_of", "radius_shares", "saturated_share"]

Floats = npt.NDArray[np.float64]

SATURATED = 0.1
"""Distance from gray from which a pixel is plainly colored: JFIF, hypot(Cb − .5, Cr − .5)."""

_PARTS = 4
_RINGS = 48
_FARTHEST = 0.75


class Chroma(NamedTuple):
    """Shares of pixels in each cell of the plane, side×side, rows by Cb; they add up to 1."""

    true: Floats
    predicted: Floats


def chroma_of(variant: Variant) -> Chroma | None:
    """The histogram over all seeds; None where none was counted, or sizes differ."""
    found = [result.chroma for result in variant.results if result.chroma is not None]
    whole = [histogram for histogram in found if _is_whole(histogram)]
    if not whole or len({histogram.side for histogram in whole}) > 1:
        return None
    side = whole[0].side
    true = np.sum([histogram.true for histogram in whole], axis=0, dtype=np.float64)
    predicted = np.sum([histogram.predicted for histogram in whole], axis=0, dtype=np.float64)
    if true.sum() == 0 or predicted.sum() == 0:
        return None
    square = (side, side)
    return Chroma(
        (true / true.sum()).reshape(square), (predicted / predicted.sum()).reshape(square)
    )


def _is_whole(histogram: ChromaHistogram) -> bool:
    cells = histogram.side**2
    return histogram.side > 1 and len(histogram.true) == len(histogram.predicted) == cells


def radius_shares(shares: Floats) -> tuple[Floats, Floats]:
    """How the distance from gray is distributed: edges of rings, and a density in each.

    Each cell is cut into 4×4 parts, so that rings may be as narrow as a cell.

    Args:
        shares: of pixels by cell, side×side.

    Example:
        >>> edges, density = radius_shares(np.full((64, 64), 1 / 4096))
        >>> round(float((density * np.diff(edges)).sum()), 6)
        1.0
    """
    radius, weights = _radii(shares)
    edges = np.linspace(0, _FARTHEST, _RINGS + 1)
    counted, _ = np.histogram(radius, bins=edges, weights=weights)
    return edges, counted / np.diff(edges)


def saturated_share(shares: Floats) -> float:
    """Share of pixels further from gray than :data:`SATURATED`."""
    radius, weights = _radii(shares)
    return float(weights[radius > SATURATED].sum())


def _radii(shares: Floats) -> tuple[Floats, Floats]:
    fine = np.repeat(np.repeat(shares, _PARTS, axis=0), _PARTS, axis=1) / _PARTS**2
    middles = (np.arange(len(fine)) + 0.5) / len(fine) - 0.5
    radius = np.hypot(middles[:, None], middles[None, :])
    return radius.ravel(), fine.ravel()
