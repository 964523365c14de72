"""From a matplotlib figure to the text and bytes of its two files."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archsearch.report.drawing.style import settle, styled
from archsearch.report.sections.blocks import Drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Drawn", "draw"]

_MOST_SHAPES = 500
_FEW_SHAPES = 50
"""Fewer of one kind stay lines, wherever they stand."""


class Drawn(NamedTuple):
    """A drawn figure: what it is, and the contents of its SVG and PNG files."""

    drawing: Drawing
    svg: str
    png: bytes


def draw(drawing: Drawing) -> Drawn | None:
    """The figure in the report's style; None where it has no data."""
    with styled():
        made = drawing.draw()
        if made is None:
            return None
        _rasterize(made)
        settle(made)
        return Drawn(drawing, _svg(made, drawing.name), _png(made))


def _rasterize(made: Figure) -> None:
    """Shapes by the hundred become pixels of the SVG: a page grows and slows by each of them."""
    for axes in made.axes:
        shapes = {
            each: max(len(np.asarray(each.get_offsets())), len(each.get_paths()))
            for each in axes.collections
        }
        if sum(shapes.values()) + len(axes.lines) > _MOST_SHAPES:
            for each, many in shapes.items():
                each.set_rasterized(many > _FEW_SHAPES)
            for line in axes.lines:
                line.set_rasterized(len(axes.lines) > _FEW_SHAPES)


def _svg(made: Figure, name: str) -> str:
    """SVG text without a date, with ids that no other figure has."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    text = io.StringIO()
    empty = dict.fromkeys(["Date", "Creator", "Format", "Type"])
    made.set_dpi(110)
    with mpl.rc_context({"svg.hashsalt": name}):
        # Not savefig, which draws everything once more; matplotlib leaves this untyped.
        FigureCanvasSVG(made).print_svg(text, metadata=empty)  # type: ignore[no-untyped-call]
    return re.sub(r"(?m)[ \t]+$", "", text.getvalue())


def _png(made: Figure) -> bytes:
    """PNG for print and slides: white, 160 dots an inch."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    content = io.BytesIO()
    made.set_dpi(160)
    made.set_facecolor("white")
    canvas = FigureCanvasAgg(made)
    canvas.print_png(content, metadata={"Software": None})  # type: ignore[no-untyped-call]
    return content.getvalue()
