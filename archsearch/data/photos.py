"""`photos`: patches of color photographs that scikit-image and scikit-learn ship."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from archsearch.config.sources import SourceRequest
from archsearch.data.source import Allocate, Content, OnProgress
from archsearch.errors import DataError

__all__ = ["PhotosSource", "open_photos"]

# The right twin of the motorcycle shows the same scene and would leak from split to split.
_PHOTOGRAPHS = (
    ("skimage", "data/astronaut.png"),
    ("skimage", "data/chelsea.png"),
    ("skimage", "data/coffee.png"),
    ("skimage", "data/rocket.jpg"),
    ("skimage", "data/motorcycle_left.png"),
    ("sklearn", "datasets/images/china.jpg"),
    ("sklearn", "datasets/images/flower.jpg"),
)
_SCALES = (1.0, 1.5, 2.0, 3.0, 4.0)
_REGION_SIDE = 128
_LEAST_STRIDE = 8
_VERSION = "1"

Box = tuple[int, int, int, int]


class PhotosSource:
    """Patches of seven photographs, at five scales; built in, needs no network.

    Each photograph is cut into regions of at least 128×128 pixels that don't overlap
    (larger ones for larger patches). A patch is a window of 1, 1.5, 2, 3 or 4 times
    height×width pixels, cut out of one region and shrunk to height×width; windows of one
    scale overlap by half. So a patch of any scale sees pixels of its own region only, and
    splits are made of whole regions (``Content.regions``): no pixel is in two splits.

    Raises:
        DataError: a photograph isn't where its package keeps it.
    """

    name = "photos"
    channels = 3
    has_parts = False

    def __init__(self) -> None:
        self._paths = tuple(_shipped(package, file) for package, file in _PHOTOGRAPHS)

    def signature(self) -> str:
        """SHA-256 over the photographs' files and the way patches are cut."""
        digest = hashlib.sha256(_VERSION.encode())
        for path in self._paths:
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def read(self, height: int, width: int, allocate: Allocate, progress: OnProgress) -> Content:
        """Cut all patches; ``regions`` numbers the region of each."""
        patches: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]] = []
        regions: list[int] = []
        region = 0
        for done, path in enumerate(self._paths, start=1):
            with Image.open(path) as opened:
                photograph = opened.convert("RGB")
            for box in region_boxes(*photograph.size, height, width):
                cut = _patches(photograph.crop(box), height, width)
                patches.extend(cut)
                regions.extend([region] * len(cut))
                region += 1
            progress(done, len(self._paths))
        if not patches:
            raise DataError(
                f"the photographs of `photos` are too small for pictures of {height}×{width}",
                help="give the net a smaller input, or use `folder:PATH` with larger pictures.",
            )
        images_NCHW = allocate(len(patches), 3)
        images_NCHW[:] = np.stack(patches).transpose(0, 3, 1, 2)
        return Content(
            images_NCHW,
            note=f"patches of {len(self._paths)} photographs at {len(_SCALES)} scales, "
            "overlapping within a region; splits share no region",
            regions=np.array(regions, dtype=np.int64),
        )


def open_photos(request: SourceRequest) -> PhotosSource:
    """The built-in photographs."""
    return PhotosSource()


def region_boxes(photo_width: int, photo_height: int, height: int, width: int) -> Iterator[Box]:
    """Cut a photograph into regions without overlap: (left, top, right, bottom) in pixels.

    Example:
        >>> list(region_boxes(300, 140, height=32, width=32))
        [(0, 0, 150, 140), (150, 0, 300, 140)]
    """
    tops = _edges(photo_height, max(_REGION_SIDE, height))
    lefts = _edges(photo_width, max(_REGION_SIDE, width))
    for top, bottom in pairwise(tops):
        for left, right in pairwise(lefts):
            yield left, top, right, bottom


def _edges(length: int, side: int) -> list[int]:
    count = max(1, length // side)
    return [round(index * length / count) for index in range(count + 1)]


def window_boxes(region_width: int, region_height: int, height: int, width: int) -> Iterator[Box]:
    """Windows of all scales inside a region: (left, top, right, bottom) in pixels."""
    for scale in _SCALES:
        tall, wide = round(height * scale), round(width * scale)
        for top in range(0, region_height - tall + 1, max(_LEAST_STRIDE, tall // 2)):
            for left in range(0, region_width - wide + 1, max(_LEAST_STRIDE, wide // 2)):
                yield left, top, left + wide, top + tall


def _patches(
    region: Image.Image, height: int, width: int
) -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    # Of the region, which is cut out already: no filter sees a pixel of another.
    return [
        np.asarray(region.crop(box).resize((width, height), Image.Resampling.BICUBIC))
        for box in window_boxes(*region.size, height, width)
    ]


def _shipped(package: str, file: str) -> Path:
    # The package is looked up, not imported: scikit-image's own loader may go to the network.
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec is not None else None
    for folder in folders or ():
        path = Path(folder) / file
        if path.is_file():
            return path
    distribution = {"skimage": "scikit-image", "sklearn": "scikit-learn"}[package]
    raise DataError(
        f"the photograph {file} of {distribution} isn't installed",
        help=f"reinstall it: pip install --force-reinstall {distribution}; "
        "or use `folder:PATH` with pictures of your own.",
    )
