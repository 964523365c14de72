"""What each searched choice does to the error, a small panel each."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from archsearch.records import Value
from archsearch.report.drawing.style import (
    COLORS,
    INK,
    error_axis,
    figure,
    size_axis,
    thinned,
)
from archsearch.report.statistics.effects import FEWEST_OF_A_LEVEL
from archsearch.report.statistics.factors import label_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from archsearch.report.analysis.findings import Findings

__all__ = ["MOST_FACTORS", "factors_figure"]

MOST_FACTORS = 12
_MOST_LEVELS = 6
_COLUMNS = 3


def factors_figure(findings: Findings) -> Figure | None:
    """Error against each searched name: a point a trial, and the geometric mean of each value."""
    shown = findings.shown.set_index("number")
    values = {
        trial.number: trial.values for trial in findings.study.trials if trial.number in shown.index
    }
    names = list(dict.fromkeys(name for each in values.values() for name in each))[:MOST_FACTORS]
    if not names:
        return None
    rows = -(-len(names) // _COLUMNS)
    columns = min(len(names), _COLUMNS)
    made, panels = figure(2.7 * columns + 0.4, 2.6 * rows + 0.2, rows=rows, columns=columns)
    for panel, name in zip(panels, names, strict=False):
        pairs = [(each[name], number) for number, each in values.items() if name in each]
        errors = shown["val_mse"].loc[[number for _, number in pairs]].to_numpy(dtype=float)
        _panel(panel, name, [value for value, _ in pairs], np.maximum(errors, 1e-7))
    for panel in panels[len(names) :]:
        panel.set_visible(False)
    for place, panel in enumerate(panels):
        panel.set_ylabel("validation MSE" if place % columns == 0 else "")
    return made


def _panel(panel: Axes, name: str, values: list[Value], errors: np.ndarray) -> None:
    numeric = all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in values
    )
    panel.set_title(_short(name, 34), fontsize=9)
    levels = len(set(values))
    if numeric and (levels > _MOST_LEVELS or 2 < levels > len(values) / 3):
        _by_number(panel, np.array(values, dtype=float), errors)
    else:
        _by_level(panel, values, errors)


def _by_number(panel: Axes, values: np.ndarray, errors: np.ndarray) -> None:
    area = thinned(len(values), most=22, least=6)
    panel.scatter(values, errors, s=area, color=COLORS[0], alpha=0.7, linewidths=0)
    error_axis(panel)
    if values.min() > 0 and values.max() / values.min() >= 8:
        panel.set_xlim(values.min() / 1.15, values.max() * 1.15)
        size_axis(panel, "")
        panel.set_xticks(panel.get_xticks()[:: -(-len(panel.get_xticks()) // 5)])


def _by_level(panel: Axes, values: list[Value], errors: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    labels = pd.Series([label_of(value) for value in values])
    order = list(dict.fromkeys(label_of(value) for value in sorted(values, key=_sort_key)))
    place = labels.map({label: i for i, label in enumerate(order)}).to_numpy(dtype=float)
    area = thinned(len(values), most=22, least=6)
    shaken = place + rng.uniform(-0.16, 0.16, len(place))
    panel.scatter(shaken, errors, s=area, color=COLORS[0], alpha=0.55, linewidths=0)
    for i in np.flatnonzero(np.bincount(place.astype(int), minlength=len(order)) > 1):
        low, mean, high = _geometric_mean(errors[place == i])
        if np.isfinite([low, high]).all():
            panel.vlines(i + 0.3, low, high, color=INK, lw=1.4)
        panel.scatter([i + 0.3], [mean], s=22, marker="D", color=INK, zorder=4)
    error_axis(panel)
    panel.set_xlim(-0.5, len(order) - 0.4)
    room = max(4, 30 // max(len(order), 1))
    panel.set_xticks(range(len(order)), [_short(label, room) for label in order])
    if len(order) > _MOST_LEVELS:
        panel.tick_params(axis="x", labelrotation=90)
    panel.grid(visible=False, axis="x")


def _geometric_mean(errors: np.ndarray) -> tuple[float, float, float]:
    """The mean on a log scale with Student's 95 % interval; NaN ends from under four values."""
    from scipy import stats

    logs = np.log(errors)
    if len(logs) < FEWEST_OF_A_LEVEL:
        return float("nan"), float(np.exp(logs.mean())), float("nan")
    reach = float(stats.t.ppf(0.975, len(logs) - 1)) * logs.std(ddof=1) / len(logs) ** 0.5
    low, mean, high = np.exp([logs.mean() - reach, logs.mean(), logs.mean() + reach])
    return float(low), float(mean), float(high)


def _sort_key(value: Value) -> tuple[bool, float, str]:
    return (False, float(value), "") if isinstance(value, int | float) else (True, 0, str(value))


def _short(text: str, width: int) -> str:
    return textwrap.shorten(text, width, placeholder="…") if " " in text else _cut(text, width)


def _cut(text: str, width: int) -> str:
    return (
        text if len(text) <= width else f"{text[: width // 2]}…{text[len(text) - width // 2 + 1 :]}"
    )
