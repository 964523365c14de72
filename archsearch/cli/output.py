"""What commands share: printing results, reporting errors, exit codes."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from collections.abc import Mapping
from typing import TextIO

__all__ = ["color_on", "print_json", "print_text", "terminal_width", "to_stderr"]


def color_on(stream: TextIO) -> bool:
    """Whether to color: on a terminal, unless NO_COLOR is set (no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def terminal_width(default: int = 80) -> int:
    """Columns to write for; 80 where there is no terminal."""
    return max(40, min(120, shutil.get_terminal_size((default, 24)).columns))


def print_text(text: str) -> None:
    """Write a result to stdout."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


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
