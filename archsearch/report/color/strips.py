"""Reading a run's strip of test pictures."""

from __future__ import annotations

import io
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from archsearch.report.color.variants import Variant

__all__ = ["FIRST", "OF_EACH", "Pictures", "first_strip", "read_strip"]

FIRST = 8
"""Test pictures that every strip begins with."""

OF_EACH = 3
"""Then as many with the least, the middling and the largest ΔE each."""

_MOST_PIXELS = 4_000_000
_LUMA = np.array([0.299, 0.587, 0.114])

Bytes = npt.NDArray[np.uint8]


class Pictures(NamedTuple):
    """Test pictures of one run, uint8, N×H×W×3; the last nine by rising ΔE."""

    true: Bytes
    predicted: Bytes

    @property
    def gray(self) -> Bytes:
        """What the net was fed: the luminance, in three channels."""
        luma = (self.true @ _LUMA).round().clip(0, 255).astype(np.uint8)
        return np.repeat(luma[..., None], 3, axis=-1)

    @property
    def fixed(self) -> Pictures:
        """The first of the test split, the same for every net."""
        return Pictures(self.true[: -3 * OF_EACH], self.predicted[: -3 * OF_EACH])

    @property
    def chosen(self) -> Pictures:
        """Three best, three median, three worst."""
        return Pictures(self.true[-3 * OF_EACH :], self.predicted[-3 * OF_EACH :])


def first_strip(variant: Variant) -> Pictures | None:
    """The strip of the first seed that left one in reach."""
    for result, read in zip(variant.results, variant.strips, strict=False):
        stored = read()
        columns = min(FIRST, result.splits.get("test", FIRST)) + 3 * OF_EACH
        found = read_strip(stored, columns) if stored is not None else None
        if found is not None:
            return found
    return None


def read_strip(png: bytes, columns: int) -> Pictures | None:
    """The pictures of a PNG of two rows of ``columns``; None where it isn't one."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                return None
            pixels = np.asarray(opened.convert("RGB"))
    except (OSError, ValueError, SyntaxError):
        return None
    height, width = pixels.shape[:2]
    if height % 2 or width % columns:
        return None
    # rows × height × columns × width × channels
    cut = pixels.reshape(2, height // 2, columns, width // columns, 3).swapaxes(1, 2)
    return Pictures(cut[0], cut[1])
