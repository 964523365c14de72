"""The error of every net by what each choice had chosen, a small panel each."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from archsearch.records import StudyRecord, Value
from archsearch.report.drawing.style import (
    COLORS,
    INK,
    error_axis,
    figure,
    short,
    size_axis,
    thinned,
)
from archsearch.report.statistics.effects import FEWEST_OF_A_LEVEL
from archsearch.report.statistics.factors import label_of
from archsearch.report.statistics.sample import FLOOR, Sample

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MOST_FACTORS", "factors_figure", "student_interval"]

Floats = npt.NDArray[np.float64]

MOST_FACTORS = 12
_MOST_LEVELS = 6
_COLUMNS = 2
_ALIKE = 1 + 1e-9


def factors_figure(study: StudyRecord, sample: Sample) -> Figure | None:
    """Error against each searched name: a point a trial, and the geometric mean of each value."""
    means = sample.runs.groupby("number")["val_mse"].mean().clip(lower=FLOOR)
    values = {trial.number: trial.values for trial in study.trials if trial.number in means.index}
    names = list(dict.fromkeys(name for each in values.values() for name in each))[:MOST_FACTORS]
    if not names:
        return None
    columns = min(len(names), _COLUMNS)
    rows = -(-len(names) // columns)
    made, panels = figure(2.9 * columns + 0.4, 2.3 * rows + 0.2, rows=rows, columns=columns)
    for place, (panel, name) in enumerate(zip(panels, names, strict=False)):
        pairs = [(each[name], means[number]) for number, each in values.items() if name in each]
        _panel(panel, name, [value for value, _ in pairs], np.array([e for _, e in pairs]))
        panel.set_ylabel("validation MSE" if place % columns == 0 else "")
    for panel in panels[len(names) :]:
        panel.set_visible(False)
    return made


def _panel(panel: Axes, name: str, values: Sequence[Value], errors: Floats) -> None:
    panel.set_title(_cut(name, 34), fontsize=9)
    panel.set_yscale("log")  # before seaborn, which takes means on the axis's scale
    if errors.max() <= errors.min() * _ALIKE:  # no limits follow from these
        panel.set_ylim(errors.min() / 2, errors.max() * 2)
    levels = len(set(values))
    numeric = all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    if numeric and (levels > _MOST_LEVELS or 2 < levels > len(values) / 3):
        _by_number(panel, np.array(values, dtype=float), errors)
    else:
        _by_level(panel, values, errors)
    error_axis(panel)
    panel.set_xlabel("")


def _by_number(panel: Axes, values: Floats, errors: Floats) -> None:
    _points(panel, values, errors, opacity=0.7)
    if values.min() > 0 and values.max() / values.min() >= 8:
        panel.set_xlim(values.min() / 1.15, values.max() * 1.15)
        size_axis(panel, "", most=5)


def _by_level(panel: Axes, values: Sequence[Value], errors: Floats) -> None:
    import seaborn as sns

    order = list(dict.fromkeys(label_of(value) for value in sorted(values, key=_sort_key)))
    place = np.array([order.index(label_of(value)) for value in values])
    # Not stripplot, whose jitter is another one each time that the page is written.
    shaken = place + np.random.default_rng(0).uniform(-0.16, 0.16, len(place))
    _points(panel, shaken, errors, opacity=0.55)
    several = np.bincount(place)[place] > 1
    if several.any():
        sns.pointplot(
            x=place[several] + 0.3, y=errors[several], ax=panel, native_scale=True, color=INK,
            markers="D", markersize=4, linestyle="none", err_kws={"linewidth": 1.4},
            errorbar=student_interval, zorder=4,
        )  # fmt: skip
    panel.set_xlim(-0.5, len(order) - 0.4)
    room = max(4, 30 // max(len(order), 1))
    panel.set_xticks(range(len(order)), [_cut(label, room) for label in order])
    if len(order) > _MOST_LEVELS:
        panel.tick_params(axis="x", labelrotation=90)
    panel.grid(visible=False, axis="x")


def _points(panel: Axes, across: Floats, errors: Floats, *, opacity: float) -> None:
    import seaborn as sns

    sns.scatterplot(
        x=across, y=errors, ax=panel, s=thinned(len(errors), most=22, least=6), color=COLORS[0],
        alpha=opacity, linewidth=0, legend=False,
    )  # fmt: skip


def student_interval(values: npt.ArrayLike) -> tuple[float, float]:
    """Student's 95 % interval of the mean; NaN under four values, whose spread isn't known."""
    from scipy import stats

    found = np.asarray(values, dtype=np.float64)
    if len(found) < FEWEST_OF_A_LEVEL:
        return float("nan"), float("nan")
    reach = float(stats.t.ppf(0.975, len(found) - 1)) * found.std(ddof=1) / len(found) ** 0.5
    return float(found.mean() - reach), float(found.mean() + reach)


def _sort_key(value: Value) -> tuple[bool, float, str]:
    return (False, float(value), "") if isinstance(value, int | float) else (True, 0, str(value))


def _cut(text: str, width: int) -> str:
    return textwrap.shorten(text, width, placeholder="…") if " " in text else short(text, width)
