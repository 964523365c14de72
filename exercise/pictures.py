"""The pictures of the answers: strips enlarged so that people see them, all stored small."""

from __future__ import annotations

import io
import re
from pathlib import Path

from archsearch.files import write_bytes

__all__ = ["enlarged", "store_small", "write_enlarged"]

_STRIP = re.compile(r"\((?P<part>[\w-]+)/figures/(?P<name>[\w-]+\.png)\)")
_WIDTH = 800


def enlarged(page: str) -> str:
    """A page with the enlarged copies in place of the strips of reports.

    Example:
        >>> enlarged("![gray](colorize/figures/colors-fixed-0.png)")
        '![gray](figures/colorize-colors-fixed-0.png)'
    """
    return _STRIP.sub(r"(figures/\g<part>-\g<name>)", page)


def write_enlarged(page: str, reports: Path) -> None:
    """Make the copies: each pixel is a square of whole pixels, about 800 in all a row."""
    from PIL import Image

    for found in _STRIP.finditer(page):
        part, name = found["part"], found["name"]
        with Image.open(reports / part / "figures" / name) as strip:
            times = max(1, round(_WIDTH / strip.width))
            size = (times * strip.width, times * strip.height)
            content = io.BytesIO()
            strip.resize(size, Image.Resampling.NEAREST).save(content, "png", optimize=True)
        write_bytes(reports / "figures" / f"{part}-{name}", content.getvalue())


def store_small(reports: Path) -> None:
    """Store drawings with a palette of 256 colors, in a third of the room; what has one is left.

    Drawings of reports lie beside the same as SVG; photographs don't, and keep their colors.
    """
    from PIL import Image

    drawings = {svg.with_suffix(".png") for svg in reports.glob("*/figures/*.svg")}
    drawings |= {reports / "figures" / f"{report.name}.png" for report in reports.iterdir()}
    for file in sorted(drawing for drawing in drawings if drawing.exists()):
        with Image.open(file) as figure:
            if figure.mode == "P":
                continue
            few = figure.convert("RGB").quantize(256, dither=Image.Dither.NONE)
            content = io.BytesIO()
            few.save(content, "png", optimize=True, dpi=figure.info["dpi"])
        write_bytes(file, content.getvalue())
