"""The effect of each choice with its interval, alone and with the others held equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archsearch.report.drawing.style import COLORS, INK, figure, legend_below, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from archsearch.report.analysis.findings import Findings
    from archsearch.report.statistics.intervals import Estimate

__all__ = ["effects_figure"]

_MOST_ROWS = 28


def effects_figure(findings: Findings) -> Figure | None:
    """A row for each contrast: the change of MSE as a factor, on a log axis."""
    effects = [effect for test in findings.secondary.effects for effect in test.effects]
    effects = [effect for effect in effects if effect.alone.value is not None][:_MOST_ROWS]
    if not effects:
        return None
    made, (axes,) = figure(7.6, 1.5 + 0.42 * len(effects))
    rows = np.arange(len(effects), dtype=float)
    _row(axes, rows - 0.14, [e.adjusted for e in effects], COLORS[0], "o", "others held equal")
    _row(axes, rows + 0.14, [e.alone for e in effects], COLORS[1], "s", "alone")
    axes.axvline(1, color=INK, lw=0.9)
    names = [f"{short(e.factor, 26)}: {short(e.contrast, 30)}" for e in effects]
    axes.set_yticks(rows, names)
    axes.set_ylim(len(effects) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    _factor_axis(axes)
    legend_below(made, axes, columns=2)
    return made


def _row(
    axes: Axes, heights: np.ndarray, estimates: list[Estimate], color: str, marker: str, label: str
) -> None:
    known = [
        (height, *np.exp(np.clip([one.low, one.value, one.high], -12, 12)))
        for height, one in zip(heights, estimates, strict=True)
        if one.value is not None and one.low is not None and one.high is not None
    ]
    if known:
        places, low, value, high = zip(*known, strict=True)
        axes.hlines(places, low, high, color=color, lw=2)
        axes.scatter(value, places, s=30, color=color, marker=marker, label=label, zorder=3)


def _factor_axis(axes: Axes) -> None:
    """A log axis of factors, labelled as changes in percent where they are small."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

    axes.set_xscale("log")
    low, high = axes.get_xlim()
    low, high = min(low, 0.93), max(high, 1.08)
    axes.set_xlim(low, high)
    axes.xaxis.set_major_locator(FixedLocator(_ticks(low, high)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"×{value:.3g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.minorticks_off()
    axes.set_xlabel("validation MSE, as a factor (×0.5 is half), 95 % interval")


def _ticks(low: float, high: float) -> list[float]:
    sets = [
        [0.9, 0.95, 1, 1.05, 1.1],
        [0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5],
        [0.25, 0.5, 0.7, 1, 1.5, 2, 4],
        [0.1, 0.2, 0.5, 1, 2, 5, 10],
    ]
    for ticks in sets:
        inside = [tick for tick in ticks if low <= tick <= high]
        if ticks[0] <= low * 1.15 and high <= ticks[-1] * 1.15 and len(inside) >= 3:
            return inside
    step = max(1, int(np.ceil((np.log10(high) - np.log10(low)) / 6)))
    exponents = np.arange(np.ceil(np.log10(low)), np.floor(np.log10(high)) + 1)
    return [float(10**e) for e in exponents if e % step == 0] or [1.0]
