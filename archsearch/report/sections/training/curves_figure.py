"""Learning curves: is the order of the architectures settled?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from archsearch.records import StudyRecord, TrialRecord
from archsearch.report.drawing.style import INK, error_axis, figure, plain, size_colors, thinned
from archsearch.report.statistics.sample import FLOOR

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MOST_LINES", "draw_learning", "learning_figure"]

MOST_LINES = 200
"""More lines hide each other; so many are drawn, evenly chosen in the order of their errors."""


def learning_figure(study: StudyRecord) -> Figure | None:
    """Validation error over epochs, a line a trial (mean over seeds), colored by latent size."""
    if not any(True for trial in study.trials for _ in _mean_history(trial)):
        return None
    made, (axes,) = figure(6.2, 4.2)
    draw_learning(axes, study)
    return made


def draw_learning(axes: Axes, study: StudyRecord) -> None:
    """Draw the same on axes; a bar of its colors stands beside them.

    Args:
        axes: to draw on.
        study: with at least one trained trial.
    """
    import seaborn as sns
    from matplotlib.ticker import MaxNLocator

    curves = pd.DataFrame(
        [row for trial in study.trials for row in _mean_history(trial)],
        columns=["trial", "size", "epoch", "error"],
    )
    curves = curves[curves["trial"].isin(_drawn(curves))]
    lines, last = curves["trial"].nunique(), int(curves["epoch"].max())
    colormap, norm = size_colors(np.asarray(curves["size"], dtype=np.float64))
    sns.lineplot(
        curves, x="epoch", y="error", hue="size", units="trial", estimator=None, ax=axes,
        palette=colormap, hue_norm=norm, legend=False,
        linewidth=thinned(lines, most=1.6, least=0.5),
        alpha=thinned(lines, most=0.9, least=0.5),
        marker="o" if last == 1 else None,
    )  # fmt: skip
    _mark_stops(axes, study, curves)
    axes.set_xlim(1 - 0.02 * last, last * 1.02 if last > 1 else 2)
    axes.set_yscale("log")
    axes.set_ylim(curves["error"].min() / 1.15, curves["error"].max() * 1.15)
    error_axis(axes, "validation MSE, mean over seeds")
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.set_xlabel("epoch")
    if curves["size"].nunique() > 1:
        _size_bar(axes, curves["size"])


def _mark_stops(axes: Axes, study: StudyRecord, curves: pd.DataFrame) -> None:
    """A dot at the end of each line whose training stopped before its last epoch."""
    stopped = {
        trial.number
        for trial in study.trials
        if any(result.planned_epochs is not None for result in trial.results)
    }
    ends = curves[curves["trial"].isin(stopped)].groupby("trial").last()
    if len(ends):
        axes.plot(ends["epoch"], ends["error"], "o", color=INK, markersize=3)


def _drawn(curves: pd.DataFrame) -> list[int]:
    """The trials that have a line."""
    ends = curves.groupby("trial")["error"].last().sort_values()
    places = np.linspace(0, len(ends) - 1, min(MOST_LINES, len(ends))).round().astype(int)
    return [int(ends.index[place]) for place in dict.fromkeys(places.tolist())]


def _mean_history(trial: TrialRecord) -> Iterator[tuple[int, int, int, float]]:
    """Number, latent size, epoch, mean validation MSE: for the epochs that all seeds have."""
    histories = [seed.result.history for seed in trial.seeds if seed.result]
    if trial.plan is None:
        return
    for records in zip(*histories, strict=False):
        error = sum(record.val_mse for record in records) / len(records)
        yield trial.number, trial.plan.latent_size, records[0].epoch, max(error, FLOOR)


def _size_bar(axes: Axes, sizes: pd.Series[int]) -> None:
    """Which color is which latent size."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.ticker import NullLocator

    colormap, norm = size_colors(np.asarray(sizes, dtype=np.float64))
    bar = axes.figure.colorbar(
        ScalarMappable(norm, colormap), ax=axes, label="latent size", aspect=30
    )
    ends = np.geomspace(sizes.min(), sizes.max(), 5)
    bar.set_ticks([float(f"{tick:.2g}") if tick > 100 else round(tick) for tick in ends[1:-1]])
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.ax.yaxis.set_major_formatter(plain)
    bar.outline.set_visible(False)
