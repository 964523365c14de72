"""Ctrl-C in two steps: the first asks to end, the second ends."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Interrupts", "blocked_interrupts", "two_step_interrupts"]

_ASKING = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """How often Ctrl-C came; the second time it raises KeyboardInterrupt."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Take one SIGINT: noted only, so that nothing is torn in the middle."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


@contextmanager
def two_step_interrupts() -> Iterator[Interrupts]:
    """Count SIGINT and SIGTERM inside; do nothing in threads, where none arrives."""
    interrupts = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return
    # SIGTERM asks the same: it is how Kubernetes and Slurm announce the end.
    before = {number: signal.signal(number, interrupts) for number in _ASKING}
    try:
        yield interrupts
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def blocked_interrupts() -> Iterator[None]:
    """Processes started inside never see Ctrl-C: their parent is the one to tell them.

    This process gets what came meanwhile afterwards.
    """
    if sys.platform == "win32":  # which masks no signals; workers ignore it once they run
        yield
    else:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
