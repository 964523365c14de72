"""Ctrl-C that comes where Python drops exceptions comes again."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

__all__ = ["interrupts_come_again"]

SOON = 0.01  # seconds, when the callback has ended


@contextmanager
def interrupts_come_again() -> Iterator[None]:
    """Repeat KeyboardInterrupts that a callback or ``__del__`` swallowed, inside.

    Python runs a signal's handler between any two instructions. In callbacks of weak references,
    which imports have too, and of the garbage collector it prints what is raised, and goes on.
    """
    before = sys.unraisablehook

    def hook(dropped: UnraisableHookArgs) -> None:
        if issubclass(dropped.exc_type, KeyboardInterrupt):
            _repeat()
        else:
            before(dropped)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = before


def _repeat() -> None:
    from threading import Timer

    with suppress(RuntimeError):  # the interpreter ends, and starts no thread
        Timer(SOON, _interrupt_main).start()


def _interrupt_main() -> None:
    import _thread
    from threading import main_thread

    if sys.platform == "win32":
        _thread.interrupt_main()
    elif (ident := main_thread().ident) is not None:
        signal.pthread_kill(ident, signal.SIGINT)  # wakes it where it waits, too
