"""Memory that stays with the process between the steps of a training."""

from __future__ import annotations

import ctypes
import sys

__all__ = ["keep_memory"]

M_TRIM_THRESHOLD = -1
M_MMAP_MAX = -4
M_ARENA_MAX = -8
LARGEST_INT = 2**31 - 1
MADV_HUGEPAGE = 14
HUGE_PAGE = 2**21
RESERVED = 2**30
"""Bytes of addresses, not of memory: what isn't written to takes none."""


def keep_memory() -> bool:
    """Tell the C library not to hand freed memory back to the system; say whether it took it.

    By default glibc maps each large block anew and unmaps it when freed. A
    training frees and asks for the same activations in every step, and the
    system then has to find and clear each of their pages again, which takes up to a
    third of the time of a small net. Kept memory is the peak's, not more. Where the
    system has large pages (2 MB) on request, the first GB comes in those: activations
    lie scattered over more small pages than the processor can keep in mind.

    Meant for processes of our own (a command, a worker); as an import side effect
    it would change the programs of others. Elsewhere than on glibc nothing happens.

    Example:
        >>> keep_memory() in (True, False)
        True
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library
        return False
    mallopt(M_ARENA_MAX, 1)  # the heaps of further threads would be unmapped again
    no_maps = mallopt(M_MMAP_MAX, 0)
    kept = bool(mallopt(M_TRIM_THRESHOLD, LARGEST_INT) and no_maps)
    import resource  # Linux has it, not every system

    if kept and resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        _ask_for_large_pages(ctypes.CDLL(None))
    return kept


def _ask_for_large_pages(library: ctypes.CDLL) -> None:
    """Let the heap grow once, mark what it grew by, and give it back to the heap.

    It stays the heap's, as that no longer shrinks. A system that refuses is left as it is.
    """
    library.malloc.restype = ctypes.c_void_p
    library.malloc.argtypes = [ctypes.c_size_t]
    library.free.argtypes = [ctypes.c_void_p]
    library.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    block = library.malloc(RESERVED)
    if block is None:
        return
    first, end = -(-block // HUGE_PAGE), (block + RESERVED) // HUGE_PAGE
    library.madvise(first * HUGE_PAGE, (end - first) * HUGE_PAGE, MADV_HUGEPAGE)
    library.free(block)
