"""Whether somebody else has the machine while it is being measured."""

from __future__ import annotations

import os
import time
from pathlib import Path

__all__ = ["BUSY", "busy_cores"]

BUSY = 0.15
"""Cores taken by others from which on a measurement is marked."""


def busy_cores(seconds: float = 1.0) -> float:
    """Watch the machine for some seconds: how many cores others keep busy.

    The load average won't do: it still holds the measurements just made. Where the
    system doesn't count (elsewhere than on Linux), it has to.
    """
    before = _counts()
    if before is None:
        return os.getloadavg()[0]
    time.sleep(seconds)
    after = _counts() or before
    idle, total = after[0] - before[0], after[1] - before[1]
    return (os.cpu_count() or 1) * (1 - idle / total) if total else 0.0


def _counts() -> tuple[int, int] | None:
    """Ticks that all cores were idle (waiting included), and all ticks."""
    try:
        first = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    except OSError:
        return None
    ticks = [int(word) for word in first.split()[1:]]
    return ticks[3] + ticks[4], sum(ticks)
