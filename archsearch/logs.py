"""Where the logs and warnings of a process go."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from typing import TextIO

__all__ = ["send_logs"]


class _Sender(logging.Handler):
    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        self._say(record.getMessage())


def send_logs(say: Callable[[str], None]) -> None:
    """Send the process's log messages and Python's warnings to ``say`` from now on.

    Python itself writes them to stderr, with what they quote as it is. Where the
    program that imports archsearch has set up logging of its own, that stays.

    Args:
        say: called with each message, without a line break at its end.
    """

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        say(f"{category.__name__}: {message}")

    logging.basicConfig(handlers=[_Sender(say)])
    warnings.showwarning = show
