"""A person's picture at its own size and depth, with its opacity and profile."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from archsearch.apply.luminance import gray_of
from archsearch.data.picture_file import PictureFile, in_8_bits, one_pixel_limit, read_picture
from archsearch.errors import DataError

__all__ = ["Photograph", "read_mask", "read_photograph"]

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
        return in_8_bits(self.pixels_HWC.astype(numpy.uint16, copy=False))

    def part(self, rows: NDArray[numpy.intp], columns: NDArray[numpy.intp]) -> Tensor:
        """Give the pixels at rows × columns in [0, 1], float32, C×rows×columns."""
        chosen_HWC = self.pixels_HWC[numpy.ix_(rows, columns)].astype(numpy.float32)
        return torch.from_numpy(chosen_HWC).permute(2, 0, 1).contiguous() / self.white


def read_photograph(path: Path) -> Photograph:
    """Read a picture of any mode as trainings read it (see ``read_picture``).

    Raises:
        DataError: no file, a folder, no picture, damaged, of no set range, or too large.
    """
    if path.is_dir():
        raise DataError(f"{path} is a folder", help=f"name its pictures: {path}/*.jpg, or *.png, …")
    if not path.exists():
        raise DataError(f"{path}: no such file", help="check the path")
    with one_pixel_limit():
        return _photograph(read_picture(path))


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
            help="give a mask of the picture's size, white in the area to fill",
        )
    light_HW: NDArray[numpy.bool_] = mask.pixels_HWC[..., 0] > mask.white // 2
    return light_HW


def _photograph(read: PictureFile) -> Photograph:
    picture, alpha_HW = read.image, None
    if picture.mode == "I;16":
        return Photograph(numpy.asarray(picture)[..., None], profile=read.profile)
    if picture.mode == "RGBA":
        whole_HWC = numpy.asarray(picture)
        colors_HWC, alpha_HW = whole_HWC[..., :3], whole_HWC[..., 3]
    else:
        colors_HWC = numpy.asarray(picture).reshape(picture.height, picture.width, -1)
    if _equal_channels(colors_HWC):
        colors_HWC = colors_HWC[..., :1]
    return Photograph(colors_HWC, alpha_HW, read.profile)


def _equal_channels(colors_HWC: NDArray[numpy.uint8]) -> bool:
    first_HW, *others_HW = numpy.moveaxis(colors_HWC, -1, 0)
    return all(numpy.array_equal(first_HW, other_HW) for other_HW in others_HW)
