"""The report's figures; each function gives a matplotlib figure, or None without data."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from archsearch.report.figures.correlation_map import map_figure
from archsearch.report.figures.pictures import pictures_figure, sizes_figure
from archsearch.report.figures.rivals import rivals_figure
from archsearch.report.figures.scatter import latent_figure
from archsearch.report.drawing.style import styled
from archsearch.report.figures.timeline import timeline_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from archsearch.report.analysis.findings import Findings

__all__ = ["Drawing", "draw", "drawings"]

_FIGURES = {
    "latent": latent_figure,
    "rivals": rivals_figure,
    "map": map_figure,
    "reconstructions": pictures_figure,
    "sizes": sizes_figure,
    "timeline": timeline_figure,
}


class Drawing(NamedTuple):
    """A drawn figure, as the bytes of its two files."""

    name: str
    svg: str
    png: bytes


def draw(findings: Findings) -> Iterator[Drawing]:
    """Every figure that the study has data for."""
    return drawings({name: partial(function, findings) for name, function in _FIGURES.items()})


def drawings(made: Mapping[str, Callable[[], Figure | None]]) -> Iterator[Drawing]:
    """Each figure that its function gives, drawn in the report's style."""
    with styled():
        for name, function in made.items():
            found = function()
            if found is not None:
                found.draw_without_rendering()  # places everything, once for both files
                found.set_layout_engine("none")
                yield Drawing(name, _svg(found, name), _png(found))


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
