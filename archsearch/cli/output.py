"""What commands share: printing results, reporting errors, exit codes."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import TextIO

__all__ = [
    "color_on",
    "count",
    "folded",
    "print_folded",
    "print_json",
    "print_text",
    "terminal_width",
    "to_stderr",
]


def color_on(stream: TextIO) -> bool:
    """Whether to color: on a terminal, unless NO_COLOR is set (no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def terminal_width(default: int = 80) -> int:
    """Columns to write for; 80 where there is no terminal."""
    return max(40, min(120, shutil.get_terminal_size((default, 24)).columns))


def count(number: int, noun: str) -> str:
    """A number of things.

    Example:
        >>> count(1, "training"), count(1200, "training")
        ('1 training', '1,200 trainings')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def print_text(text: str) -> None:
    """Write a result to stdout."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def print_folded(lines: Iterable[str]) -> None:
    """Write lines to stdout; on a terminal those that are too wide go on under their last column.

    Elsewhere a line stays a line, for programs that take it apart.
    """
    if sys.stdout.isatty():
        width = shutil.get_terminal_size((80, 24)).columns
        lines = (folded(line, width) for line in lines)
    print_text("\n".join(lines))


def folded(line: str, width: int) -> str:
    """A line in as many as it takes, the further ones under its last column.

    Example:
        >>> print(folded("  slot   3  depth = 2, width = 8", 24))
          slot   3  depth = 2,
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


def to_stderr(text: str) -> None:
    """Write progress or an error to stderr."""
    sys.stderr.write(text if text.endswith("\n") else text + "\n")


def print_json(data: Mapping[str, object]) -> None:
    """Write one object to stdout, ``"version": 1`` first, inf and NaN as null."""
    whole = {"version": 1, **data}
    sys.stdout.write(json.dumps(_finite(whole), ensure_ascii=False, indent=2) + "\n")


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value
