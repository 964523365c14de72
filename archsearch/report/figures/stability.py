"""Is the answer stable over training: correlation and slope after every epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archsearch.report.drawing.style import COLORS, INK, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from archsearch.report.analysis.findings import Findings
    from archsearch.report.statistics.intervals import Estimate

__all__ = ["stability_figure"]


def stability_figure(findings: Findings) -> Figure | None:
    """Two panels over epochs: Spearman's ρ, and the log–log slope, with 95 % intervals."""
    found = [at for at in findings.secondary.epochs if at.spearman.value is not None]
    if len(found) < 2:
        return None
    made, (left, right) = figure(7.6, 3.2, columns=2)
    epochs = [at.epoch for at in found]
    _band(left, epochs, [at.spearman for at in found], COLORS[0])
    left.set_ylim(-1.04, 1.04)
    left.set_yticks([-1, -0.5, 0, 0.5, 1], ["−1", "−0.5", "0", "0.5", "1"])
    left.set_ylabel("Spearman ρ")
    _band(right, epochs, [at.slope for at in found], COLORS[4])
    right.set_ylabel("slope of log MSE on log latent")
    return made


def _band(axes: Axes, epochs: list[int], estimates: list[Estimate], color: str) -> None:
    from matplotlib.ticker import MaxNLocator

    nan = float("nan")
    rows = [
        [nan if end is None else end for end in (one.low, one.value, one.high)] for one in estimates
    ]
    low, value, high = np.array(rows, dtype=float).T
    axes.fill_between(epochs, low, high, color=color, alpha=0.25, lw=0)
    axes.plot(epochs, value, color=color, lw=1.8, marker="o", ms=4 if len(epochs) < 40 else 0)
    axes.axhline(0, color=INK, lw=0.9)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.set_xlabel("epoch")
