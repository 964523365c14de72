"""Putting an SVG file into a page: smaller, without addresses, in the page's colors."""

from __future__ import annotations

import re

from archsearch.report.drawing.style import COLORS, FAINT, INK

__all__ = ["inline_svg"]

_LEFT_OUT = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>"
    r"|\sxmlns(:\w+)?=\"[^\"]*\"|\s(?:width|height)=\"[\d.]+pt\"",
    re.DOTALL,
)
_REFERENCE = re.compile(r"(?:href=\"#|url\(#)([^\")]+)")
_VIEW = re.compile(r"viewBox=\"0 0 ([\d.]+) [\d.]+\"")
_ID = re.compile(r"\sid=\"([^\"]*)\"")


def inline_svg(text: str, name: str) -> str:
    """The drawing as an element of an HTML page.

    Declarations, comments, metadata and namespaces go (HTML needs none); ids
    that nothing refers to go, the others get ``name`` before them, since ids
    are the whole page's; the two text colors and the hues become the page's.

    Example:
        >>> inline_svg('<svg xmlns="a:b"><g id="x"/><g id="y"/><use href="#y"/></svg>', "one")
        '<svg><g/><g id="one-y"/><use href="#one-y"/></svg>'
    """
    text = _LEFT_OUT.sub("", text)
    used = set(_REFERENCE.findall(text))
    text = _ID.sub(lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", text)
    text = _REFERENCE.sub(lambda m: m[0].replace(f"#{m[1]}", f"#{name}-{m[1]}"), text)
    text = text.replace(INK, "currentColor").replace(FAINT, "var(--faint)")
    for place, color in enumerate(COLORS):
        text = text.replace(color, f"var(--hue-{place})")
    text = _VIEW.sub(_sized, text, count=1)
    return re.sub(r"\n\s*", "\n", text).strip()


def _sized(view: re.Match[str]) -> str:
    """The view box with a width between legible and no larger than the text around it."""
    width = float(view[1])
    style = f"min-width:{0.8 * width:.0f}px;max-width:{1.45 * width:.0f}px"
    return f'{view[0]} style="{style}"'
