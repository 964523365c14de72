"""The trials by the study's objectives, and those that no other beats in all of them."""

from __future__ import annotations

from functools import partial
from math import ceil
from typing import TYPE_CHECKING

from archsearch.config import OBJECTIVES
from archsearch.printable import count
from archsearch.records import StudyRecord, trial_values, unknown_objectives
from archsearch.report.drawing.style import (
    COLORS,
    error_axis,
    figure,
    legend_below,
    plain,
    size_axis,
    thinned,
)
from archsearch.report.sections.blocks import Drawing, ReportWarning, Section
from archsearch.report.statistics.sample import FLOOR
from archsearch.report.trial_table import front_objectives

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

__all__ = ["front_figure", "section"]

_COLUMNS = 2
_WIDE = 8.0


def section(study: StudyRecord, front: tuple[int, ...], *, noun: str = "trial") -> Section | None:
    """The front as a figure; None where the page's first figure shows both objectives.

    Args:
        study: whose trials are judged.
        front: numbers of those on the Pareto front.
        noun: what a trial is called.
    """
    title = "The study’s objectives"
    unknown = unknown_objectives(study)
    if unknown:
        told = (
            f"The study has the objective {', '.join(unknown)}, which this version of archsearch "
            "doesn’t know; so there is no Pareto front here."
        )
        return Section("front", title, (), (ReportWarning("unknown-objective", told),))
    if not front or set(front_objectives(study)) == {"latent.size", "val.mse"}:
        return None
    complete = sum(trial.state == "complete" for trial in study.trials)
    drawing = Drawing(
        "front",
        f"{len(front)} of {count(complete, noun)} on the Pareto front",
        "Scatter of the study’s objectives, those on the Pareto front in another color.",
        "No other beats these in all objectives at once."
        + (" Each panel shows two of them." if len(front_objectives(study)) > 2 else ""),
        partial(front_figure, study, front),
    )
    return Section("front", title, (drawing,))


def front_figure(study: StudyRecord, front: Collection[int]) -> Figure | None:
    """The first objective against each of the others; None where no trial is complete."""
    first, *others = names = front_objectives(study)
    judged = ((trial, trial_values(trial, names)) for trial in study.trials)
    points = {trial.number: values for trial, values in judged if values is not None}
    if not points:
        return None
    columns = min(_COLUMNS, len(others))
    rows = ceil(len(others) / columns)
    width = 2.9 * columns + 1.2 / columns
    made, panels = figure(width, 3.1 * rows + 0.4, rows=rows, columns=columns)
    for axes in panels[len(others) :]:
        axes.set_axis_off()
    for place, (name, axes) in enumerate(zip(others, panels, strict=False), 1):
        pairs = {
            number: (_floored(values[place]), _floored(values[0]))
            for number, values in points.items()
        }
        _points(axes, pairs, set(front))
        across, up = zip(*pairs.values(), strict=True)
        if _wide(across):
            size_axis(axes, "", most=4)
        if _wide(up):
            error_axis(axes)
        _name(axes.xaxis, name)
        _name(axes.yaxis, first)
    legend_below(made, panels[0])
    return made


def _points(axes: Axes, pairs: dict[int, tuple[float, float]], front: set[int]) -> None:
    import seaborn as sns

    parts = ((set(pairs) - front, "off the front", 0.6), (set(pairs) & front, "on the front", 1.0))
    for part, (numbers, label, alpha) in enumerate(parts):
        shown = sorted(numbers)
        if not shown:
            continue
        across, up = zip(*(pairs[number] for number in shown), strict=True)
        sns.scatterplot(
            x=across, y=up, ax=axes, s=thinned(len(pairs), most=38, least=9), color=COLORS[part],
            alpha=alpha, linewidth=0, label=label, zorder=2 + part,
            legend=False,
        )  # fmt: skip


def _floored(value: float) -> float:
    """No error stands below what a log axis has room for."""
    return max(value, FLOOR) if value > 0 else value


def _wide(values: Sequence[float]) -> bool:
    """Whether a log axis shows them better."""
    return min(values) > 0 and max(values) / min(values) >= _WIDE


def _name(axis: Axis, name: str) -> None:
    """What it shows, which way is better, and plain numbers."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    better = "smaller" if OBJECTIVES[name].direction == "minimize" else "larger"
    axis.set_label_text(f"{OBJECTIVES[name].title}\n({better} is better)")
    if axis.get_scale() == "linear":
        axis.set_major_locator(MaxNLocator(5))
        axis.set_major_formatter(FuncFormatter(plain))
