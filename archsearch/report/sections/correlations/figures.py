"""Figures of correlations: latent size beside its rivals, and what correlates with what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from archsearch.report.drawing.intervals import interval_rows
from archsearch.report.drawing.style import COLORS, INK, figure, short
from archsearch.report.formatting import decimal
from archsearch.report.statistics.rank import spearman
from archsearch.report.statistics.rivals import RIVALS, Rival

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

__all__ = ["map_figure", "rivals_figure"]


def rivals_figure(rivals: Sequence[Rival]) -> Figure | None:
    """Spearman's ρ of each size with the error and its 95 % interval, latent size in a color."""
    known = [rival for rival in rivals if rival.estimate.value is not None]
    if not known:
        return None
    made, (axes,) = figure(5.6, 0.9 + 0.36 * len(known))
    for row, rival in enumerate(known):
        interval_rows(axes, [row], [rival.estimate], COLORS[0] if row == 0 else INK)
    axes.set_yticks(range(len(known)), [RIVALS[rival.name] for rival in known])
    axes.set_ylim(len(known) - 0.5, -0.5)
    axes.set_xlabel("Spearman ρ with validation MSE, 95 % interval")
    return made


def map_figure(columns: Mapping[str, npt.NDArray[np.float64]]) -> Figure:
    """Spearman's ρ between all of ``columns``, the lower triangle.

    Args:
        columns: at least two, by label, each of shape (n,).
    """
    import pandas as pd
    import seaborn as sns

    names = [short(name, 26) for name in columns]
    values = np.array([[spearman(x, y) for x in columns.values()] for y in columns.values()])
    shown = values[1:, :-1]
    texts = np.vectorize(decimal, otypes=[object])(shown)
    side = 0.46 * len(shown)
    made, (axes,) = figure(side + 2.7, side + 1.9)
    sns.heatmap(
        pd.DataFrame(shown, index=names[1:], columns=names[:-1]), ax=axes, square=True,
        mask=np.triu(np.ones_like(shown), 1) > 0, cmap=_diverging(), vmin=-1, vmax=1,
        annot=texts, fmt="", annot_kws={"size": 8, "color": "#111111"},
        cbar_kws={"label": "Spearman ρ", "ticks": [-1, 0, 1], "shrink": 0.8},
    )  # fmt: skip
    axes.tick_params(axis="x", rotation=90)
    axes.tick_params(axis="y", rotation=0)
    axes.grid(visible=False)
    bar = axes.collections[0].colorbar
    if bar is not None:
        bar.ax.set_yticklabels(["−1", "0", "1"], color=INK)
    return made


def _diverging() -> Colormap:
    """Blue to orange over white: told apart in color deficiencies, dark text legible on all."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("ρ", ["#4fa3d6", "#f7f7f5", "#eda23c"])
