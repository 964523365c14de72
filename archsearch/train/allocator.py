"""Memory that stays with the process between the steps of a training."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

__all__ = ["keep_memory"]

M_TRIM_THRESHOLD = -1
M_MMAP_MAX = -4
LARGEST_INT = 2**31 - 1


def keep_memory() -> bool:
    """Tell the C library not to hand freed memory back to the system; say whether it took it.

    By default glibc maps each large block anew and unmaps it when freed. A
    training frees and asks for the same activations in every step, and the
    system then has to find and clear each of their pages again, which takes up to a
    third of the time of a small net. Kept memory is the peak's, not more.

    Meant for processes of our own (a command, a worker); as an import side effect
    it would change the programs of others. Elsewhere than on glibc nothing happens.

    Example:
        >>> keep_memory() in (True, False)
        True
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            mallopt = ctypes.CDLL(None).mallopt
            no_maps = mallopt(M_MMAP_MAX, 0)
            return bool(mallopt(M_TRIM_THRESHOLD, LARGEST_INT) and no_maps)
    return False
