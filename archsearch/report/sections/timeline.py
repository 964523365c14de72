"""When what was trained, and how good it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archsearch.records import StudyRecord
from archsearch.report.drawing.style import COLORS, INK, error_axis, figure, legend_below, thinned
from archsearch.report.sections.blocks import Drawing
from archsearch.report.statistics.sample import FLOOR

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["timeline", "timeline_figure"]

_MOST_LANES = 24
_UNITS = ((180.0, 1.0, "seconds"), (3 * 3600.0, 60.0, "minutes"), (np.inf, 3600.0, "hours"))
"""Up to how many seconds a unit serves, its length, and its name."""


class _Run(NamedTuple):
    start: float
    end: float
    state: str
    mse: float


def timeline(study: StudyRecord) -> Drawing | None:
    """Runs over wall-clock time; None where no run has kept its time."""
    runs, pauses = _without_pauses(_runs(study))
    span = max((run.end for run in runs), default=0.0)
    if span <= 0:
        return None
    cut = " Long pauses are cut." if pauses else ""
    return Drawing(
        "timeline",
        _title(runs, span),
        "Above, each run’s error at its end, and the best so far; below, a bar a run over time.",
        f"Below: a bar a run, as many beside each other as ran at once.{cut}",
        lambda: timeline_figure(study),
    )


def _title(runs: list[_Run], span: float) -> str:
    """When the best run ended, and of how much time."""
    known = [run for run in runs if np.isfinite(run.mse)]
    if not known:
        return "No run ended with an error"
    best = min(known, key=lambda run: run.mse)
    unit, name = _unit(span)
    return f"The best run ended after {best.end / unit:.0f} of {span / unit:.0f} {name}"


def _unit(span: float) -> tuple[float, str]:
    return next((length, name) for most, length, name in _UNITS if span < most)


def timeline_figure(study: StudyRecord) -> Figure | None:
    """Their errors with the best so far, and who ran beside whom; None as of :func:`timeline`.

    Pauses are cut short.
    """
    runs, pauses = _without_pauses(_runs(study))
    span = max((run.end for run in runs), default=0.0)
    if span <= 0:
        return None
    unit, name = _unit(span)
    lanes = _lanes(runs)
    below = 0.5 + 0.14 * min(max(lanes) + 1, _MOST_LANES)
    made, (upper, lower) = figure(7.6, 3.0 + below, rows=2, heights=(3, below))
    _errors(upper, runs, unit, span)
    _bars(lower, runs, lanes, unit, span)
    for axes in (upper, lower):
        axes.set_xlim(-0.02 * span / unit, 1.02 * span / unit)
        for at in pauses:
            axes.axvline(at / unit, color=INK, lw=0.8, ls=(0, (1, 3)))
    lower.set_xlabel(f"{name} since the first run")
    if len({run.state for run in runs}) > 1:
        legend_below(made, lower, columns=3)
    return made


def _runs(study: StudyRecord) -> list[_Run]:
    """Every run that kept its time, by its end; in seconds since the first began."""
    runs = []
    for trial in study.trials:
        for seed in trial.seeds:
            if seed.ended is None:
                continue
            took = seed.result.seconds if seed.result else 0.0
            state = "pruned" if trial.state == "pruned" else seed.state
            mse = seed.result.val.mse if seed.result else np.nan
            runs.append(_Run(seed.ended - took, seed.ended, state, float(mse)))
    first = min((run.start for run in runs), default=0.0)
    moved = (run._replace(start=run.start - first, end=run.end - first) for run in runs)
    return sorted(moved, key=lambda run: run.end)


def _without_pauses(runs: list[_Run]) -> tuple[list[_Run], list[float]]:
    """The runs with long idle stretches cut to the length of a run, and where they were."""
    if not runs:
        return [], []
    usual = max(float(np.median([run.end - run.start for run in runs])), 1.0)
    busy, cut, pauses, kept = 0.0, 0.0, [], []
    for run in sorted(runs):
        gap = run.start - busy
        if gap > 10 * usual:
            cut += gap - usual
            pauses.append(run.start - cut - usual / 2)
        busy = max(busy, run.end)
        kept.append(run._replace(start=run.start - cut, end=run.end - cut))
    return sorted(kept, key=lambda run: run.end), pauses


def _lanes(runs: list[_Run]) -> list[int]:
    """The lowest lane that is free for each run, as if workers were rows."""
    free: list[float] = []
    found = {}
    for place in sorted(range(len(runs)), key=lambda place: runs[place].start):
        run = runs[place]
        open_lanes = (lane for lane, end in enumerate(free) if end <= run.start + 1e-3)
        lane = next(open_lanes, len(free))
        free[lane : lane + 1] = [run.end]
        found[place] = lane
    return [found[place] for place in range(len(runs))]


def _errors(axes: Axes, runs: list[_Run], unit: float, span: float) -> None:
    import seaborn as sns

    known = [run for run in runs if np.isfinite(run.mse)]
    if not known:
        axes.set_visible(False)
        return
    ends = np.array([run.end for run in known]) / unit
    errors = np.maximum([run.mse for run in known], FLOOR)
    sns.scatterplot(
        x=ends, y=errors, ax=axes, s=thinned(len(known), most=20, least=5), color=COLORS[0],
        linewidth=0, alpha=thinned(len(known), most=0.8, least=0.5), legend=False,
    )  # fmt: skip
    best = np.minimum.accumulate(errors)
    axes.step([*ends, span / unit], [*best, best[-1]], where="post", color=INK, lw=1.2)
    axes.annotate(
        "best so far", (span / unit, best[-1]), xytext=(0, -4), textcoords="offset points",
        ha="right", va="top", fontsize=8.5, color=INK,
    )  # fmt: skip
    axes.margins(y=0.12)
    error_axis(axes, "validation MSE")
    axes.tick_params(axis="x", labelbottom=False)  # the panel below has the same


def _bars(axes: Axes, runs: list[_Run], lanes: list[int], unit: float, span: float) -> None:
    thinnest = span / 200  # a failed run's length isn't known
    colors = {"complete": COLORS[0], "pruned": COLORS[5], "failed": COLORS[4]}
    for state, color in colors.items():
        bars = [
            (run, lane) for run, lane in zip(runs, lanes, strict=True)
            if run.state == state and lane < _MOST_LANES
        ]  # fmt: skip
        if bars:
            axes.hlines(
                [lane for _, lane in bars],
                [run.start / unit for run, _ in bars],
                [max(run.end, run.start + thinnest) / unit for run, _ in bars],
                color=color, lw=6, alpha=0.85, label=state,
            )  # fmt: skip
    many = min(max(lanes) + 1, _MOST_LANES)
    axes.set_ylim(many - 0.4, -0.6)
    axes.set_yticks([0, many - 1] if many > 1 else [0], ["1", str(many)] if many > 1 else ["1"])
    axes.set_ylabel("at once")
    axes.grid(visible=False, axis="y")
