"""Is the answer stable over training: correlation and slope after every epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from archsearch.report.drawing.estimates import AS_GIVEN, as_sample
from archsearch.report.drawing.style import COLORS, INK, figure
from archsearch.report.statistics.epochs import AtEpoch
from archsearch.report.statistics.intervals import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["stability_figure"]

_MOST_MARKED = 40


def stability_figure(known: Sequence[AtEpoch]) -> Figure:
    """Two panels over epochs: Spearman's ρ, and the log–log slope, with 95 % intervals."""
    made, (left, right) = figure(6.2, 2.9, columns=2)
    epochs = [at.epoch for at in known]
    _band(left, epochs, [at.spearman for at in known], COLORS[0])
    left.set_ylim(-1.04, 1.04)
    left.set_yticks([-1, -0.5, 0, 0.5, 1], ["−1", "−0.5", "0", "0.5", "1"])
    left.set_ylabel("Spearman ρ")
    _band(right, epochs, [at.slope for at in known], COLORS[4])
    right.set_ylabel("slope of log MSE on log latent")
    return made


def _band(axes: Axes, epochs: list[int], estimates: list[Estimate], color: str) -> None:
    import seaborn as sns
    from matplotlib.ticker import MaxNLocator

    rows = [
        (epoch, part)
        for epoch, estimate in zip(epochs, estimates, strict=True)
        for part in as_sample(estimate)
    ]
    sns.lineplot(
        pd.DataFrame(rows, columns=["epoch", "value"]), x="epoch", y="value", ax=axes, color=color,
        linewidth=1.8, marker="o" if len(epochs) < _MOST_MARKED else None, markersize=4,
        markeredgewidth=0, err_kws={"alpha": 0.25, "linewidth": 0}, **AS_GIVEN,
    )  # fmt: skip
    axes.axhline(0, color=INK, lw=0.9)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.set_xlabel("epoch")
