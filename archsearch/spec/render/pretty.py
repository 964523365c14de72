"""Diagnostics for people: the source line, a caret, the cause, the fix.

::

    specs/tiny.yaml:7:20: error[shape-nonpositive]: conv would give a 0×0 output
      7 |   - conv: {kernel: 9, channels: 4, padding: 0}
        |                    ^ input is 8 wide: (8 − 9 + 2·0)/1 + 1 = 0
      help: use kernel ≤ 8, or padding ≥ 1
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace

from archsearch.printable import printable
from archsearch.spec.render.text import columns
from archsearch.spec.text.diagnostic import Diagnostic, Span

__all__ = ["pretty"]

_RED, _YELLOW, _BLUE, _CYAN, _BOLD, _RESET = (
    f"\x1b[{code}m" for code in ("31", "33", "34", "36", "1", "0")
)


class _Paint:
    """ANSI colors, or nothing."""

    def __init__(self, *, color: bool) -> None:
        self.color = color

    def __call__(self, text: str, *codes: str) -> str:
        return f"{''.join(codes)}{text}{_RESET}" if self.color and text else text


def pretty(diagnostics: Sequence[Diagnostic], *, color: bool = False, width: int = 80) -> str:
    """All diagnostics, a blank line between two.

    Args:
        diagnostics: in the order to show them.
        color: whether to use ANSI colors.
        width: columns of the terminal; long lines are wrapped or cut to it.
    """
    paint = _Paint(color=color)
    return "\n".join(_one(_harmless(item), paint, width) for item in diagnostics)


def _harmless(item: Diagnostic) -> Diagnostic:
    """Without signs that would move the cursor; the source line is cut first."""
    return replace(
        item,
        file=printable(item.file),
        message=printable(item.message),
        label=printable(item.label),
        help=printable(item.help),
    )


def _one(item: Diagnostic, paint: _Paint, width: int) -> str:
    hue = _RED if item.severity == "error" else _YELLOW
    lines = _head(item, paint, hue, width)
    if item.span is not None and item.line_text.strip():
        lines += _excerpt(item, item.span, paint, hue, width)
    elif item.label:
        lines += _wrapped(item.label, "  ", "  ", width)
    if item.help:
        first, *rest = _wrapped(f"help: {item.help}", "  ", "        ", width)
        lines += [first.replace("help:", paint("help:", _CYAN), 1), *rest]
    return "\n".join(lines) + "\n"


def _head(item: Diagnostic, paint: _Paint, hue: str, width: int) -> list[str]:
    place = f"{item.file}:{item.line}:{item.column}: " if item.span else f"{item.file}: "
    kind = f"{item.severity}[{item.code}]"
    whole = f"{place}{kind}: {item.message}"
    if len(whole) <= width:
        lines = [whole]
    else:
        lines = [f"{place}{kind}:", *_wrapped(item.message, "  ", "  ", width)]
    lines[0] = lines[0].replace(kind, paint(kind, _BOLD, hue), 1)
    return lines


def _excerpt(item: Diagnostic, span: Span, paint: _Paint, hue: str, width: int) -> list[str]:
    number = f"{span.line:>3}"
    room = max(20, width - len(number) - 4)
    shown, start, length = _window(*_near(item.line_text, span), room)
    gutter = f"{number} {paint('|', _BLUE)} "
    margin = f"{' ' * len(number)} {paint('|', _BLUE)} "
    before = " " * columns(shown[:start])
    carets = "^" * max(1, columns(shown[start : start + length]))
    first = margin + before + paint(carets, _BOLD, hue)
    if not item.label:
        return [gutter + shown, first]
    if len(before) + len(carets) + 1 + len(item.label) <= room:
        return [gutter + shown, f"{first} {paint(item.label, hue)}"]
    indent = " " * min(len(before), max(0, room - max(40, len(item.label))))
    label = _wrapped(item.label, indent, indent, room)
    return [gutter + shown, first, *(margin + paint(line, hue) for line in label)]


def _near(line: str, span: Span) -> tuple[str, Span]:
    """The part of a long line around ``span``, so that a megabyte isn't measured."""
    first, start, stop = max(0, span.column - 300), span.column - 1, span.column + 300
    before = _on_one_line(line[first:start])
    marked = _on_one_line(line[start : min(span.end - 1, stop)])
    after = _on_one_line(line[max(start, span.end - 1) : stop])
    lead, ends = "…" if first else "", "…" if len(line) > stop else ""
    column = len(lead + before) + 1
    return lead + before + marked + after + ends, Span(span.line, column, column + len(marked))


def _on_one_line(source: str) -> str:
    """As ``printable``, with a tab as the space that it stands for."""
    return printable(source.replace("\t", " "))


def _window(line: str, span: Span, room: int) -> tuple[str, int, int]:
    """The part of a line that fits, with the place of the span in it."""
    start = min(span.column - 1, len(line))
    length = max(1, min(span.width, len(line) - start))
    if columns(line) <= room:
        return line, start, length
    first = _first_shown(line, start, length, room)
    last = first
    while last < len(line) and columns(line[first : last + 1]) <= room - 1:
        last += 1
    cut = line[first:last]
    if first > 0:
        cut = "…" + cut[1:]
    if last < len(line):
        cut += "…"
    return cut, start - first, max(1, min(length, last - start))


def _first_shown(line: str, start: int, length: int, room: int) -> int:
    """The first character shown: the span in the middle, no room wasted at the end."""
    spare = max(0, room - min(length, room - 10)) // 2
    first = start
    while first > 0 and columns(line[first - 1 : start]) < spare:
        first -= 1
    while first > 0 and columns(line[first - 1 :]) < room - 1:
        first -= 1
    return first


def _wrapped(text: str, first: str, rest: str, width: int) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    ) or [first]
