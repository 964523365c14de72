"""Results of commands: lines, JSON, diagnostics; written by :mod:`archsearch.streams`."""

from __future__ import annotations

import math
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence

from archsearch.logs import send_logs
from archsearch.printable import printable_json
from archsearch.spec.render import pretty
from archsearch.spec.text.diagnostic import Diagnostic
from archsearch.streams import (
    Stream,
    color_on,
    file_of,
    folded,
    shown,
    terminal_width,
    to_stderr,
    use_utf8,
    write,
)

__all__ = [
    "confirmed",
    "print_diagnostics",
    "print_folded",
    "print_json",
    "print_lines",
    "print_rendered",
    "set_up_output",
]

_COLOR = re.compile("(\x1b\\[[0-9;]*m)")


def set_up_output() -> None:
    """Write UTF-8; let logs and warnings pass here too."""
    use_utf8()
    send_logs(to_stderr)


def print_lines(lines: Iterable[str]) -> None:
    """Write a result to stdout, each of ``lines`` as one line."""
    write("stdout", map(shown, lines))


def print_folded(lines: Iterable[str]) -> None:
    """Write lines to stdout; on a terminal those that are too wide go on under their last column.

    Elsewhere a line stays a line, for programs that take it apart.
    """
    lines = map(shown, lines)
    if file_of("stdout").isatty():
        width = shutil.get_terminal_size((80, 24)).columns
        lines = (folded(line, width) for line in lines)
    write("stdout", lines)


def print_json(data: Mapping[str, object]) -> None:
    """Write one object to stdout, ``"version": 1`` first, inf and NaN as null."""
    write("stdout", [printable_json(_finite({"version": 1, **data}), indent=2)])


def print_diagnostics(found: Sequence[Diagnostic], stream: Stream) -> None:
    """Write diagnostics for people, in color where the stream takes it."""
    print_rendered(pretty(found, color=color_on(stream), width=terminal_width()), stream)


def print_rendered(text: str, stream: Stream = "stdout") -> None:
    """Write a text whose names are escaped already; its line breaks and colors are its own."""
    lines = text.removesuffix("\n").split("\n") if text else []
    write(stream, ("".join(_plain(part) for part in _COLOR.split(line)) for line in lines))


def confirmed(question: str) -> bool:
    """Ask on stderr, and wait for a line; only ``y`` or ``yes`` is a yes, silence a no."""
    file_of("stderr").write(f"{shown(question)} [y/N] ")
    file_of("stderr").flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _plain(part: str) -> str:
    return part if _COLOR.fullmatch(part) else shown(part)


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value
