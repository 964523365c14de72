"""The effect of each choice with its interval, alone and with the others held equal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from archsearch.report.drawing.estimates import AS_GIVEN, as_sample
from archsearch.report.drawing.style import COLORS, INK, figure, legend_below, short
from archsearch.report.sections.choices.sentences import only_uncorrected
from archsearch.report.statistics.effects import Effect, FactorTest

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["effects_figure"]

_MOST_ROWS = 28
_WAYS = {"others held equal": COLORS[0], "alone": COLORS[1]}


def effects_figure(tests: Sequence[FactorTest]) -> Figure | None:
    """A row for each contrast: the change of MSE as a factor, on a log axis."""
    import seaborn as sns

    rows = [(test, each) for test in tests for each in test.effects if each.alone.value is not None]
    rows = rows[:_MOST_ROWS]
    if not rows:
        return None
    made, (axes,) = figure(6.2, 1.4 + 0.42 * len(rows))
    frame = _frame([effect for _, effect in rows])
    ways = [way for way in _WAYS if way in set(frame["way"])]
    axes.set_xscale("log")
    sns.pointplot(
        frame, x="factor", y="row", hue="way", hue_order=ways, order=[*map(str, range(len(rows)))],
        palette=[_WAYS[way] for way in ways], markers=["o", "s"][: len(ways)], orient="h", ax=axes,
        dodge=0.28 if len(ways) > 1 else False, linestyle="none", markersize=5, linewidth=2,
        err_kws={"linewidth": 2}, **AS_GIVEN,
    )  # fmt: skip
    axes.axvline(1, color=INK, lw=0.9)
    axes.set_yticks(range(len(rows)), [_name(test, effect) for test, effect in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_ylabel("")
    axes.grid(visible=False, axis="y")
    _factor_axis(axes)
    legend_below(made, axes, columns=2)
    return made


def _frame(effects: Sequence[Effect]) -> pd.DataFrame:
    return pd.DataFrame(list(_cells(effects)), columns=["row", "way", "factor"])


def _cells(effects: Sequence[Effect]) -> Iterator[tuple[str, str, float]]:
    for place, effect in enumerate(effects):
        for way, one in zip(_WAYS, (effect.adjusted, effect.alone), strict=True):
            for log in as_sample(one):
                yield str(place), way, float(np.exp(np.clip(log, -12, 12)))


def _name(test: FactorTest, effect: Effect) -> str:
    mark = "*" * (only_uncorrected(test) and effect.adjusted.clear)
    return f"{short(effect.factor, 26)}{mark}\n{short(effect.contrast, 30)}"


def _factor_axis(axes: Axes) -> None:
    """A log axis of factors, labelled at round ones."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

    axes.xaxis.set_major_locator(FixedLocator(_ticks(*axes.get_xlim())))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"×{value:.3g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.minorticks_off()
    axes.set_xlabel("validation MSE, as a factor (×0.5 is half)")


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
