"""Test pictures over what a net made of them: kept in memory, and as one plain PNG."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

__all__ = ["SampleGrid", "luminance_of", "read_sample_grid", "sample_grid_png"]

Bytes = NDArray[numpy.uint8]

_MOST_PIXELS = 4_000_000
_LUMA = numpy.array([0.299, 0.587, 0.114])


@dataclass(frozen=True, eq=False)
class SampleGrid:
    """Test pictures kept to be looked at, uint8, N×H×W×C each; C is 3, or 1 of gray ones.

    Eight that are unlike each other; then, where colors are predicted, those with the
    least, the middling and the largest ΔE: three of each, by rising ΔE. Fewer pictures may
    be there than eight; one may then stand twice among the nine.

    Attributes:
        originals: as they are.
        shown: what the net got to see of them; None where that wasn't kept, as in a run directory.
        predicted: what it made of them.
        chosen: how many at the end were chosen by ΔE: 9 or 0.
    """

    originals: Bytes
    shown: Bytes | None
    predicted: Bytes
    chosen: int = 0

    def __repr__(self) -> str:
        return f"SampleGrid({len(self.originals)} pictures)"


def luminance_of(pictures_NHWC: Bytes) -> Bytes:
    """Give what a net that colors is fed: the luminance, in three channels.

    Example:
        >>> luminance_of(numpy.array([[[[255, 0, 0]]]], numpy.uint8)).tolist()
        [[[[76, 76, 76]]]]
    """
    luma = (pictures_NHWC @ _LUMA).round().clip(0, 255).astype(numpy.uint8)
    return numpy.repeat(luma[..., None], 3, axis=-1)


def sample_grid_png(samples: SampleGrid) -> bytes:
    """Give originals over predictions, side by side, as a PNG of 8 bits: gray or RGB."""
    from PIL import Image

    rows = [row.swapaxes(0, 1) for row in (samples.originals, samples.predicted)]
    height, count, width, channels = rows[0].shape
    pixels = numpy.concatenate([row.reshape(height, count * width, channels) for row in rows])
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0] if channels == 1 else pixels).save(file, "PNG")
    return file.getvalue()


def read_sample_grid(png: bytes, height: int, width: int) -> tuple[Bytes, Bytes] | None:
    """Originals and predictions of :func:`sample_grid_png`'s PNG; None where it isn't one.

    Args:
        png: the grid's file.
        height: of a picture, or any number in the same ratio to ``width``.
        width: the same.

    Returns:
        Two arrays, N×H×W×3.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                return None
            pixels = numpy.asarray(opened.convert("RGB"))
    except Exception:  # of any type: a decoder raises what it likes
        return None
    rows, length = pixels.shape[0] // 2, pixels.shape[1]
    columns = rows * width // height
    if pixels.shape[0] % 2 or columns == 0 or length % columns:
        return None
    # rows × height × columns × width × channels
    cut = pixels.reshape(2, rows, length // columns, columns, 3).swapaxes(1, 2)
    return cut[0], cut[1]
