"""IDX, the format of MNIST's files: a header of sizes, then bytes.

Source: https://github.com/cvdfoundation/mnist, "FILE FORMATS FOR THE MNIST DATABASE".
"""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from archsearch.data.source import Images

__all__ = ["read_idx"]

_BYTES = 8
"""The header's code for numbers of one byte."""


def read_idx(path: Path) -> Images:
    """The array of a gzipped IDX file of bytes.

    Raises:
        ValueError: it is none.
    """
    with gzip.open(path, "rb") as file:
        content = file.read()
    zeros, kind, axes = content[:2], *content[2:4].ljust(2, b"\0")
    if zeros != b"\0\0" or kind != _BYTES or len(content) < 4 + 4 * axes:
        raise ValueError(f"{path.name} is no IDX file of bytes")
    shape = np.frombuffer(content, ">u4", count=axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)
