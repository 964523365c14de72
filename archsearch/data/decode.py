"""Picture files to pixels: orientation, transparency, gray, size, and what to note of them."""

from __future__ import annotations

import os
import struct
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, JpegImagePlugin, UnidentifiedImageError

from archsearch.data.source import Images, Progress
from archsearch.errors import DataError

__all__ = [
    "SUFFIXES",
    "UNREADABLE",
    "PictureFacts",
    "decode_files",
    "fit",
    "note_of",
    "reason_of",
    "resize_note",
]

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff"})

UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    struct.error,
    Image.DecompressionBombError,
)
"""What Pillow raises, by format, for a file that isn't the picture it claims to be."""

_GRAY_MODES = frozenset({"1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "I;16N"})
_CHUNK = 256
# Below this mean size Pillow's Python part dominates and threads only contend for the lock.
_BYTES_WORTH_A_THREAD = 20_000
_NAMED = 5


@dataclass(frozen=True)
class PictureFacts:
    """What decoding learned of one file: its own size in pixels and how it was stored."""

    height: int
    width: int
    gray: bool
    transparent: bool
    jpeg: bool
    half_chroma: bool


def decode_files(
    files: Sequence[Path], sizes: Sequence[int], images_NCHW: Images, progress: Progress
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
    broken: list[str] = []
    done = 0

    def decode_chunk(chunk: range) -> tuple[list[PictureFacts], list[str]]:
        return _decode_chunk(files, chunk, images_NCHW)

    large = sum(sizes) > _BYTES_WORTH_A_THREAD * len(files)
    with ThreadPoolExecutor((os.cpu_count() or 1) if large else 1) as pool:
        for chunk, (found, failed) in zip(chunks, pool.map(decode_chunk, chunks), strict=True):
            facts.update(found)
            broken.extend(failed)
            done += len(chunk)
            progress(done, len(files))
    if broken:
        raise _unreadable(broken)
    return facts


def _decode_chunk(
    files: Sequence[Path], chunk: Iterable[int], images_NCHW: Images
) -> tuple[list[PictureFacts], list[str]]:
    facts, broken = [], []
    height, width = images_NCHW.shape[2:]
    for index in chunk:
        try:
            pixels_HWC, fact = _decode(files[index], height, width)
        except UNREADABLE as error:
            broken.append(f"{files[index]} ({reason_of(error)})")
            continue
        images_NCHW[index] = pixels_HWC.transpose(2, 0, 1)
        facts.append(fact)
    return facts, broken


def _decode(path: Path, height: int, width: int) -> tuple[Images, PictureFacts]:
    with Image.open(path) as opened:
        facts = _facts(opened)
        # A large JPEG is decoded at a fraction of its size, still 4 times what is needed.
        opened.draft(None, (4 * max(height, width),) * 2)  # type: ignore[arg-type,no-untyped-call,unused-ignore]
        picture = fit(_to_rgb(_upright(opened)), height, width)
    return np.asarray(picture), facts


def _upright(opened: Image.Image) -> Image.Image:
    # Looking for an orientation copies the picture, and most small JPEGs hold none.
    if opened.format == "JPEG" and not ({"exif", "xmp"} & opened.info.keys()):
        opened.load()
        return opened
    return ImageOps.exif_transpose(opened)


def _facts(opened: Image.Image) -> PictureFacts:
    jpeg = opened.format in ("JPEG", "MPO")
    # 4:2:2 and 4:2:0 halve the chroma, 4:4:4 (0) doesn't; −1 is gray or unknown.
    half_chroma = jpeg and JpegImagePlugin.get_sampling(opened) in (1, 2)  # type: ignore[no-untyped-call,unused-ignore]
    return PictureFacts(
        height=opened.height,
        width=opened.width,
        gray=opened.mode in _GRAY_MODES,
        transparent=opened.has_transparency_data,
        jpeg=jpeg,
        half_chroma=half_chroma,
    )


def _to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB" and "transparency" not in picture.info:
        return picture
    if picture.mode == "F":
        raise ValueError("its pixels are floats without a set range")
    if picture.mode.startswith("I"):
        levels = np.asarray(picture).astype(np.int64)
        scaled = levels // 257 if levels.max() > 255 else levels
        return Image.fromarray(np.clip(scaled, 0, 255).astype(np.uint8)).convert("RGB")
    if picture.has_transparency_data:
        colors = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", colors.size, "white"), colors).convert("RGB")
    return picture.convert("RGB")


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
    scale = max(height / picture.height, width / picture.width)
    covering = (
        max(width, round(picture.width * scale)),
        max(height, round(picture.height * scale)),
    )
    if covering != picture.size:
        picture = picture.resize(covering, Image.Resampling.BICUBIC)
    left, top = (covering[0] - width) // 2, (covering[1] - height) // 2
    return picture.crop((left, top, left + width, top + height))


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


def reason_of(error: Exception) -> str:
    """Say in a few words why Pillow couldn't read a file.

    Example:
        >>> reason_of(UnidentifiedImageError("cannot identify image file <…>"))
        'not a picture'
    """
    if isinstance(error, UnidentifiedImageError):
        return "not a picture"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def _unreadable(broken: Sequence[str]) -> DataError:
    named = ", ".join(broken[:_NAMED]) + (", …" if len(broken) > _NAMED else "")
    count = "1 file is" if len(broken) == 1 else f"{len(broken)} files are"
    return DataError(
        f"{count} named like a picture but can't be read as one: {named}",
        help="remove or replace what is named; every picture of a folder must be readable.",
    )
