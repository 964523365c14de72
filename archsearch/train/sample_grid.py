"""A run's test pictures as one plain PNG, which reports read."""

from __future__ import annotations

import io

import numpy

from archsearch.train.scoring import SampleGrid

__all__ = ["sample_grid_png"]


def sample_grid_png(samples: SampleGrid) -> bytes:
    """Give originals over predictions, side by side, as a PNG of 8 bits: gray or RGB."""
    from PIL import Image

    rows = [row.swapaxes(0, 1) for row in (samples.originals, samples.predicted)]
    height, count, width, channels = rows[0].shape
    pixels = numpy.concatenate([row.reshape(height, count * width, channels) for row in rows])
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0] if channels == 1 else pixels).save(file, "PNG")
    return file.getvalue()
