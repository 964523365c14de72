"""Figures of several studies: their errors over latent size, and their correlations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from archsearch.report.comparison.answer import clear_differences
from archsearch.report.comparison.compare import Comparison, spearman_of_latent
from archsearch.report.drawing.intervals import interval_rows
from archsearch.report.drawing.style import (
    COLORS,
    error_axis,
    figure,
    short,
    size_axis,
    thinned,
)
from archsearch.report.formatting import decimal
from archsearch.report.sections.blocks import Drawing
from archsearch.report.statistics.knee import Line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["figures"]

_MARKERS = ("o", "s", "^", "D", "P", "v")
_LONGEST_NAME = 26
_ROOM = 1.4
_APART = 0.055
"""Of the axes' height, between the names of two lines."""


class _Shown(NamedTuple):
    """One study with a result, as it is drawn: the same color and marker in every figure."""

    name: str
    designed: bool
    table: pd.DataFrame
    line: Line | None
    color: str
    marker: str


def figures(comparison: Comparison) -> tuple[Drawing, ...]:
    """Both figures; one without data isn't drawn."""
    left = any(len(one.sample.runs) > len(one.code_sample.runs) for one in comparison.findings)
    return (
        Drawing(
            "compared",
            _slopes_title(comparison),
            "Scatter of validation error against latent size, a color for each study.",
            "One point an architecture; lines are log–log fits."
            + (" Nets that read past their latent are left out." if left else ""),
            lambda: _compared_figure(comparison),
        ),
        Drawing(
            "correlations",
            _correlations_title(comparison),
            "Each study’s rank correlation of latent size with error, with its interval.",
            "Hollow: a search chose the trials."
            if not all(one.study.designed for one in comparison.findings)
            else "",
            lambda: _correlations_figure(comparison),
        ),
    )


def _slopes_title(comparison: Comparison) -> str:
    slopes = sorted(
        (one.line.slope, one.name)
        for one in _shown(comparison)
        if one.line is not None and one.designed
    )
    if len(slopes) < 2:
        return "Error against latent size, by study"
    (low, first), (high, last) = slopes[0], slopes[-1]
    names = [short(name, _LONGEST_NAME) for name in (first, last)]
    way = "and" if len(slopes) == 2 else "to"
    return f"Log–log slopes {decimal(low)} ({names[0]}) {way} {decimal(high)} ({names[1]})"


def _correlations_title(comparison: Comparison) -> str:
    clear, pairs = clear_differences(comparison), len(comparison.differences)
    if clear:
        return f"Rank correlations differ in {len(clear)} of {pairs} pair{'s'[: pairs > 1]}"
    if pairs:
        return "No two rank correlations are shown to differ"
    return "Rank correlations of latent size with error"


def _shown(comparison: Comparison) -> Iterator[_Shown]:
    for place, (name, found) in enumerate(zip(comparison.names, comparison.findings, strict=True)):
        table = found.code_sample.architectures()
        color, marker = COLORS[place % len(COLORS)], _MARKERS[place % len(_MARKERS)]
        if len(table):
            yield _Shown(name, found.study.designed, table, found.ranges.line, color, marker)


def _compared_figure(comparison: Comparison) -> Figure | None:
    """Error against latent size, a color and marker for each study, with its log–log line."""
    import seaborn as sns

    shown = list(_shown(comparison))
    if not shown:
        return None
    made, (axes,) = figure(6.4, 4.8)
    table = pd.concat([one.table.assign(study=one.name) for one in shown])
    sns.scatterplot(
        data=table.reset_index(), x="latent_size", y="val_mse", hue="study", style="study",
        palette={one.name: one.color for one in shown},
        markers={one.name: one.marker for one in shown},
        s=thinned(len(table), most=42, least=9), alpha=0.75, linewidth=0, legend=False, ax=axes,
    )  # fmt: skip
    axes.set_xscale("log", base=2)
    axes.set_xlim(table["latent_size"].min() / _ROOM, table["latent_size"].max() * _ROOM)
    error_axis(axes, "validation MSE (RGB in [0, 1])")
    for one in shown:
        _draw_line(axes, one)
    _name_studies(axes, shown)
    size_axis(axes, "latent size (numbers a picture)")
    return made


def _draw_line(axes: Axes, one: _Shown) -> None:
    if one.line is not None:
        sizes = one.table["latent_size"]
        ends = np.array([sizes.min(), sizes.max()])
        axes.plot(ends, _fitted(one.line, ends), color=one.color, lw=1.6)


def _fitted(line: Line, sizes: np.ndarray) -> np.ndarray:
    errors: np.ndarray = np.exp(line.intercept) * sizes**line.slope
    return errors


def _name_studies(axes: Axes, shown: list[_Shown]) -> None:
    """Each study's name at the right, as high as its line ends there; names stand apart."""
    low, high = np.log(axes.get_ylim())
    wanted = [(np.log(_end(one)) - low) / (high - low) for one in shown]
    order = np.argsort(wanted)
    heights = _apart(np.clip(np.array(wanted)[order], 0, 1))
    for place, height in zip(order, heights, strict=True):
        one = shown[place]
        axes.annotate(
            short(one.name, _LONGEST_NAME), (1.0, height), xytext=(5, 0), va="center",
            xycoords="axes fraction", textcoords="offset points", fontsize=9, color=one.color,
        )  # fmt: skip


def _end(one: _Shown) -> float:
    """The error where a study's line ends; the middle one of those without a line."""
    if one.line is None:
        return float(one.table["val_mse"].median())
    return float(_fitted(one.line, np.array([one.table["latent_size"].max()]))[0])


def _apart(heights: np.ndarray) -> np.ndarray:
    """Rising heights moved so that none is too near the one below, and all end under 1.

    Example:
        >>> _apart(np.array([0.5, 0.5])).round(4).tolist()
        [0.5, 0.555]
    """
    placed = heights.copy()
    for place in range(1, len(placed)):
        placed[place] = max(placed[place], placed[place - 1] + _APART)
    moved: np.ndarray = placed - max(placed[-1] - 1, 0.0)
    return moved


def _correlations_figure(comparison: Comparison) -> Figure | None:
    """Each study's Spearman ρ with its interval; hollow where a search chose the trials."""
    rows = [
        (name, findings.study.designed, spearman_of_latent(findings))
        for name, findings in zip(comparison.names, comparison.findings, strict=True)
    ]
    if all(estimate.value is None for _, _, estimate in rows):
        return None
    made, (axes,) = figure(6.4, 1.2 + 0.42 * len(rows))
    for row, (_, designed, one) in enumerate(rows):
        if one.value is None or one.low is None or one.high is None:
            axes.text(0, row, "not computed", ha="center", va="center", fontsize=8)
            continue
        interval_rows(axes, [row], [one], COLORS[row % len(COLORS)], hollow=not designed)
    axes.set_yticks(range(len(rows)), [short(name, _LONGEST_NAME) for name, _, _ in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlabel("Spearman’s ρ of latent size with validation MSE, 95 % interval")
    return made
