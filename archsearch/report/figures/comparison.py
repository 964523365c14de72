"""Figures of several studies, and of several runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from archsearch.report.drawing.style import (
    COLORS,
    INK,
    error_axis,
    figure,
    legend_below,
    short,
    size_axis,
    thinned,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from archsearch.records import RunRecord
    from archsearch.report.sentences.comparison import Comparison

__all__ = ["compared_figure", "correlations_figure", "runs_figure"]

_MARKERS = ("o", "s", "^", "D", "P", "v")
_DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))


def compared_figure(comparison: Comparison) -> Figure | None:
    """Error against latent size, a color and marker for each study, with its log–log line."""
    drawn = 0
    made, (axes,) = figure(7.6, 5.2)
    for place, (name, findings) in enumerate(
        zip(comparison.names, comparison.findings, strict=True)
    ):
        table = findings.sample.architectures()
        if table.empty:
            continue
        drawn += 1
        color, marker = COLORS[place % len(COLORS)], _MARKERS[place % len(_MARKERS)]
        sizes = table["latent_size"].to_numpy(dtype=float)
        axes.scatter(
            sizes, table["val_mse"], s=thinned(len(table), most=34, least=8), color=color,
            marker=marker, alpha=0.75, lw=0, label=short(name, 40), rasterized=len(table) > 2000,
        )  # fmt: skip
        line = findings.secondary.line
        if line is not None:
            ends = np.array([sizes.min(), sizes.max()])
            axes.plot(ends, np.exp(line.intercept) * ends**line.slope, color=color, lw=1.4)
    if not drawn:
        return None
    low, high = axes.get_xlim()
    axes.set_xscale("log", base=2)
    axes.set_xlim(*_room(comparison, low, high))
    error_axis(axes, "validation MSE (RGB in [0, 1])")
    size_axis(axes, "latent size (numbers a picture)")
    legend_below(made, axes, columns=2)
    return made


def _room(comparison: Comparison, low: float, high: float) -> tuple[float, float]:
    sizes = [one.sample.architectures()["latent_size"] for one in comparison.findings]
    known = [size for size in sizes if len(size)]
    return min(s.min() for s in known) / 1.4, max(s.max() for s in known) * 1.4


def correlations_figure(comparison: Comparison) -> Figure | None:
    """Each study's Spearman ρ with its interval; hollow where a search chose the trials."""
    rows = [
        (name, findings.study.designed, findings.found.measures["latent_size"]["spearman"])
        for name, findings in zip(comparison.names, comparison.findings, strict=True)
    ]
    if all(estimate.value is None for _, _, estimate in rows):
        return None
    made, (axes,) = figure(7.6, 1.2 + 0.42 * len(rows))
    for row, (_, designed, one) in enumerate(rows):
        if one.value is None or one.low is None or one.high is None:
            axes.text(0, row, "not computed", ha="center", va="center", fontsize=8)
            continue
        color = COLORS[row % len(COLORS)]
        axes.hlines(row, one.low, one.high, color=color, lw=2)
        face = color if designed else "none"
        axes.scatter([one.value], [row], s=40, facecolors=face, edgecolors=color, zorder=3)
    axes.axvline(0, color=INK, lw=0.9)
    axes.set_xlim(-1.04, 1.04)
    axes.set_yticks(range(len(rows)), [short(name, 32) for name, _, _ in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("Spearman ρ of latent size with validation MSE, 95 % interval")
    return made


def runs_figure(names: Sequence[str], runs: Sequence[RunRecord]) -> Figure | None:
    """Validation error over epochs of every run; test errors as marks at the right."""
    from matplotlib.ticker import MaxNLocator

    histories = [run.result.history for run in runs]
    if not any(histories):
        return None
    made, (axes,) = figure(7.6, 4.8)
    last = max(len(history) for history in histories)
    for place, (name, run) in enumerate(zip(names, runs, strict=True)):
        color = COLORS[place % len(COLORS)]
        dash = _DASHES[place // len(COLORS) % len(_DASHES)]
        epochs = [epoch.epoch for epoch in run.result.history]
        errors = np.maximum([epoch.val_mse for epoch in run.result.history], 1e-7)
        axes.plot(
            epochs, errors, color=color, ls=dash, lw=1.7, label=short(name, 40),
            marker="o" if len(epochs) < 2 else None, ms=4,
        )  # fmt: skip
        test = max(run.result.test.mse, 1e-7)
        axes.scatter([last + 0.035 * last], [test], marker="<", s=36, color=color, zorder=3)
    axes.set_xlim(1 - 0.02 * last, last * 1.06 if last > 1 else 2)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.set_xlabel("epoch")
    error_axis(axes, "validation MSE (RGB in [0, 1])")
    legend_below(made, axes, columns=2)
    return made
