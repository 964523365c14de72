"""Does one end of the latent sizes carry the correlation, and does the line have a knee?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from archsearch.report.drawing.style import COLORS, INK, error_axis, figure, size_axis, thinned
from archsearch.report.formatting import decimal, p_told, p_value
from archsearch.report.sections.adaptive import among_chosen
from archsearch.report.sections.blocks import (
    Block,
    Cell,
    Column,
    Drawing,
    Row,
    Section,
    Table,
    Text,
)
from archsearch.report.sections.correction import Look
from archsearch.report.sections.estimates import correlation_cell, estimate_json, named_json
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.knee import Knee, Line, find_knee, fit_line
from archsearch.report.statistics.multiple import is_shown
from archsearch.report.statistics.ranges import RangeLeft, leave_range_out

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Ranges", "compute", "corrected", "fitted", "line_figure", "section", "to_json"]

_COLUMNS = (
    Column("latent sizes", words=True),
    Column("Spearman ρ"),
    Column("p corrected"),
    Column("architectures"),
)


@dataclass(frozen=True)
class Ranges:
    """The correlation over parts of the latent sizes.

    Attributes:
        parts: ρ without each quarter of the sizes, then in each half.
        line: the log–log fit; None for fewer than three sizes.
        knee: its best bend, shown or not; None where there is no room for one.
    """

    parts: tuple[RangeLeft, ...]
    line: Line | None
    knee: Knee | None


def compute(architectures: pd.DataFrame, *, seed: int = 0) -> Ranges:
    """Over one row an architecture, with latent_size and val_mse."""
    latent = architectures["latent_size"].to_numpy(dtype=np.float64)
    mse = architectures["val_mse"].to_numpy(dtype=np.float64)
    return Ranges(
        leave_range_out(latent, mse, seed=seed),
        fit_line(latent, mse),
        find_knee(latent, mse, seed=seed),
    )


def corrected(found: Ranges, look: Look) -> Ranges:
    """With ``look`` of the p without each quarter, and of the knee's."""
    return replace(
        found,
        parts=tuple(
            one._replace(p_holm=look(one.estimate.p)) if one.left_out else one
            for one in found.parts
        ),
        knee=found.knee and found.knee._replace(p_holm=look(found.knee.p)),
    )


def to_json(found: Ranges) -> dict[str, object]:
    """For the details of ``summary.json``."""
    knee = found.knee
    return {
        "ranges": [
            {
                "latent_low": part.low,
                "latent_high": part.high,
                "left_out": part.left_out,
                "spearman": estimate_json(part.estimate),
                "p_holm": part.p_holm,
            }
            for part in found.parts
        ],
        "line": named_json(found.line),
        "knee": None if knee is None else {**(named_json(knee) or {}), "shown": knee.shown},
    }


def section(
    found: Ranges, architectures: pd.DataFrame, *, pooled: Estimate, looks: int, designed: bool
) -> Section | None:
    """Sentences, line and table; None where there is neither a part nor a line.

    Args:
        found: the numbers.
        architectures: that they are of.
        pooled: ρ over all of them.
        looks: the number of tests that each ``p_holm`` is corrected for.
        designed: whether the trials were chosen without looking at errors.
    """
    blocks = tuple(_blocks(found, architectures, pooled, looks))
    title = among_chosen("Parts of the range", designed=designed)
    return Section("ranges", title, blocks) if blocks else None


def _blocks(
    found: Ranges, architectures: pd.DataFrame, pooled: Estimate, looks: int
) -> Iterator[Block]:
    left_out = _left_out(found, pooled, looks)
    if left_out:
        yield Text(left_out)
    if found.line is not None:
        yield _line_drawing(found.line, found.knee, architectures, looks)
    if found.parts:
        note = f"p is corrected for {looks} comparisons (Holm)." if looks else ""
        yield Table("ranges", "", _COLUMNS, tuple(map(_row, found.parts)), note)


def _left_out(found: Ranges, pooled: Estimate, looks: int) -> str:
    """Whether the correlation needs any quarter of the sizes."""
    left = [part for part in found.parts if part.left_out and part.estimate.value is not None]
    if not left:
        return ""
    values = [part.estimate.value for part in left if part.estimate.value is not None]
    low, high = decimal(min(values)), decimal(max(values))
    span = low if low == high else f"between {low} and {high}"
    text = f"Without any one quarter of the latent sizes, the correlation is {span}"
    gone = [part for part in left if not part.estimate.clear]
    shown = [part for part in left if is_shown(part.p_holm) and part.estimate.clear]
    if gone and pooled.clear:
        return f"{text}; without {_sizes(gone)} its interval includes 0."
    if shown and not pooled.clear:
        return f"{text}, shown only without {_sizes(shown)} (corrected for {looks} comparisons)."
    return f"{text}."


def _sizes(parts: list[RangeLeft]) -> str:
    return "; ".join(f"{part.low:,.0f}–{part.high:,.0f}" for part in parts)


def _row(part: RangeLeft) -> Row:
    which = "without" if part.left_out else "only"
    return Row(
        (
            Cell(f"{which} {part.low:,.0f}–{part.high:,.0f}"),
            correlation_cell(part.estimate),
            Cell(p_value(part.p_holm)),
            Cell(str(part.estimate.n)),
        )
    )


def _line_drawing(
    line: Line, knee: Knee | None, architectures: pd.DataFrame, looks: int
) -> Drawing:
    return Drawing(
        "line",
        _line_title(line, knee),
        "Scatter of validation error against latent size on log axes, with the fitted line.",
        _line_caption(knee, looks),
        lambda: line_figure(architectures, line, knee),
    )


def _line_title(line: Line, knee: Knee | None) -> str:
    if knee is not None and knee.shown:
        return (
            f"The line has a knee at about {knee.latent:,.0f} numbers (95 % interval "
            f"{knee.low:,.0f} to {knee.high:,.0f})"
        )
    explained = f"A straight line explains {100 * max(line.r_squared, 0):.0f} % of the variance"
    return explained if knee is None else f"{explained}; a knee isn’t shown"


def _line_caption(knee: Knee | None, looks: int) -> str:
    if knee is None:
        return "There are too few sizes to look for a knee."
    told = f"{p_told(knee.p_holm)}, corrected for {looks} comparisons"
    if not knee.shown:
        return f"Knee: {told}."
    slopes = f"Slope {decimal(knee.slope_before)} before and {decimal(knee.slope_after)} after"
    return f"{slopes}; {told}."


def line_figure(architectures: pd.DataFrame, line: Line, knee: Knee | None) -> Figure:
    """Each architecture, and the line through them: bent where a knee is shown.

    The knee's 95 % interval is shaded.
    """
    import seaborn as sns

    made, (axes,) = figure(5.6, 3.6)
    n = len(architectures)
    sns.scatterplot(
        data=architectures, x="latent_size", y="val_mse", ax=axes, color=COLORS[0], linewidth=0,
        s=thinned(n, most=40, least=10), alpha=thinned(n, most=0.9, least=0.5), legend=False,
    )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    shown = knee if knee is not None and knee.shown else None
    sizes = np.geomspace(architectures["latent_size"].min(), architectures["latent_size"].max(), 99)
    axes.plot(sizes, fitted(sizes, line, shown), color=COLORS[4], lw=1.8)
    if shown is not None:
        axes.axvspan(shown.low, shown.high, color=COLORS[4], alpha=0.15, lw=0)
        axes.axvline(shown.latent, color=INK, lw=0.9)
    error_axis(axes)
    size_axis(axes, "latent size (numbers a picture)")
    return made


def fitted(sizes: np.ndarray, line: Line, knee: Knee | None) -> np.ndarray:
    """The error that the line has at each latent size; with a knee the bent one's.

    Args:
        sizes: shape (n,).
        line: the straight one.
        knee: of the bent one, if it is the one that is meant.
    """
    x = np.log(sizes)
    if knee is None:
        straight: np.ndarray = np.exp(line.intercept + line.slope * x)
        return straight
    turn = knee.slope_after - knee.slope_before
    bend = np.maximum(x - np.log(knee.latent), 0)
    bent: np.ndarray = np.exp(knee.intercept + knee.slope_before * x + turn * bend)
    return bent
