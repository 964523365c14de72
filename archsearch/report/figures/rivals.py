"""Latent size beside its rivals: every correlation with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archsearch.report.drawing.style import COLORS, INK, figure, legend_below
from archsearch.report.statistics.correlation import MEASURES, SIZES, Measure
from archsearch.report.statistics.rivals import RIVALS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from archsearch.report.analysis.findings import Findings

__all__ = ["rivals_figure"]

_MEASURE_NAMES: dict[Measure, str] = {
    "spearman": "Spearman ρ",
    "kendall": "Kendall τ-b",
    "pearson_loglog": "Pearson, log–log",
    "partial_spearman": "Spearman given the others",
}
_MARKERS = ("o", "s", "^", "D")


def rivals_figure(findings: Findings) -> Figure | None:
    """Correlation of each size with validation error, 95 % intervals, four measures."""
    found, sizes = findings.found.measures, findings.found.distinct
    if not any(found[size]["spearman"].value is not None for size in SIZES):
        return None
    made, (axes,) = figure(7.6, 3.9)
    for place, measure in enumerate(MEASURES):
        rows = [(row, found[size][measure]) for row, size in enumerate(sizes)]
        known = [
            (row + 0.18 * (place - 1.5), estimate.low, estimate.value, estimate.high)
            for row, estimate in rows
            if estimate.low is not None and estimate.value is not None and estimate.high is not None
        ]
        if not known:
            continue
        heights, lows, values, highs = zip(*known, strict=True)
        axes.hlines(heights, lows, highs, color=COLORS[place], lw=2)
        axes.scatter(
            values, heights, s=34, marker=_MARKERS[place], color=COLORS[place],
            label=_MEASURE_NAMES[measure], zorder=3,
        )  # fmt: skip
    axes.axvline(0, color=INK, lw=0.9)
    axes.set_xlim(-1.04, 1.04)
    axes.set_yticks(range(len(sizes)), [RIVALS[size] for size in sizes])
    axes.set_ylim(len(sizes) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("correlation with validation MSE, 95 % interval")
    legend_below(made, axes, columns=4)
    return made
