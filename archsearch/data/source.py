"""What every source of pictures offers, and what it hands to the cache."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

__all__ = ["Allocate", "Content", "Images", "OnProgress", "Part", "Source", "TellsGray"]

Images: TypeAlias = npt.NDArray[np.uint8]
"""uint8 pictures, N×C×H×W; in memory a pixel's channels may lie together."""

OnProgress: TypeAlias = Callable[[int, int], None]
"""Called with (done, total): pictures while decoding, bytes while downloading."""

Allocate: TypeAlias = Callable[[int, int], Images]
"""Called with (pictures, channels); gives the array in the cache that is to be filled."""


@dataclass(frozen=True, eq=False)
class Content:
    """A source read whole at one size.

    Args:
        images_NCHW: all pictures, in an order that depends only on the source.
        note: what a page that shows a number from them has to say; may be empty.
        labels: class of each picture, N, or None where the source has no classes.
        classes: names of the labels 0, 1, …
        test_part: True for pictures of the source's own test part, N; None without one.
        val_part: the same for its own validation part; disjoint from the test part.
        regions: pictures with equal numbers must fall in the same split, N; None
            where every picture stands alone.
    """

    images_NCHW: Images  # noqa: N815 - carries its axes in its name
    note: str = ""
    labels: npt.NDArray[np.int64] | None = None
    classes: tuple[str, ...] = ()
    test_part: npt.NDArray[np.bool_] | None = None
    val_part: npt.NDArray[np.bool_] | None = None
    regions: npt.NDArray[np.int64] | None = None


class Part(NamedTuple):
    """The training or the test part of an official set, as its archive has it.

    Attributes:
        pixels_NHWC: uint8 pictures.
        labels: class of each, N.
        classes: names of the labels 0, 1, …
    """

    pixels_NHWC: Images  # noqa: N815 - carries its axes in its name
    labels: npt.NDArray[np.int64]
    classes: tuple[str, ...]


@runtime_checkable
class Source(Protocol):
    """Pictures that can be read at any size."""

    @property
    def name(self) -> str:
        """What it is, without dependence on the working directory."""

    @property
    def channels(self) -> int | None:
        """1 or 3; None where only reading tells."""

    @property
    def has_parts(self) -> bool:
        """Whether `official` can be asked of it."""

    def signature(self) -> str:
        """A hash that changes when the pictures do, without decoding them."""

    def read(self, height: int, width: int, allocate: Allocate, progress: OnProgress) -> Content:
        """Read all pictures at height × width pixels.

        Raises:
            DataError: they can't be had or read.
        """


@runtime_checkable
class TellsGray(Protocol):
    """A source whose number of channels isn't known beforehand, and that can look it up."""

    def is_gray(self) -> bool:
        """Whether all pictures are gray, told without decoding any."""
