"""The one place that writes to stdout and stderr.

Everything for people passes ``shown``, line by line: a name with escape codes or line
breaks in it changes no color and makes no line of its own.
"""

from __future__ import annotations

import io
import math
import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Literal, TextIO

from archsearch.logs import send_logs
from archsearch.printable import printable, printable_json, without_url_passwords
from archsearch.spec.render import pretty
from archsearch.spec.text.diagnostic import Diagnostic

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "color_on",
    "confirmed",
    "folded",
    "print_diagnostics",
    "print_folded",
    "print_json",
    "print_lines",
    "print_rendered",
    "set_up_output",
    "shown",
    "silence_stdout",
    "stderr_terminal",
    "terminal_width",
    "to_stderr",
]

Stream = Literal["stdout", "stderr"]

_COLOR = re.compile("(\x1b\\[[0-9;]*m)")


def set_up_output() -> None:
    """Write UTF-8, whatever the console's own encoding is; let logs and warnings pass here too.

    Results are YAML, JSON and tables with signs of the field; half a surrogate, as names of
    files may hold, is escaped.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    send_logs(to_stderr)


def silence_stdout() -> None:
    """Send stdout nowhere, once its reader is gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def shown(line: str) -> str:
    r"""One line as people may see it: nothing moves the cursor, no URL tells its password.

    Example:
        >>> shown("study \x1b[31m\nfake: 8 complete")
        'study \\x1b[31m\\nfake: 8 complete'
    """
    return printable(without_url_passwords(line))


def color_on(stream: Stream) -> bool:
    """Whether to color: on a terminal, unless NO_COLOR is set (no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or _file(stream).isatty()


def terminal_width(default: int = 80) -> int:
    """Columns to write for; 80 where there is no terminal."""
    return max(40, min(120, shutil.get_terminal_size((default, 24)).columns))


def print_lines(lines: Iterable[str]) -> None:
    """Write a result to stdout, each of ``lines`` as one line."""
    _write("stdout", map(shown, lines))


def print_folded(lines: Iterable[str]) -> None:
    """Write lines to stdout; on a terminal those that are too wide go on under their last column.

    Elsewhere a line stays a line, for programs that take it apart.
    """
    lines = map(shown, lines)
    if sys.stdout.isatty():
        width = shutil.get_terminal_size((80, 24)).columns
        lines = (folded(line, width) for line in lines)
    _write("stdout", lines)


def folded(line: str, width: int) -> str:
    """A line in as many as it takes, the further ones under its last column.

    Example:
        >>> print(folded("  trial  3  depth = 2, width = 8", 24))
          trial  3  depth = 2,
                    width = 8
    """
    if len(line) <= width:
        return line
    columns = [gap.end() for gap in re.finditer(r" {2,}(?=\S)", line)]
    margin = len(line) - len(line.lstrip())
    within = [column for column in columns if margin < column <= 0.6 * width]
    hang = " " * (within[-1] if within else margin + 2)
    head, rest = line[: len(hang)], line[len(hang) :]
    if not within:
        head, rest = line[:margin], line[margin:]
    lines = wrap(
        rest.replace(" = ", "\u00a0=\u00a0"),  # a name stays beside its value
        width,
        initial_indent=head,
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace("\u00a0", " ")


def to_stderr(*lines: str) -> None:
    """Write progress or an error to stderr, each of ``lines`` as one line."""
    _write("stderr", map(shown, lines))


def print_json(data: Mapping[str, object]) -> None:
    """Write one object to stdout, ``"version": 1`` first, inf and NaN as null."""
    _write("stdout", [printable_json(_finite({"version": 1, **data}), indent=2)])


def print_diagnostics(found: Sequence[Diagnostic], stream: Stream) -> None:
    """Write diagnostics for people, in color where the stream takes it."""
    print_rendered(pretty(found, color=color_on(stream), width=terminal_width()), stream)


def print_rendered(text: str, stream: Stream = "stdout") -> None:
    """Write a text whose names are escaped already; its line breaks and colors are its own."""
    lines = text.removesuffix("\n").split("\n") if text else []
    _write(stream, ("".join(_plain(part) for part in _COLOR.split(line)) for line in lines))


def confirmed(question: str) -> bool:
    """Ask on stderr, and wait for a line; only ``y`` or ``yes`` is a yes, silence a no."""
    _file("stderr").write(f"{shown(question)} [y/N] ")
    _file("stderr").flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _plain(part: str) -> str:
    return part if _COLOR.fullmatch(part) else shown(part)


def stderr_terminal() -> Console | None:
    """Rich's console on stderr for what moves there; None where stderr is no terminal."""
    if not sys.stderr.isatty():
        return None
    from rich.console import Console

    # Names are never markup: "[red]" and ":bug:" in them stay as they are.
    return Console(
        stderr=True, no_color=not color_on("stderr"), markup=False, emoji=False, highlight=False
    )


def _file(stream: Stream) -> TextIO:
    return sys.stdout if stream == "stdout" else sys.stderr


def _write(stream: Stream, lines: Iterable[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    _file(stream).write(text)


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value
