"""How often each chroma occurs, predicted against true."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from archsearch.report.color.histograms import SATURATED, Chroma, chroma_of, radius_shares
from archsearch.report.color.variants import Variant
from archsearch.report.drawing.style import (
    COLORS,
    FAINT,
    INK,
    figure,
    legend_below,
    plain,
    short,
    truth_label,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

__all__ = ["chroma_figure", "saturation_figure"]

_DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))
_COLUMNS = 3
_KEPT = 0.9999
_LEAST = 1e-6

Floats = npt.NDArray[np.float64]


def chroma_figure(variants: Sequence[Variant]) -> Figure | None:
    """The true density over the CbCr plane and each variant's beside it, all on one log scale.

    None where no histogram was kept.
    """
    from matplotlib.colors import LogNorm
    from matplotlib.ticker import FuncFormatter

    found, truth = _found(variants)
    if not found:
        return None
    panels = [(truth, found[0][1].true), *((v.name, chroma.predicted) for v, chroma in found)]
    columns = min(_COLUMNS, len(panels))
    rows = ceil(len(panels) / columns)
    made, axes = figure(2.9 * columns + 0.9, 2.95 * rows + 0.25, rows=rows, columns=columns)
    reach = _reach([shares for _, shares in panels])
    norm = LogNorm(_LEAST, max(float(shares.max()) for _, shares in panels))
    for place, axis in enumerate(axes):
        if place >= len(panels):
            axis.set_axis_off()
            continue
        name, shares = panels[place]
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


def saturation_figure(variants: Sequence[Variant]) -> Figure | None:
    """How pixels are spread over distance from gray, true and predicted, on a log scale."""
    from matplotlib.ticker import FuncFormatter

    found, truth = _found(variants)
    if not found:
        return None
    made, (axes,) = figure(7.6, 4.6)
    axes.axvline(SATURATED, color=FAINT, lw=2, zorder=0)
    _ring_line(axes, found[0][1].true, color=INK, lw=2.4, label=truth)
    for place, (variant, chroma) in enumerate(found):
        _ring_line(
            axes,
            chroma.predicted,
            color=COLORS[place % len(COLORS)],
            ls=_DASHES[place // len(COLORS) % len(_DASHES)] if len(found) > len(COLORS) else
            _DASHES[place % len(_DASHES)],
            lw=1.6,
            label=short(variant.name, 60),
        )  # fmt: skip
    axes.set_yscale("log")
    axes.set_ylim(bottom=1e-3)
    axes.yaxis.set_major_formatter(FuncFormatter(plain))
    axes.minorticks_off()
    axes.set_xlim(0, _farthest([found[0][1].true, *(chroma.predicted for _, chroma in found)]))
    axes.set_xlabel("chroma: distance from gray, hypot(Cb − .5, Cr − .5)")
    axes.set_ylabel("density of test pixels (log scale)")
    legend_below(made, axes, columns=2)
    return made


def _found(variants: Sequence[Variant]) -> tuple[list[tuple[Variant, Chroma]], str]:
    """Those of the first one's pictures, and what the true colors are called.

    Variants of other test pictures can't be compared with the same truth.
    """
    found = [(variant, chroma) for variant in variants if (chroma := chroma_of(variant))]
    same = [pair for pair in found if _same_truth(pair[1], found[0][1])]
    return same, truth_label(len(found) - len(same))


def _same_truth(one: Chroma, other: Chroma) -> bool:
    if one.true.shape != other.true.shape:
        return False
    return bool(np.allclose(one.true, other.true, rtol=1e-9, atol=1e-12))  # shares, over seeds


def _density(axis: Axes, shares: Floats, norm: Normalize, reach: float) -> AxesImage:
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


def _ring_line(axes: Axes, shares: Floats, **style: object) -> None:
    edges, density = radius_shares(shares)
    middles = (edges[:-1] + edges[1:]) / 2
    axes.plot(middles, np.where(density > 0, density, np.nan), **style)  # type: ignore[arg-type]


def _farthest(planes: Sequence[Floats]) -> float:
    """The distance within which nearly all pixels of all planes lie."""
    ends = []
    for shares in planes:
        edges, density = radius_shares(shares)
        held = np.cumsum(density * np.diff(edges))
        ends.append(float(edges[1:][np.searchsorted(held, _KEPT)]) if held[-1] >= _KEPT else 0.71)
    return float(max(ends))


def _two_lines(name: str) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(short(name, 68), 36)[:2])
