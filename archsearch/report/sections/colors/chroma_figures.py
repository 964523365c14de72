"""How often each chroma occurs, predicted against true."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from archsearch.printable import count
from archsearch.report.drawing.style import (
    COLORS,
    FAINT,
    INK,
    figure,
    legend_below,
    plain,
    short,
)
from archsearch.report.sections.blocks import Drawing
from archsearch.report.sections.colors.cells import share
from archsearch.report.sections.colors.histograms import (
    SATURATED,
    Chroma,
    chroma_of,
    radius_shares,
    saturated_share,
)
from archsearch.report.sections.colors.shortcomings import is_pale
from archsearch.report.sections.colors.variants import Variant

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

__all__ = ["chroma_drawings"]

_COLUMNS = 3
_KEPT = 0.9999
_LEAST = 1e-6
_LEAST_DENSITY = 1e-3

Floats = npt.NDArray[np.float64]


class _Found(NamedTuple):
    """A variant, and the histogram of its pixels."""

    variant: Variant
    chroma: Chroma


def chroma_drawings(variants: Sequence[Variant]) -> list[Drawing]:
    """The density over the CbCr plane, and over distance from gray; none without histograms.

    Args:
        variants: the best first, of the same test pictures.
    """
    found = [_Found(v, chroma) for v in variants if (chroma := chroma_of(v)) is not None]
    if not found:
        return []
    best = found[0]
    true, predicted = (saturated_share(shares) for shares in best.chroma)
    pale = sum(is_pale(each.variant) for each in found)
    return [
        Drawing(
            "chroma",
            f"Clearly colored: {share(true)} of the true pixels, {share(predicted)} of those that "
            f"{best.variant.called} predicts",
            "Densities of test pixels over the CbCr plane, true and of each variant.",
            f"Gray is where the lines cross; clearly colored is further than {SATURATED} from it.",
            lambda: _planes(found),
        ),
        Drawing(
            "saturation",
            f"{pale or 'None'} of {count(len(found), 'variant')} shown to be too pale",
            "Density of test pixels by distance from gray, true and of each variant.",
            "Right of the line, pixels are clearly colored.",
            lambda: _rings(found),
        ),
    ]


def _planes(found: Sequence[_Found]) -> Figure:
    """The true density over the CbCr plane and each variant's beside it, all on one log scale."""
    from matplotlib.colors import LogNorm
    from matplotlib.ticker import FuncFormatter

    panels = _named(found)
    columns = min(_COLUMNS, len(panels))
    rows = ceil(len(panels) / columns)
    made, axes = figure(2.9 * columns + 0.9, 2.95 * rows + 0.25, rows=rows, columns=columns)
    reach = _reach([shares for _, shares in panels])
    norm = LogNorm(_LEAST, max(float(shares.max()) for _, shares in panels))
    for axis in axes[len(panels) :]:
        axis.set_axis_off()
    for place, (axis, (name, shares)) in enumerate(zip(axes, panels, strict=False)):
        image = _density(axis, shares, norm, reach)
        axis.set_title(_two_lines(name), fontsize=9)
        axis.set_xlabel("Cb" if place + columns >= len(panels) else "")
        axis.set_ylabel("Cr" if place % columns == 0 else "")
    bar = made.colorbar(
        image, ax=axes, shrink=0.8, pad=0.02, label="share of test pixels in a cell"
    )
    bar.ax.yaxis.set_major_formatter(FuncFormatter(plain))
    bar.ax.minorticks_off()
    bar.outline.set_visible(False)
    return made


def _rings(found: Sequence[_Found]) -> Figure:
    """How pixels are spread over distance from gray, on a log scale."""
    import seaborn as sns
    from matplotlib.ticker import FuncFormatter

    lines = _named(found)
    made, (axes,) = figure(7.6, 4.6)
    axes.axvline(SATURATED, color=FAINT, lw=2, zorder=0)
    sns.lineplot(
        pd.concat(
            [_ring_table(short(name, 60), shares) for name, shares in lines], ignore_index=True
        ),
        x="distance", y="density", hue="of", style="of", estimator=None, lw=1.8,
        palette=[INK, *COLORS[: len(found)]], ax=axes,
    )  # fmt: skip
    if legend := axes.get_legend():
        legend.remove()  # it would cover lines
    axes.set_yscale("log")
    axes.set_ylim(bottom=_LEAST_DENSITY)
    axes.yaxis.set_major_formatter(FuncFormatter(plain))
    axes.minorticks_off()
    axes.set_xlim(0, max(_farthest(shares) for _, shares in lines))
    axes.set_xlabel("chroma: distance from gray, hypot(Cb − .5, Cr − .5)")
    axes.set_ylabel("density of test pixels (log scale)")
    legend_below(made, axes, columns=2)
    return made


def _named(found: Sequence[_Found]) -> list[tuple[str, Floats]]:
    """The true shares, then each variant's."""
    first = found[0].chroma.true
    return [("original", first), *((each.variant.name, each.chroma.predicted) for each in found)]


def _density(axis: Axes, shares: Floats, norm: Normalize, reach: float) -> AxesImage:
    """One picture a panel: seaborn's heat map would be a path for each of thousands of cells."""
    shown = np.ma.masked_less_equal(shares.T, 0)  # rows by Cr, upwards
    image = axis.imshow(
        shown, origin="lower", extent=(0, 1, 0, 1), norm=norm, cmap="viridis",
        interpolation="nearest",
    )  # fmt: skip
    axis.axhline(0.5, color=FAINT, lw=0.7)
    axis.axvline(0.5, color=FAINT, lw=0.7)
    axis.set_xlim(0.5 - reach, 0.5 + reach)
    axis.set_ylim(0.5 - reach, 0.5 + reach)
    axis.grid(visible=False)
    axis.set_aspect("equal")
    return image


def _reach(planes: Sequence[Floats]) -> float:
    """Half the side of the square around gray that holds nearly all pixels of all planes."""
    side = int(planes[0].shape[0])
    for cells in range(max(1, side // 16), side // 2):
        part = slice(side // 2 - cells, side // 2 + cells)
        if all(plane[part, part].sum() >= _KEPT for plane in planes):
            return float(cells) / float(side)
    return 0.5


def _ring_table(name: str, shares: Floats) -> pd.DataFrame:
    edges, density = radius_shares(shares)
    middles = (edges[:-1] + edges[1:]) / 2
    drawn = np.where(density > 0, density, np.nan)
    return pd.DataFrame({"distance": middles, "density": drawn, "of": name})


def _farthest(shares: Floats) -> float:
    """The distance within which nearly all pixels lie."""
    edges, density = radius_shares(shares)
    held = np.cumsum(density * np.diff(edges))
    return float(edges[1:][np.searchsorted(held, _KEPT)]) if held[-1] >= _KEPT else 0.71


def _two_lines(name: str) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(short(name, 68), 36)[:2])
