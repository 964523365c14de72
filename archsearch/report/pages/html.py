"""A page as one HTML file that needs nothing beside it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from archsearch.printable import printable
from archsearch.report.pages.drawn import Drawn
from archsearch.report.pages.inline import inline_svg
from archsearch.report.pages.page import Page
from archsearch.report.sections.blocks import Chart
from archsearch.report.sections.glossary import TERMS

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["SCRIPTS", "html"]

_FOLDER = Path(__file__).parent
_PARTS = ("scales", "labels", "marks", "plot", "controls", "details", "links")
SCRIPTS = ("page.js", *(f"chart_{part}.js" for part in _PARTS), "chart.js")
"""In the order in which they build on each other."""


def html(page: Page, drawn: Mapping[str, Drawn]) -> str:
    """The whole page; every text a user gave is escaped."""
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
    filters: dict[str, Callable[..., object]] = {
        "words": _words(),
        "plain": _unbroken,
        "kind": lambda block: type(block).__name__,
        "data_uri": _data_uri,
        "anchor": _anchor,
    }
    environment.filters |= filters
    script = "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)
    style = (_FOLDER / "page.css").read_text(encoding="utf-8")
    # Markup marks what is already HTML: our own files, and matplotlib's SVG, which escapes texts.
    return environment.get_template("page.html.j2").render(
        page=page,
        figures={
            name: Markup(inline_svg(each.svg, name))  # noqa: S704
            for name, each in drawn.items()
        },
        data=_data(page),
        css=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        script_hash=_source_hash(script),
    )


def _data(page: Page) -> Markup:
    """The chart's data; no text in it can end the element that it stands in."""
    from markupsafe import Markup

    charts = (block.data() for block in page.first if isinstance(block, Chart))
    data = _printable_json(next(charts, {}))
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704


def _printable_json(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(_printable(key)): _printable_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable_json(item) for item in value]
    return _printable(value)


def _printable(value: object) -> object:
    """A text without what reorders or hides others; line breaks and our own spaces stay."""
    return printable(value, keep="\n\t\u00a0") if type(value) is str else value


def _words() -> Callable[[str], Markup]:
    """Escapes a text, keeps numbers with their units, links each term's first use on the page."""
    from markupsafe import escape

    left = {_unbroken(form): term.name for term in TERMS for form in (term.name, *term.forms)}
    pattern = re.compile(
        "|".join(rf"(?<![\w-]){re.escape(form)}(?![\w-])" for form in sorted(left, key=len)[::-1])
    )
    used: set[str] = set()

    def linked(match: re.Match[str]) -> str:
        name = left[match[0]]
        if name in used:
            return match[0]
        used.add(name)
        return f'<a class="term" href="#term-{_anchor(name)}">{match[0]}</a>'

    def words(text: str) -> Markup:
        from markupsafe import Markup

        safe = str(escape(_printable(_unbroken(text))))
        return Markup(pattern.sub(linked, safe))  # noqa: S704  escaped before

    return words


def _anchor(name: str) -> str:
    return re.sub(r"\W+", "-", name.lower()).strip("-")


def _unbroken(text: str) -> str:
    """The text with numbers kept on one line with their signs and units, and true apostrophes."""
    text = re.sub(r"(?<=\w)'(?=[a-z])", "’", text)
    for sign in ("%", "×", "="):
        text = text.replace(f" {sign}", f"\u00a0{sign}")
    return text.replace("= ", "=\u00a0")


def _data_uri(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _source_hash(script: str) -> str:
    """What the content policy knows the page's own script by; no other runs."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
