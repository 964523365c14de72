"""How every figure looks: sizes, colors that color-blind readers can tell apart, log axes.

Text and lines are drawn in :data:`INK` and :data:`FAINT`. On the page both are
replaced by colors that follow the reader's light or dark setting; in the
files beside it they stand as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.figure import Figure

__all__ = [
    "COLORS",
    "FAINT",
    "INK",
    "error_axis",
    "figure",
    "legend_below",
    "plain",
    "settle",
    "short",
    "size_axis",
    "size_colors",
    "styled",
    "thinned",
]

INK = "#1b2630"
FAINT = "#c8ced5"
# Okabe & Ito (2008) in seaborn's "colorblind" order: each is told from the
# others in the common color deficiencies, and stands out on white and on black.
COLORS = ("#0173b2", "#de8f05", "#029e73", "#cc78bc", "#d55e00", "#ca9161")

_LEGIBLE = 22.0

_SETTINGS: dict[str, Any] = {
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "legend.fontsize": 9,
    "legend.labelcolor": INK,
    "legend.frameon": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "savefig.facecolor": "none",
    "svg.fonttype": "path",
    "text.parse_math": False,  # a $ in a user's text is a dollar sign
    "figure.max_open_warning": 0,
}


@contextmanager
def styled() -> Iterator[None]:
    """Within it, figures are made and saved in the report's style."""
    import matplotlib as mpl
    import seaborn as sns

    settings: Any = {**sns.axes_style("whitegrid"), **_SETTINGS}
    with mpl.rc_context(settings):
        yield


def figure(
    width: float,
    height: float,
    *,
    rows: int = 1,
    columns: int = 1,
    heights: tuple[float, ...] | None = None,
) -> tuple[Figure, list[Axes]]:
    """A figure of ``width`` × ``height`` inches and its axes, row by row.

    ``heights`` are the rows' shares of the height.
    """
    from matplotlib.figure import Figure

    made = Figure(figsize=(width, height), layout="constrained")
    grid = made.subplots(rows, columns, squeeze=False, height_ratios=heights)
    return made, [axes for row in grid for axes in row]


def settle(made: Figure) -> None:
    """Give everything its place, once for all that is made of the figure."""
    layout = made.get_layout_engine()
    if layout is not None:
        layout.execute(made)
    made.set_layout_engine("none")


def error_axis(axes: Axes, label: str = "validation MSE") -> None:
    """A log y axis for errors (MSE in [0, 1], no unit)."""
    axes.set_yscale("log")
    _label_log(axes, "y")
    axes.set_ylabel(label)


def size_axis(axes: Axes, label: str, *, most: int = 7) -> None:
    """A log x axis for sizes, labelled at ``most`` whole numbers."""
    axes.set_xscale("log", base=2)
    _label_log(axes, "x", most)
    axes.set_xlabel(label)


def plain(value: float, _place: float | None = None) -> str:
    """A number as people write it; never an exponent between 0.0001 and a million.

    Example:
        >>> plain(0.0005), plain(1024.0), plain(2e-7), plain(100000.0)
        ('0.0005', '1024', '2e-7', '100000')
    """
    return f"{value:.0f}" if 1 <= value < 1e6 else f"{value:.3g}".replace("e-0", "e-")


def _label_log(axes: Axes, which: Literal["x", "y"], most: int = 7) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = sorted(axes.get_xlim() if which == "x" else axes.get_ylim())
    axis.set_major_locator(FixedLocator(_ticks(max(low, 1e-12), high, which == "x", most)))
    axis.set_major_formatter(FuncFormatter(plain))
    axis.set_minor_formatter(NullFormatter())
    axis.minorticks_off()


def _ticks(low: float, high: float, binary: bool, most: int) -> list[float]:
    """At most ``most`` round numbers between the limits: powers of 2, or 1-2-5 steps."""
    if binary:
        exponents = np.arange(np.ceil(np.log2(low)), np.floor(np.log2(high)) + 1)
        step = int(np.ceil(len(exponents) / most)) or 1
        if len(exponents) > 2:
            return [float(2**exponent) for exponent in exponents[::step]]
    decades = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    for steps in ((1, 1.5, 2, 3, 4, 5, 6, 8), (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
        ticks = [step * 10**decade for decade in decades for step in steps]
        within = [float(f"{tick:.3g}") for tick in ticks if low <= tick <= high]
        if len(within) <= most:
            return sorted(set(within)) or [float(f"{(low * high) ** 0.5:.3g}")]
    return within[:: int(np.ceil(len(within) / most))]


def short(text: str, width: int) -> str:
    """A user's text in at most ``width`` characters: its middle is left out.

    Example:
        >>> short("encoder[0].conv.kernel", 13)
        'encode…kernel'
    """
    if len(text) <= width:
        return text
    half = width // 2
    return f"{text[:half]}…{text[len(text) - (width - half - 1) :]}"


def legend_below(made: Figure, axes: Axes, *, columns: int = 3) -> None:
    """The legend under the axes, where it covers nothing, in place of one inside them."""
    from matplotlib.collections import PathCollection

    handles, labels = axes.get_legend_handles_labels()
    inside = axes.get_legend()
    if inside is not None:
        inside.remove()
    if handles:
        legend = made.legend(handles, labels, loc="outside lower center", ncols=columns)
        for handle in legend.legend_handles:
            if isinstance(handle, PathCollection):  # a dot among thousands is too small alone
                handle.set_sizes(np.maximum(handle.get_sizes(), _LEGIBLE).tolist())


def size_colors(sizes: npt.NDArray[np.float64]) -> tuple[Colormap, Normalize]:
    """A color for each size on a log scale; legible on white and on black."""
    from matplotlib.colors import ListedColormap, LogNorm
    from seaborn import color_palette

    colors = color_palette("viridis", 256)[45:225]
    low, high = float(sizes.min()), float(sizes.max())
    return ListedColormap(colors), LogNorm(low, high if high > low else low * 2)


def thinned(count: int, *, most: float, least: float) -> float:
    """A size or opacity that falls from ``most`` to ``least`` as points grow from 30 to 1,000."""
    share = np.clip((np.log10(max(count, 1)) - 1.5) / 1.5, 0, 1)
    return float(most + (least - most) * share)
