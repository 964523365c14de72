"""Estimates that are known with their intervals, as points with bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from archsearch.report.drawing.style import FAINT, INK
from archsearch.report.formatting import decimal
from archsearch.report.statistics.intervals import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["interval_rows"]


def interval_rows(
    axes: Axes,
    rows: Sequence[float],
    estimates: Sequence[Estimate],
    color: str,
    *,
    hollow: bool = False,
) -> None:
    """Correlations as points in horizontal rows with 95 % intervals, values at the right.

    The axis goes from −1 to 1 and has a line at 0. Those without a value are left out. (seaborn's
    pointplot computes intervals of its own; these are those that stand in the tables.)

    Args:
        axes: to draw on.
        rows: the height of each.
        estimates: as many.
        color: of all.
        hollow: whether points are drawn empty.
    """
    for row, (value, low, high, *_) in zip(rows, estimates, strict=True):
        if value is None or low is None or high is None:
            continue
        axes.errorbar(
            value, row, xerr=[[value - low], [high - value]], fmt="o", ms=6.5, lw=2, color=color,
            mfc=FAINT if hollow else color, zorder=3,
        )  # fmt: skip
        axes.annotate(
            decimal(value), (1, row), xycoords=("axes fraction", "data"), xytext=(5, 0),
            textcoords="offset points", va="center", fontsize=8.5, color=color,
        )  # fmt: skip
    axes.axvline(0, color=INK, lw=0.9, zorder=1)
    axes.set_xlim(-1.04, 1.04)
    axes.set_xticks([-1, -0.5, 0, 0.5, 1], ["−1", "−0.5", "0", "0.5", "1"])
    axes.grid(visible=False, axis="y")
