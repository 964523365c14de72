"""Learning curves: is the order of the architectures settled?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from archsearch.records import StudyRecord, TrialRecord
from archsearch.report.drawing.style import (
    COLORS,
    INK,
    error_axis,
    figure,
    legend_below,
    plain,
    size_colors,
    thinned,
)
from archsearch.report.statistics.sample import FLOOR

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MOST_LINES", "draw_learning", "has_names", "learning_figure"]

MOST_LINES = 200
"""More lines hide each other; so many are drawn, evenly chosen in the order of their errors."""


_COLUMNS = ["trial", "size", "epoch", "error", "training"]
_NOBODY: Mapping[int, str] = MappingProxyType({})


def has_names(study: StudyRecord, names: Mapping[int, str]) -> bool:
    """Whether nets have names, and are so few that each line has its own."""
    return 0 < sum(bool(trial.results) for trial in study.trials) <= len(COLORS) and bool(names)


def learning_figure(study: StudyRecord, names: Mapping[int, str] = _NOBODY) -> Figure | None:
    """Validation error over epochs, a line a net (mean over seeds), colored by latent size.

    A few nets that have names have each their color, and a dotted line for the training error.
    """
    if not any(True for trial in study.trials for _ in _mean_history(trial)):
        return None
    made, (axes,) = figure(6.2, 4.2)
    draw_learning(axes, study, names)
    if has_names(study, names):
        legend_below(made, axes)
    return made


def draw_learning(axes: Axes, study: StudyRecord, names: Mapping[int, str] = _NOBODY) -> None:
    """Draw the same on axes; what its colors mean stands beside them or below.

    Args:
        axes: to draw on.
        study: with at least one trained trial.
        names: what nets are called, by number.
    """
    from matplotlib.ticker import MaxNLocator

    curves = pd.DataFrame(
        [row for trial in study.trials for row in _mean_history(trial)], columns=_COLUMNS
    )
    curves = curves[curves["trial"].isin(_drawn(curves))]
    last, shown = int(curves["epoch"].max()), curves["error"]
    if has_names(study, names):
        _by_name(axes, curves, names)
        shown = pd.concat([shown, curves["training"]])
    else:
        _by_size(axes, curves)
    _mark_stops(axes, study, curves)
    axes.set_xlim(1 - 0.02 * last, last * 1.02 if last > 1 else 2)
    axes.set_yscale("log")
    axes.set_ylim(shown.min() / 1.15, shown.max() * 1.15)
    error_axis(axes, "MSE" if has_names(study, names) else "validation MSE, mean over seeds")
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.set_xlabel("epoch")


def _by_name(axes: Axes, curves: pd.DataFrame, names: Mapping[int, str]) -> None:
    """A color a net: its validation error, and dotted that of training."""
    marker = "o" if curves["epoch"].max() == 1 else None
    for (trial, line), color in zip(curves.groupby("trial"), COLORS, strict=False):
        name = f"{names[int(str(trial))]}, validation"
        axes.plot(line["epoch"], line["error"], color=color, lw=1.6, marker=marker, label=name)
        axes.plot(line["epoch"], line["training"], ":", color=color, lw=1.6, marker=marker)
    axes.plot([], [], ":", color=INK, label="training")
    axes.legend(frameon=False, fontsize=8)


def _by_size(axes: Axes, curves: pd.DataFrame) -> None:
    """A line a net, colored by latent size, with a bar of the colors where there are several."""
    import seaborn as sns

    lines = curves["trial"].nunique()
    colormap, norm = size_colors(np.asarray(curves["size"], dtype=np.float64))
    sns.lineplot(
        curves, x="epoch", y="error", hue="size", units="trial", estimator=None, ax=axes,
        palette=colormap, hue_norm=norm, legend=False,
        linewidth=thinned(lines, most=1.6, least=0.5),
        alpha=thinned(lines, most=0.9, least=0.5),
        marker="o" if curves["epoch"].max() == 1 else None,
    )  # fmt: skip
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


def _mean_history(trial: TrialRecord) -> Iterator[tuple[int, int, int, float, float]]:
    """A row of ``_COLUMNS``, means over seeds, for each epoch that all of them have."""
    histories = [seed.result.history for seed in trial.seeds if seed.result]
    if trial.plan is None:
        return
    for records in zip(*histories, strict=False):
        means = (
            max(sum(errors) / len(records), FLOOR)
            for errors in zip(*((one.val_mse, one.train_mse) for one in records), strict=True)
        )
        yield trial.number, trial.plan.latent_size, records[0].epoch, *means


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
