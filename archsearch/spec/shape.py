"""Sizes: of a tensor between two layers, of a window, of a border."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Pads", "Pair", "Shape"]


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of one picture's tensor between two layers, without the batch axis.

    A vector of N numbers has ``channels`` N, ``height`` 1 and ``width`` 1.

    Example:
        >>> Shape(16, 8, 8).elements
        1024
    """

    channels: int
    height: int
    width: int
    vector: bool = False

    @property
    def elements(self) -> int:
        """Numbers in the tensor: C·H·W."""
        return self.channels * self.height * self.width

    def as_tuple(self) -> tuple[int, int, int]:
        """``(channels, height, width)``."""
        return (self.channels, self.height, self.width)

    def __str__(self) -> str:
        return str(self.channels) if self.vector else f"{self.channels}×{self.height}×{self.width}"


class Pair(NamedTuple):
    """One whole number for each of height and width."""

    height: int
    width: int

    def __str__(self) -> str:
        return str(self.height) if self.height == self.width else f"{self.height}×{self.width}"


class Pads(NamedTuple):
    """Rows and columns added on each side; negative numbers are cropped."""

    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0

    def __neg__(self) -> Pads:
        """What undoes them."""
        return Pads(*(-side for side in self))

    @property
    def symmetric(self) -> bool:
        """Whether both sides of each axis get the same."""
        return self.top == self.bottom and self.left == self.right
