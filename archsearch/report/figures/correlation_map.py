"""The correlation map: what correlates with what among the architectures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archsearch.report.drawing.style import INK, figure, short
from archsearch.report.formatting import decimal
from archsearch.report.statistics.rank import spearman
from archsearch.report.statistics.rivals import RIVALS, rival_columns

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

    from archsearch.report.analysis.findings import Findings

__all__ = ["map_figure"]

_MOST_COLUMNS = 14


def map_figure(findings: Findings) -> Figure | None:
    """Spearman's ρ between error, sizes and numeric choices; the lower triangle."""
    columns = _columns(findings)
    if len(columns) < 3:
        return None
    names = list(columns)
    values = np.array([[spearman(x, y) for x in columns.values()] for y in columns.values()])
    shown = np.where(np.tril(np.ones_like(values), -1) > 0, values, np.nan)[1:, :-1]
    side = 0.56 * len(shown)
    made, (axes,) = figure(side + 2.6, side + 1.3)
    picture = axes.imshow(shown, cmap=_diverging(), vmin=-1, vmax=1)
    for (row, column), value in np.ndenumerate(shown):
        if np.isfinite(value):
            axes.text(
                column, row, decimal(value), ha="center", va="center", fontsize=8, color="#111111"
            )
    axes.set_xticks(range(len(shown)), [short(name, 26) for name in names[:-1]], rotation=90)
    axes.set_yticks(range(len(shown)), [short(name, 26) for name in names[1:]])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    bar = made.colorbar(picture, ax=axes, shrink=0.8, label="Spearman ρ", ticks=[-1, 0, 1])
    bar.ax.set_yticklabels(["−1", "0", "1"], color=INK)
    bar.outline.set_visible(False)
    return made


def _columns(findings: Findings) -> dict[str, np.ndarray]:
    """Error first, then what varies; a choice that is one of the sizes isn't shown twice."""
    table = findings.sample.architectures()
    if len(table) < 4:
        return {}
    columns = {"validation MSE": table["val_mse"].to_numpy(dtype=float)}
    columns |= {RIVALS[name]: column for name, column in rival_columns(table).items()}
    for factor in findings.secondary.factors:
        if factor.kind == "number":
            columns.setdefault(factor.name, np.asarray(factor.numbers))
    kept: dict[str, np.ndarray] = {}
    for name, column in columns.items():
        twin = any(abs(spearman(column, other)) > 1 - 1e-9 for other in kept.values())
        if np.ptp(column) > 0 and (not twin or name in (*RIVALS.values(), "validation MSE")):
            kept[name] = column
    return dict(list(kept.items())[:_MOST_COLUMNS])


def _diverging() -> Colormap:
    """Blue to orange over white: told apart in color deficiencies, dark text legible on all."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("ρ", ["#4fa3d6", "#f7f7f5", "#eda23c"])
