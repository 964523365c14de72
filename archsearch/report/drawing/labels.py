"""Names beside lines and points, where they cover least; a figure's legend is then not needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["LineLabel", "place_labels"]

Floats = npt.NDArray[np.float64]

_SIZE = 8.5
_WIDTH = 0.56 * _SIZE
"""Points that a character is wide, on average."""
_HEIGHT = 1.25 * _SIZE
_GAP = 5.0
_CLEAR = np.array([9.0, 3.0])
"""Room around a name, so that it isn't taken for a point's."""
_STEP = 3.0
_MOST_PLACES = 40


class LineLabel(NamedTuple):
    """A name and the line or the points that it is of, in data coordinates."""

    text: str
    xs: Sequence[float]
    ys: Sequence[float]
    color: str


def place_labels(
    axes: Axes, labels: Iterable[LineLabel], avoid: Iterable[tuple[float, float]]
) -> None:
    """Write each name beside its line: where it covers the fewest points and names.

    Args:
        axes: with their limits and scales as they will be.
        labels: one after another; later ones make room for earlier ones.
        avoid: points, in data coordinates.
    """
    size = np.array(axes.get_window_extent().size) * (72 / axes.figure.dpi)
    labels = list(labels)
    lines = [_filled(_points(axes, zip(one.xs, one.ys, strict=True), size)) for one in labels]
    covered = np.concatenate([_points(axes, avoid, size), *lines])
    taken: list[Floats] = []
    for label, line in zip(labels, lines, strict=True):
        inside = line[((line >= 0) & (line <= size)).all(axis=1)]
        if not len(inside):
            continue
        boxes = _boxes(inside, len(label.text) * _WIDTH, size)
        if not len(boxes):
            continue
        costs = [_cost(box, covered, taken) for box in boxes]
        best = boxes[int(np.argmin(costs))]
        taken.append(best)
        x, y = best[0] / size
        axes.text(
            float(x), float(y), label.text, transform=axes.transAxes, fontsize=_SIZE,
            color=label.color, va="bottom", zorder=4,
        )  # fmt: skip


def _points(axes: Axes, pairs: Iterable[tuple[float, float]], size: Floats) -> Floats:
    """Data as typographic points from the lower left corner of the axes, shape (n, 2)."""
    found = np.array(list(pairs), dtype=np.float64).reshape(-1, 2)
    if not len(found):
        return found
    to_axes = axes.transScale + axes.transLimits
    placed: Floats = np.asarray(to_axes.transform(found)) * size
    return placed


def _filled(line_n2: Floats) -> Floats:
    """The points of a line with those between them, none further than ``_STEP`` from the next."""
    if len(line_n2) < 2:
        return line_n2
    lengths = np.hypot(*np.diff(line_n2, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    places = np.union1d(along, np.linspace(0, along[-1], 2 + int(along[-1] / _STEP)))
    return np.column_stack([np.interp(places, along, part) for part in line_n2.T])


def _boxes(line_n2: Floats, width: float, size: Floats) -> Floats:
    """Where a name may stand: lower left and upper right corners, shape (m, 2, 2)."""
    chosen = np.unique(np.linspace(0, len(line_n2) - 1, _MOST_PLACES).astype(int))
    found = []
    for x, y in line_n2[chosen]:
        for left in (x + _GAP, x - width - _GAP, x - width / 2):
            for bottom in (y + 2, y - _HEIGHT - 2):
                found.append(((left, bottom), (left + width, bottom + _HEIGHT)))
    boxes = np.array(found)
    fits = (boxes[:, 0] >= 1).all(axis=1) & (boxes[:, 1] <= size - 1).all(axis=1)
    return boxes[fits]


def _cost(box: Floats, covered_n2: Floats, taken: Sequence[Floats]) -> float:
    inside = ((covered_n2 >= box[0] - _CLEAR) & (covered_n2 <= box[1] + _CLEAR)).all(axis=1).sum()
    overlaps = sum(bool((box[0] < other[1]).all() and (other[0] < box[1]).all()) for other in taken)
    return float(inside) + 100.0 * overlaps
