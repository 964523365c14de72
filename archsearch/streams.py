"""The one place that writes to stdout and stderr, and what may move on a terminal.

Everything for people passes ``shown``, line by line: a name with escape codes or line
breaks in it changes no color and makes no line of its own.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
from collections.abc import Iterable
from textwrap import wrap
from typing import TYPE_CHECKING, Literal, TextIO

from archsearch.printable import printable, without_url_passwords

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "Stream",
    "color_on",
    "file_of",
    "folded",
    "in_notebook",
    "shown",
    "silence_stdout",
    "terminal",
    "terminal_width",
    "to_stderr",
    "to_stderr_folded",
    "use_utf8",
    "write",
]

Stream = Literal["stdout", "stderr"]


def use_utf8() -> None:
    """Write UTF-8, whatever the console's own encoding is.

    Results are YAML, JSON and tables with signs of the field; half a surrogate, as names of
    files may hold, is escaped.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


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
    return bool(os.environ.get("FORCE_COLOR")) or file_of(stream).isatty()


def terminal_width(default: int = 80) -> int:
    """Columns to write for; 80 where there is no terminal."""
    return max(40, min(120, shutil.get_terminal_size((default, 24)).columns))


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
    write("stderr", map(shown, lines))


def to_stderr_folded(line: str) -> None:
    """Write a line to stderr; on a terminal that is too narrow it goes on under itself."""
    if not file_of("stderr").isatty():
        to_stderr(line)
    else:
        write("stderr", [folded(shown(line), terminal_width())])


def write(stream: Stream, lines: Iterable[str]) -> None:
    """Write lines whose names are escaped already."""
    file_of(stream).write("".join(f"{line}\n" for line in lines))


def file_of(stream: Stream) -> TextIO:
    """The stream as it is now: tests and notebooks put others in its place."""
    return sys.stdout if stream == "stdout" else sys.stderr


def terminal(stream: Stream) -> Console | None:
    """Rich's console on a stream for what moves there; None where it is no terminal."""
    if not file_of(stream).isatty():
        return None
    from rich.console import Console

    # Names are never markup: "[red]" and ":bug:" in them stay as they are.
    return Console(
        stderr=stream == "stderr",
        no_color=not color_on(stream),
        markup=False,
        emoji=False,
        highlight=False,
    )


def in_notebook() -> bool:
    """Whether a Jupyter kernel runs this; its displays can be written anew."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None
