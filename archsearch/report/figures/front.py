"""The trials by the study's objectives, and those that no other beats in all of them."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from archsearch.config import OBJECTIVES
from archsearch.records import trial_values
from archsearch.report.analysis.trial_table import front_objectives
from archsearch.report.drawing.style import COLORS, figure, hover_id, legend_below, plain, thinned

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

    from archsearch.report.analysis.findings import Findings

__all__ = ["front_figure"]

_COLUMNS = 3


def front_figure(findings: Findings) -> Figure | None:
    """The first objective against each of the others; None where the main figure shows both.

    Also None where no trial is complete, or an objective isn't known.
    """
    first, *others = names = front_objectives(findings.study)
    judged = ((trial, trial_values(trial, names)) for trial in findings.study.trials)
    points = {trial.number: values for trial, values in judged if values is not None}
    if not points or set(names) == {"latent.size", "val.mse"}:
        return None
    columns = min(_COLUMNS, len(others))
    rows = ceil(len(others) / columns)
    made, panels = figure(3.8 * columns + 0.6, 3.7 * rows + 0.5, rows=rows, columns=columns)
    for axes in panels[len(others) :]:
        axes.set_axis_off()
    for place, (name, axes) in enumerate(zip(others, panels, strict=False), 1):
        pairs = {number: (values[place], values[0]) for number, values in points.items()}
        _points(axes, pairs, set(findings.front))
        _axis(axes.xaxis, name)
        _axis(axes.yaxis, first)
    legend_below(made, panels[0])
    return made


def _points(axes: Axes, pairs: dict[int, tuple[float, float]], front: set[int]) -> None:
    parts = ((set(pairs) - front, "trial", 0.6), (front, "on the Pareto front of all axes", 1.0))
    for part, (numbers, label, alpha) in enumerate(parts):
        shown = sorted(numbers & set(pairs))
        if shown:
            across, up = zip(*(pairs[number] for number in shown), strict=True)
            axes.scatter(
                across, up, s=thinned(len(pairs), most=38, least=9), color=COLORS[part],
                alpha=alpha, linewidths=0, label=label, zorder=2 + part, gid=hover_id(shown),
            )  # fmt: skip


def _axis(axis: Axis, name: str) -> None:
    """What it shows, which way is better, and plain numbers."""
    from matplotlib.ticker import FuncFormatter

    better = "smaller" if OBJECTIVES[name].direction == "minimize" else "larger"
    axis.set_label_text(f"{OBJECTIVES[name].title} ({better} is better)")
    axis.set_major_formatter(FuncFormatter(plain))
