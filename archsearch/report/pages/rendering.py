"""From values to one HTML file that needs nothing beside it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from archsearch.printable import printable
from archsearch.report.captions import CAPTIONS
from archsearch.report.figures import Drawing
from archsearch.report.pages.inline import inline_svg

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["Card", "figure_cards", "render"]

_FOLDER = Path(__file__).parent


class Card(NamedTuple):
    """A figure as the page shows it."""

    name: str
    title: str
    text: str
    svg: Markup


def render(template: str, **values: object) -> str:
    """The page of a template in this folder; every value that isn't Markup is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unbroken"] = _unbroken
    script = (_FOLDER / "page.js").read_text(encoding="utf-8")
    style = (_FOLDER / "page.css").read_text(encoding="utf-8")
    # Markup marks what is already HTML: our own files.
    return environment.get_template(template).render(
        css=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        script_hash=_source_hash(script),
        **values,
    )


def _printable(value: object) -> object:
    """A text without what reorders or hides others; line breaks and our own spaces stay."""
    return printable(value, keep="\n\t\u00a0") if type(value) is str else value


def figure_cards(drawings: Sequence[Drawing]) -> list[Card]:
    """The figures with their captions; matplotlib's SVG escapes its texts itself."""
    from markupsafe import Markup

    return [
        Card(
            drawing.name,
            *CAPTIONS[drawing.name],
            Markup(inline_svg(drawing.svg, drawing.name)),  # noqa: S704
        )
        for drawing in drawings
    ]


def _unbroken(text: str) -> str:
    """The text with numbers kept on one line with their signs and units, and true apostrophes."""
    text = re.sub(r"(?<=\w)'(?=[a-z])", "’", text)
    for sign in ("%", "×", "="):
        text = text.replace(f" {sign}", f"\u00a0{sign}")
    return text.replace("= ", "=\u00a0")


def _source_hash(script: str) -> str:
    """What the content policy knows the page's own script by; no other runs."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
