"""Batches as kernels read them, checked: kernels themselves look at nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from archsearch.spec.shape import Shape

__all__ = ["Batch", "Kind", "batch", "check_output"]

Numbers = NDArray[Any]

Kind = Literal["numbers", "bytes"]
"""What pictures come as: floating-point numbers, n×C×H×W, or bytes of many, N×H×W×C."""

FEWEST_BYTES = 16
"""Of a picture that is read as bytes; smaller ones are made numbers before."""


@dataclass(frozen=True)
class Batch:
    """Pictures of one batch.

    Attributes:
        kind: what they come as.
        pictures: they, or those they are chosen of.
        ids: which of the bytes, or None: all in order.
        count: how many.
    """

    kind: Kind
    pictures: Numbers
    ids: Numbers | None
    count: int


def batch(pictures: Numbers, ids: Numbers | None, shape: Shape, dtype: np.dtype[Any]) -> Batch:
    """Give pictures as kernels read them.

    Args:
        pictures: numbers or bytes.
        ids: places of bytes, or None.
        shape: that each picture must have.
        dtype: of numbers.

    Raises:
        ValueError: shape or order in memory are others, or an id is no picture's.
    """
    if pictures.dtype != np.uint8:
        wanted = shape.as_tuple()
        if pictures.shape[1:] != wanted and not (shape.vector and pictures.shape[1:] == wanted[:1]):
            raise ValueError(f"numbers must be n×{shape}, and these are {_shown(pictures)}")
        if ids is not None and len(ids) != len(pictures):
            raise ValueError(f"there are {len(ids)} ids, and {len(pictures)} pictures of numbers")
        numbers = np.ascontiguousarray(pictures, dtype)
        return _some(Batch("numbers", numbers, None, len(numbers)))
    channels, height, width = shape.as_tuple()
    if pictures.shape[1:] != (height, width, channels):
        wanted_bytes = f"{height}×{width}×{channels}"
        raise ValueError(f"bytes must be N×{wanted_bytes}, and these are {_shown(pictures)}")
    if not pictures.flags.c_contiguous:
        raise ValueError("pictures as bytes must lie in memory as N×H×W×C")
    ids = None if ids is None else _checked(ids, len(pictures))
    if shape.elements < FEWEST_BYTES:
        chosen = pictures if ids is None else pictures[ids]
        numbers = chosen.transpose(0, 3, 1, 2) / dtype.type(255)
        return _some(Batch("numbers", np.ascontiguousarray(numbers, dtype), None, len(numbers)))
    return _some(Batch("bytes", pictures, ids, len(pictures) if ids is None else len(ids)))


def _checked(ids: Numbers, pictures: int) -> Numbers:
    ids = np.ascontiguousarray(ids, np.int64)
    if len(ids) and not 0 <= ids.min() <= ids.max() < pictures:
        raise ValueError(f"ids are from {ids.min()} to {ids.max()}, of {pictures} pictures")
    return ids


def _some(batch: Batch) -> Batch:
    if not batch.count:
        raise ValueError("a batch has at least one picture")
    return batch


def check_output(output: Numbers, count: int, shape: Shape, dtype: np.dtype[Any]) -> None:
    """See that outputs fit into an array.

    Raises:
        ValueError: they don't.
    """
    fits = output.dtype == dtype and output.flags.c_contiguous and output.flags.writeable
    if not fits or len(output) != count or output.size != count * shape.elements:
        raise ValueError(f"outputs need a contiguous {dtype} array of {count}×{shape}")


def _shown(array: Numbers) -> str:
    return "×".join(map(str, array.shape))
