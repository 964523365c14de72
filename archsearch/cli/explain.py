"""``archsearch explain``: what a code means, with an example of it."""

from __future__ import annotations

import textwrap
from typing import Annotated

import typer

from archsearch.cli.completions import codes
from archsearch.cli.output import print_json, print_lines, print_rendered
from archsearch.errors import InputError
from archsearch.spec import CATALOGUE, Explanation
from archsearch.spec.text.nearest import nearest
from archsearch.streams import color_on, terminal_width

__all__ = ["explain"]


def explain(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE",
            help="A code such as shape-nonpositive. Default: list all codes.",
            autocompletion=codes,
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Explain an error or a warning by its code, with a wrong and a right example.

    Example: archsearch explain shape-nonpositive
    """
    if code is None:
        if json:
            print_json({"codes": [_as_json(item) for item in CATALOGUE.values()]})
        else:
            print_lines(_listing())
        return
    found = CATALOGUE.get(code)
    if found is None:
        near = nearest(code, CATALOGUE)
        raise InputError(
            f"there is no code `{code}`",
            help=f"did you mean `{near}`?" if near else "`archsearch explain` lists all codes",
        )
    if json:
        print_json(_as_json(found))
    else:
        print_rendered(_page(found, terminal_width(), color=color_on("stdout")))


def _as_json(item: Explanation) -> dict[str, object]:
    return {
        "code": item.code,
        "severity": item.severity,
        "title": item.title,
        "why": item.why,
        "wrong": item.wrong,
        "right": item.right,
    }


def _listing() -> list[str]:
    width = max(map(len, CATALOGUE))
    lines = [f"{item.code:{width}}  {item.severity:7}  {item.title}" for item in CATALOGUE.values()]
    return [*lines, "", "archsearch explain CODE explains one of them, with examples."]


def _page(item: Explanation, width: int, *, color: bool) -> str:
    bold, plain = ("\x1b[1m", "\x1b[0m") if color else ("", "")
    why = textwrap.fill(item.why, min(width, 80), break_on_hyphens=False, break_long_words=False)
    parts = [f"{bold}{item.severity}[{item.code}]: {item.title}{plain}", "", why]
    for title, example in (("wrong", item.wrong), ("right", item.right)):
        if example:
            shown = textwrap.indent(example.rstrip(), "  ")
            parts += ["", f"{bold}{title}:{plain}", shown]
    return "\n".join(parts)
