"""Arrays whose first number stands where a vector may start."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ALIGNMENT", "aligned_zeros"]

ALIGNMENT = 64
"""Bytes: a line of the cache, and the longest vector register."""


def aligned_zeros(count: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """So many zeros, from a multiple of 64 bytes on."""
    spare = ALIGNMENT // dtype.itemsize
    array = np.zeros(count + spare, dtype)
    first = -array.ctypes.data % ALIGNMENT // dtype.itemsize
    return array[first : first + count]
