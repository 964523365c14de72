"""One picture file to pixels: upright, in its own depth, whatever its mode.

Trainings and ``apply`` both read through this, so the same file gives both the same pixels.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms, ImageOps, JpegImagePlugin, UnidentifiedImageError

from archsearch.errors import DataError

__all__ = [
    "MOST_PIXELS",
    "PictureFacts",
    "PictureFile",
    "in_8_bits",
    "is_stored_gray",
    "one_pixel_limit",
    "read_picture",
]

MOST_PIXELS = 100_000_000
"""Larger pictures are refused: a small file can claim a size that fills the memory."""

_GRAY_MODES = frozenset({"1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "I;16N"})
_BITS_PER_SAMPLE = 258  # a tag of TIFF


@dataclass(frozen=True)
class PictureFacts:
    """How a file stores its picture; height and width in pixels, before it is turned."""

    height: int
    width: int
    gray: bool
    transparent: bool
    jpeg: bool
    half_chroma: bool


@dataclass(frozen=True)
class PictureFile:
    """What was read of a file.

    Attributes:
        image: upright, in mode L, RGB, RGBA, or I;16 with 65535 as white.
        profile: the ICC profile that the numbers are meant in, or None.
        facts: how the file stores it.
    """

    image: Image.Image
    profile: bytes | None
    facts: PictureFacts


@contextmanager
def one_pixel_limit() -> Iterator[None]:
    """Silence Pillow's warning of large pictures: ``MOST_PIXELS`` is the limit here.

    Threads share the filters of warnings, so this goes around all reading, not into it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        yield


def read_picture(path: Path, *, least_side: int | None = None) -> PictureFile:
    """Read a picture of any mode, turned as its EXIF orientation says.

    Palettes, CMYK (by its profile where it has one), YCbCr and 1 to 16 bits a gray pixel are
    taken; of several frames the first. A format has one range, whatever the picture holds: in
    more than 8 bits 65535 is white (4095 in a TIFF of 12 bits).

    Args:
        path: the file.
        least_side: where given, a JPEG may come at a fraction of its size, with both sides
            at least this many pixels.

    Raises:
        DataError: it is no picture, damaged, of no set range, or larger than ``MOST_PIXELS``.
    """
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise _too_large(path)
            facts = _facts(opened)
            if least_side is not None:
                opened.draft(None, (least_side, least_side))  # type: ignore[arg-type,no-untyped-call,unused-ignore]
            picture = _upright(opened)
            profile = picture.info.get("icc_profile")
            plain = _plain(picture, profile, _bits(opened))
            return PictureFile(plain, None if picture.mode == "CMYK" else profile, facts)
    except (DataError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise _too_large(path) from error
    except Exception as error:  # of any type: each format's decoder raises what it likes
        raise DataError(
            f"{path} can't be read as a picture: {_reason(error)}",
            help="save it again as PNG or JPEG with the program that made it",
        ) from error


def is_stored_gray(path: Path) -> bool:
    """Whether a file's header says gray; true, too, of what is refused once it is read."""
    try:
        with Image.open(path) as opened:
            return opened.mode in _GRAY_MODES
    except Exception:  # of any type, as above
        return True


def in_8_bits(levels: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint8]:
    """Round 16-bit levels to 8 bits, so that 65535 becomes 255.

    Example:
        >>> in_8_bits(np.array([0, 128, 129, 65535], np.uint16)).tolist()
        [0, 0, 1, 255]
    """
    return ((levels.astype(np.uint32) + 128) // 257).astype(np.uint8)


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


def _bits(opened: Image.Image) -> int:
    """Bits of a gray level that Pillow gives in more than 8."""
    tags: Any = getattr(opened, "tag_v2", {})
    return 12 if tags.get(_BITS_PER_SAMPLE) == (12,) else 16


def _upright(opened: Image.Image) -> Image.Image:
    # Looking for an orientation copies the picture, and most small JPEGs hold none.
    if opened.format == "JPEG" and not ({"exif", "xmp"} & opened.info.keys()):
        opened.load()
        return opened
    return ImageOps.exif_transpose(opened)


def _plain(picture: Image.Image, profile: bytes | None, bits: int) -> Image.Image:
    if picture.mode == "F":
        raise ValueError("its pixels are floats without a defined range")
    if picture.mode.startswith("I"):
        return Image.fromarray(_sixteen_bits(picture, bits))
    if picture.has_transparency_data:
        # Colors that were multiplied by their opacity are divided by it first.
        plain = {"La": "LA", "RGBa": "RGBA"}.get(picture.mode)
        return (picture.convert(plain) if plain else picture).convert("RGBA")
    if picture.mode == "CMYK" and profile:
        return _by_profile(picture, profile)
    wanted = "L" if picture.mode in ("1", "L") else "RGB"
    return picture if picture.mode == wanted else picture.convert(wanted)


def _sixteen_bits(picture: Image.Image, bits: int) -> npt.NDArray[np.uint16]:
    levels_HW: npt.NDArray[Any] = np.asarray(picture)
    least, most, white = int(levels_HW.min()), int(levels_HW.max()), 2**bits - 1
    if least < 0 or most > white:
        raise ValueError(f"its pixels go from {least} to {most}, not from 0 to {white}")
    found_HW = levels_HW.astype(np.uint16)
    return (found_HW << 4 | found_HW >> 8).astype(np.uint16) if bits == 12 else found_HW


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    """Inks to sRGB as the profile says; without a usable one, as Pillow does."""
    try:
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        turned = ImageCms.profileToProfile(
            picture, given, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError):
        return picture.convert("RGB")
    return turned if turned is not None else picture.convert("RGB")


def _too_large(path: Path) -> DataError:
    return DataError(
        f"{path} has more than {MOST_PIXELS // 1_000_000} million pixels",
        help="cut it into parts, or scale it down first",
    )


def _reason(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "not a picture"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
