"""What the YAML parser complains of, said so that it helps.

The parser (libyaml) notices an unclosed bracket where it gives up, often lines
further down; people look for the bracket that was opened.
"""

from __future__ import annotations

from typing import NamedTuple

import yaml

from archsearch.spec.text.diagnostic import Span
from archsearch.spec.text.source import Source

__all__ = ["note_syntax_error"]

_CLOSING = {"{": "}", "[": "]", '"': '"', "'": "'"}
_QUOTE_EXPRESSION = (
    "inside { } or [ ], an expression that holds a comma, a bracket, `: ` or ` #` "
    'needs quotes: "$(min(a, b))"'
)


class _Said(NamedTuple):
    """A message, what is said at the caret, and how to fix it."""

    message: str
    help: str
    label: str = ""


def note_syntax_error(source: Source, error: yaml.MarkedYAMLError) -> None:
    """Note the parser's complaint at the place to fix."""
    problem, context = error.problem or "", error.context or ""
    found, opened = _span(error.problem_mark), _span(error.context_mark)
    if opened is not None and _is_unclosed(problem, context):
        alike = found is not None and found.line == opened.line and "flow" in context
        place = found if alike else opened
        said = _no_comma(source, opened) if alike else _unclosed(source, opened, found)
    else:
        place, said = found or opened, _other(source, found or opened, problem, context)
    source.problem("yaml-syntax", place, said.message, label=said.label, help=said.help)


def _span(mark: yaml.Mark | None) -> Span | None:
    return None if mark is None else Span(mark.line + 1, mark.column + 1, mark.column + 2)


def _line(source: Source, place: Span | None) -> str:
    if place is None or place.line > len(source.lines):
        return ""
    return source.lines[place.line - 1]


def _is_unclosed(problem: str, context: str) -> bool:
    in_brackets = "flow" in context and "expected" in problem
    return in_brackets or ("quoted scalar" in context and "end of stream" in problem)


def _unclosed(source: Source, opened: Span, found: Span | None) -> _Said:
    line = _line(source, opened)
    sign = line[opened.column - 1 : opened.column]
    closing = _CLOSING.get(sign, "a closing bracket")
    help = _QUOTE_EXPRESSION if "$(" in line else f"close it with `{closing}`"
    where = "further down" if found is None else f"line {found.line}, column {found.column}"
    return _Said(f"`{sign}` is not closed", help, f"`{closing}` is missing at {where}")


def _no_comma(source: Source, opened: Span) -> _Said:
    line = _line(source, opened)
    closing = _CLOSING.get(line[opened.column - 1 : opened.column], "a closing bracket")
    help = f"put a comma between two entries, or close with `{closing}` after the last"
    return _Said(f"`,` or `{closing}` is missing here", _QUOTE_EXPRESSION if "$(" in line else help)


def _other(source: Source, place: Span | None, problem: str, context: str) -> _Said:
    line = _line(source, place)
    at = line[place.column - 1 : place.column] if place else ""
    if at == "\t" or "\t" in line[: len(line) - len(line.lstrip())]:
        return _Said("a tab indents this line", "indent with spaces, not tabs")
    if "mapping values are not allowed" in problem:
        return _colon(source, place, line)
    if "cannot start any token" in problem:
        return _Said(f"nothing can begin with `{at}`", "put quotes around the value")
    if "did not find expected key" in problem or "expected '-' indicator" in problem:
        return _Said(
            "this line doesn't belong to the lines above it",
            "indent it as they are: a key below keys, `- ` below `- `",
        )
    if "could not find expected ':'" in problem:
        return _Said("a key without its `:`", "write `key: value`")
    more = f" ({context})" if context and problem else ""
    return _Said(
        f"not valid YAML: {problem or context}{more}",
        _QUOTE_EXPRESSION
        if "$(" in line
        else "check brackets, quotes and indentation around this place",
    )


def _colon(source: Source, place: Span | None, line: str) -> _Said:
    """A second `: ` on a line, or a key that stands too deep."""
    if place is not None and ": " in line[: place.column - 1]:
        return _Said("a second `: ` in one value", "put quotes around a text that holds `: `")
    above = source.lines[place.line - 2].rstrip() if place and place.line > 1 else ""
    return _Said(
        "a key can't begin here",
        "indent it as the keys above it" if above else "give the key a line of its own",
        f"the line above is already complete: `{above.strip()[:30]}`" if above else "",
    )
