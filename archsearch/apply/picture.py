"""A picture file to pixels at their own size and depth, whatever its mode."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy
import torch
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps
from torch import Tensor

from archsearch.apply.luminance import gray_of
from archsearch.data.decode import UNREADABLE, reason_of
from archsearch.errors import DataError

__all__ = ["MOST_PIXELS", "Photograph", "read_mask", "read_photograph"]

MOST_PIXELS = 100_000_000
"""Larger pictures are refused: a small file can claim a size that fills the memory."""

Pixels = NDArray[numpy.uint8] | NDArray[numpy.uint16]


@dataclass(frozen=True)
class Photograph:
    """The pixels of one picture, upright.

    Attributes:
        pixels_HWC: H×W×3, or H×W×1 for a gray picture: one stored so, or a
            color picture whose channels are equal everywhere.
        alpha_HW: opacity from 0 to 255, or None for a picture without.
        profile: the ICC profile that the numbers are meant in, or None.
    """

    pixels_HWC: Pixels  # noqa: N815 - carries its axes in its name
    alpha_HW: NDArray[numpy.uint8] | None = None  # noqa: N815 - the same
    profile: bytes | None = None

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self.pixels_HWC.shape[0])

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.pixels_HWC.shape[1])

    @property
    def gray(self) -> bool:
        """Whether there is one channel."""
        return int(self.pixels_HWC.shape[2]) == 1

    @property
    def white(self) -> int:
        """The number that stands for 1.0: 255, or 65535 in 16 bits."""
        return int(numpy.iinfo(self.pixels_HWC.dtype).max)

    def to_gray(self) -> Photograph:
        """Give its luminance; colors are taken off in 8 bits (see ``gray_of``)."""
        if self.gray:
            return self
        return Photograph(gray_of(self.in_8_bits()), self.alpha_HW)

    def in_8_bits(self) -> NDArray[numpy.uint8]:
        """Give the pixels as 8-bit numbers."""
        if self.white == 255:
            return self.pixels_HWC.astype(numpy.uint8, copy=False)
        return numpy.rint(self.pixels_HWC / 257).astype(numpy.uint8)

    def part(self, rows: NDArray[numpy.intp], columns: NDArray[numpy.intp]) -> Tensor:
        """Give the pixels at rows × columns in [0, 1], float32, C×rows×columns."""
        chosen_HWC = self.pixels_HWC[numpy.ix_(rows, columns)].astype(numpy.float32)
        return torch.from_numpy(chosen_HWC).permute(2, 0, 1).contiguous() / self.white


def read_photograph(path: Path) -> Photograph:
    """Read a picture of any mode, turned as its EXIF orientation says.

    Palettes, CMYK (by its profile where it has one), YCbCr and 1 to 16 bits a
    gray pixel are taken; of several frames the first.

    Raises:
        DataError: no file, a folder, no picture, damaged, or too large.
    """
    with _opened(path) as opened:
        try:
            return _photograph(ImageOps.exif_transpose(opened))
        except UNREADABLE as error:
            raise DataError(
                f"{path} can't be read as a picture: {reason_of(error)}",
                help="save it again as PNG or JPEG with the program that made it",
            ) from error


def read_mask(path: Path, photograph: Photograph) -> NDArray[numpy.bool_]:
    """Read what is to be filled in ``photograph``: H×W, true where the mask is light.

    Raises:
        DataError: it can't be read, or has another size.
    """
    mask = read_photograph(path).to_gray()
    if mask.pixels_HWC.shape[:2] != photograph.pixels_HWC.shape[:2]:
        raise DataError(
            f"the mask {path} has {mask.width}×{mask.height} pixels, "
            f"the picture {photograph.width}×{photograph.height}",
            help="give a mask of the picture's size, white where it is to be filled",
        )
    light_HW: NDArray[numpy.bool_] = mask.pixels_HWC[..., 0] > mask.white // 2
    return light_HW


def _opened(path: Path) -> Image.Image:
    if path.is_dir():
        raise DataError(f"{path} is a folder", help=f"name its pictures: {path}/*.jpg, or *.png, …")
    try:
        with warnings.catch_warnings():  # the limit below speaks for itself
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opened = Image.open(path)
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file", help="check the path") from error
    except Image.DecompressionBombError as error:
        raise _too_large(path) from error
    except UNREADABLE as error:
        raise DataError(
            f"{path} isn't a picture that can be read: {reason_of(error)}",
            help="give pictures such as PNG, JPEG, WebP, TIFF, BMP or GIF",
        ) from error
    if opened.width * opened.height > MOST_PIXELS:
        opened.close()
        raise _too_large(path)
    return opened


def _too_large(path: Path) -> DataError:
    return DataError(
        f"{path} has more than {MOST_PIXELS // 1_000_000} million pixels",
        help="cut it into parts, or scale it down first",
    )


def _photograph(picture: Image.Image) -> Photograph:
    profile = picture.info.get("icc_profile")
    if picture.mode == "F":
        raise ValueError("its pixels are floats without a set range")
    if picture.mode.startswith("I"):
        return Photograph(_sixteen_bits(picture), profile=profile)
    alpha_HW = None
    if picture.has_transparency_data:
        whole_HWC = numpy.asarray(_plain_alpha(picture).convert("RGBA"))
        colors_HWC, alpha_HW = whole_HWC[..., :3], whole_HWC[..., 3]
    elif picture.mode == "CMYK" and profile:
        colors_HWC, profile = numpy.asarray(_by_profile(picture, profile)), None
    else:
        colors_HWC = numpy.asarray(picture.convert("RGB"))
    if _equal_channels(colors_HWC):
        colors_HWC = colors_HWC[..., :1]
    return Photograph(colors_HWC, alpha_HW, profile)


def _plain_alpha(picture: Image.Image) -> Image.Image:
    """Colors that were multiplied by their opacity, divided by it again."""
    plain = {"La": "LA", "RGBa": "RGBA"}.get(picture.mode)
    return picture.convert(plain) if plain else picture


def _sixteen_bits(picture: Image.Image) -> NDArray[numpy.uint16]:
    levels_HW: NDArray[Any] = numpy.asarray(picture)
    least, most = int(levels_HW.min()), int(levels_HW.max())
    if least < 0 or most > 65535:
        raise ValueError(f"its pixels go from {least} to {most}, not from 0 to 65535")
    return levels_HW.astype(numpy.uint16)[..., None]


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


def _equal_channels(colors_HWC: NDArray[numpy.uint8]) -> bool:
    first_HW = colors_HWC[..., 0]
    return bool(
        numpy.array_equal(first_HW, colors_HWC[..., 1])
        and numpy.array_equal(first_HW, colors_HWC[..., 2])
    )
