"""A scatter of points in characters, on log axes."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["text_scatter"]

ONE, SEVERAL, BEST = "·", "•", "●"

_FLOOR = 1e-12


def text_scatter(
    points: Sequence[tuple[float, float]], *, width: int, height: int, best: int | None = None
) -> list[str]:
    """Points as lines of text: · where one lies, • where several do, ● the best.

    Args:
        points: x and y of each; at least one, all positive.
        width: columns of a line.
        height: lines, axis and numbers included.
        best: the place of the best in ``points``.

    Example:
        >>> for line in text_scatter([(4, 0.1), (64, 0.01)], width=20, height=5, best=1):
        ...     print(line)
          0.1 ┤·
              │
         0.01 ┤            ●
              └─────────────
               4          64
    """
    xs, ys = zip(*points, strict=True)
    ends = [f"{value:.3g}" for value in (max(ys), min(ys))]
    margin = max(5, *map(len, ends))
    columns, rows = max(4, width - margin - 2), max(2, height - 2)
    grid = [[" "] * columns for _ in range(rows)]
    places = [
        (_place(y, min(ys), max(ys), rows), _place(x, min(xs), max(xs), columns)) for x, y in points
    ]
    for number, (up, column) in enumerate(places):
        row = grid[rows - 1 - up]
        if row[column] != BEST:
            row[column] = BEST if number == best else ONE if row[column] == " " else SEVERAL
    if best is not None:
        up, column = places[best]
        grid[rows - 1 - up][column] = BEST
    labels = [ends[0], *[""] * (rows - 2), ends[1]]
    lines = [
        f"{label:>{margin}} {'┤' if label else '│'}{''.join(row)}".rstrip()
        for label, row in zip(labels, grid, strict=True)
    ]
    low, high = f"{min(xs):,.0f}", f"{max(xs):,.0f}"
    below = low if low == high else low + high.rjust(columns - len(low))
    return [*lines, f"{'':>{margin}} └{'─' * columns}", f"{'':>{margin}}  {below}"]


def _place(value: float, low: float, high: float, cells: int) -> int:
    """Which of ``cells`` a value lies in."""
    low, high, value = (math.log(max(each, _FLOOR)) for each in (low, high, value))
    return 0 if high <= low else round((value - low) / (high - low) * (cells - 1))
