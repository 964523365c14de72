"""Picture files to pixels of one size, many at once, and what to note of them."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from archsearch.data.picture_file import PictureFacts, in_8_bits, one_pixel_limit, read_picture
from archsearch.data.source import Images, OnProgress
from archsearch.errors import DataError

__all__ = ["SUFFIXES", "decode_files", "fit", "note_of", "resize_note"]

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff"})

_CHUNK = 256
# Below this mean size Pillow's Python part dominates and threads only contend for the lock.
_BYTES_WORTH_A_THREAD = 20_000
_NAMED = 5
_LONGEST = 16
"""How many times longer than what is kept of it a picture is resized."""


def decode_files(
    files: Sequence[Path], sizes: Sequence[int], images_NCHW: Images, progress: OnProgress
) -> Counter[PictureFacts]:
    """Decode each file into its place of ``images_NCHW`` (N×3×H×W), which sets the size.

    Args:
        files: N paths.
        sizes: their bytes, which decide whether threads pay.
        images_NCHW: filled in place.
        progress: called after every few hundred pictures.

    Returns:
        how many pictures there are of each kind.

    Raises:
        DataError: some files are no readable pictures; names the first of them.
    """
    chunks = [
        range(start, min(start + _CHUNK, len(files))) for start in range(0, len(files), _CHUNK)
    ]
    facts: Counter[PictureFacts] = Counter()
    broken: list[DataError] = []
    done = 0

    def decode_chunk(chunk: range) -> tuple[list[PictureFacts], list[DataError]]:
        return _decode_chunk(files, chunk, images_NCHW)

    large = sum(sizes) > _BYTES_WORTH_A_THREAD * len(files)
    workers = (os.cpu_count() or 1) if large else 1
    with one_pixel_limit(), ThreadPoolExecutor(workers) as pool:
        for chunk, (found, failed) in zip(chunks, pool.map(decode_chunk, chunks), strict=True):
            facts.update(found)
            broken.extend(failed)
            done += len(chunk)
            progress(done, len(files))
    if broken:
        raise _unreadable(broken, len(files))
    return facts


def _decode_chunk(
    files: Sequence[Path], chunk: Iterable[int], images_NCHW: Images
) -> tuple[list[PictureFacts], list[DataError]]:
    facts: list[PictureFacts] = []
    broken: list[DataError] = []
    height, width = images_NCHW.shape[2:]
    for index in chunk:
        try:
            pixels_HWC, fact = _decode(files[index], height, width)
        except DataError as error:
            broken.append(error)
            continue
        images_NCHW[index] = pixels_HWC.transpose(2, 0, 1)
        facts.append(fact)
    return facts, broken


def _decode(path: Path, height: int, width: int) -> tuple[Images, PictureFacts]:
    # A large JPEG is decoded at a fraction of its size, still 4 times what is needed.
    read = read_picture(path, least_side=4 * max(height, width))
    return np.asarray(fit(_over_white(read.image), height, width)), read.facts


def _over_white(picture: Image.Image) -> Image.Image:
    """8-bit RGB, with white behind what is transparent."""
    if picture.mode == "RGBA":
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture).convert("RGB")
    if picture.mode == "I;16":
        picture = Image.fromarray(in_8_bits(np.asarray(picture)))
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def fit(picture: Image.Image, height: int, width: int) -> Image.Image:
    """Resize so that the picture just covers height × width, then cut out its center.

    For a square target that is: the shorter side resized. The filter is Pillow's
    bicubic, which averages over the area when it shrinks (antialiased).

    Example:
        >>> fit(Image.new("RGB", (60, 40)), height=20, width=20).size
        (20, 20)
    """
    if picture.size == (width, height):
        return picture
    picture = _without_far_ends(picture, height, width)
    scale = max(height / picture.height, width / picture.width)
    covering = (
        max(width, round(picture.width * scale)),
        max(height, round(picture.height * scale)),
    )
    if covering != picture.size:
        picture = picture.resize(covering, Image.Resampling.BICUBIC)
    left, top = (covering[0] - width) // 2, (covering[1] - height) // 2
    return picture.crop((left, top, left + width, top + height))


def _without_far_ends(picture: Image.Image, height: int, width: int) -> Image.Image:
    """Cut the far ends off a very long picture, which the center is far from anyway.

    Resized whole, 1×200,000 pixels would take gigabytes just to cover 32×32.
    """
    scale = max(height / picture.height, width / picture.width)
    wide = _centered(picture.width, math.ceil(_LONGEST * width / scale))
    tall = _centered(picture.height, math.ceil(_LONGEST * height / scale))
    box = wide[0], tall[0], wide[1], tall[1]
    return picture if box == (0, 0, *picture.size) else picture.crop(box)


def _centered(length: int, most: int) -> tuple[int, int]:
    """Where the middle of ``length`` pixels begins and ends: at most ``most``, one more if odd."""
    cut = max(0, length - most) // 2
    return cut, length - cut


def note_of(facts: Counter[PictureFacts], height: int, width: int) -> str:
    """What a page must say of these pictures: JPEG, resizing, transparency."""
    total = facts.total()
    notes = [_jpeg_note(facts, total)]
    sizes: Counter[tuple[int, int]] = Counter()
    for fact, count in facts.items():
        sizes[fact.height, fact.width] += count
    notes.append(resize_note(sizes, height, width))
    transparent = sum(count for fact, count in facts.items() if fact.transparent)
    if transparent:
        notes.append(f"transparency of {transparent} of {total} pictures laid over white")
    return "; ".join(note for note in notes if note)


def resize_note(sizes: Counter[tuple[int, int]], height: int, width: int) -> str:
    """Say what was resized, from counts of (height, width); empty where nothing was.

    Example:
        >>> resize_note(Counter({(28, 28): 70000}), 32, 32)
        'resized from 28×28 to 32×32: shorter side resized, center-cropped'
    """
    other = {size: count for size, count in sizes.items() if size != (height, width)}
    if not other:
        return ""
    how = f"to {height}×{width}: shorter side resized, center-cropped"
    if len(sizes) == 1:
        return f"resized from {'×'.join(map(str, next(iter(sizes))))} {how}"
    smallest, largest = min(other, key=_area), max(other, key=_area)
    return (
        f"{sum(other.values())} of {sizes.total()} pictures resized "
        f"({smallest[0]}×{smallest[1]} … {largest[0]}×{largest[1]}) {how}"
    )


def _area(size: tuple[int, int]) -> tuple[int, int]:
    return size[0] * size[1], size[0]


def _jpeg_note(facts: Counter[PictureFacts], total: int) -> str:
    jpeg = sum(count for fact, count in facts.items() if fact.jpeg)
    half = sum(count for fact, count in facts.items() if fact.half_chroma)
    if not jpeg:
        return ""
    which = "all" if jpeg == total else f"{jpeg} of"
    if not half:
        return f"JPEG: {which} {total} pictures, chroma at full resolution"
    what = "" if half == jpeg else f"{half} of them with "
    return (
        f"JPEG: {which} {total} pictures, {what}chroma at half resolution, "
        "which flatters PCA and colorization"
    )


def _unreadable(broken: Sequence[DataError], total: int) -> DataError:
    named = [f"- {error.what}" for error in broken[:_NAMED]]
    named += ["- …"] if len(broken) > _NAMED else []
    return DataError(
        f"{len(broken)} of {total} files named like a picture can't be used:",
        details=named,
        help="remove or replace these files; every picture of a folder must be readable.",
    )
