"""A net of one input size on a picture of any size: overlapping tiles, faded into each other.

Tiles start at every multiple of half their length, also left of and above the
picture, which goes on there as its mirror image. So every pixel lies in two tiles
along each axis, and where one ends its weight has faded to nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["Block", "Grid", "Predict", "fade", "mirrored", "stride_of"]

BLOCK_SIDE = 1024
"""Pixels along each side of what is blended in one go, at most (or four strides)."""

Read = Callable[[NDArray[numpy.intp], NDArray[numpy.intp]], Tensor]
"""Gives the pixels at (rows, columns) as float32, C×rows×columns."""

Predict = Callable[[Tensor], Tensor]
"""Tiles N×C×h×w → what they become, N×K×h×w."""


class Block(NamedTuple):
    """A part of the picture: rows ``top`` to ``bottom``, columns ``left`` to ``right``."""

    top: int
    bottom: int
    left: int
    right: int


def stride_of(length: int) -> int:
    """Give the distance between the starts of tiles of ``length`` pixels: half, rounded down.

    Example:
        >>> stride_of(32), stride_of(5), stride_of(1)
        (16, 2, 1)
    """
    return max(1, length // 2)


def fade(length: int) -> Tensor:
    """Give the weight of each position in a tile along one axis, float32.

    A raised cosine, sin²(π(i + ½)/length), divided by what all tiles over the same
    pixel have together (that is 1 already for even lengths), so that the weights
    at any pixel sum to 1.

    Example:
        >>> fade(4).tolist() == [fade(4)[0], 1 - fade(4)[0], 1 - fade(4)[0], fade(4)[0]]
        True
    """
    places = torch.arange(length, dtype=torch.float64)
    weights = torch.sin(math.pi * (places + 0.5) / length).square()
    stride = stride_of(length)
    totals = torch.stack([weights[first::stride].sum() for first in range(stride)])
    return (weights / totals[places.long() % stride]).float()


def mirrored(start: int, stop: int, length: int) -> NDArray[numpy.intp]:
    """Give the pixels that stand at places ``start`` to ``stop`` of a line of ``length`` pixels.

    Beyond the ends the line goes on mirrored, its end pixels not repeated, as often
    as it takes.

    Example:
        >>> mirrored(-2, 6, length=3).tolist()
        [2, 1, 0, 1, 2, 1, 0, 1]
    """
    period = max(1, 2 * (length - 1))
    places = numpy.arange(start, stop) % period
    return numpy.minimum(places, period - places) if length > 1 else places


@dataclass(frozen=True)
class Grid:
    """The tiles over one picture.

    Attributes:
        height: of the picture, in pixels.
        width: the same.
        tile_height: of every tile: the net's input.
        tile_width: the same.
        batch: tiles that go through the net at once.
    """

    height: int
    width: int
    tile_height: int
    tile_width: int
    batch: int = 64

    def blend(
        self, read: Read, predict: Predict, done: Callable[[int], None] | None = None
    ) -> Iterator[tuple[Block, Tensor]]:
        """Give the picture that the tiles make, block by block, float32 K×h×w.

        Memory follows the block and the batch, not the picture. The blocks
        together are the picture, each pixel once; a tile over the edge between
        two blocks is computed for both.

        Args:
            read: gives the pixels that the tiles are cut from.
            predict: the net.
            done: called with the number of tiles after each batch.
        """
        for block in self._blocks():
            yield block, self._blended(block, read, predict, done)

    @property
    def tiles(self) -> int:
        """How many tiles ``blend`` computes."""
        return sum(
            len(_starts(block.top, block.bottom, self.tile_height))
            * len(_starts(block.left, block.right, self.tile_width))
            for block in self._blocks()
        )

    def _blocks(self) -> Iterator[Block]:
        for top, bottom in _parts(self.height, self.tile_height):
            for left, right in _parts(self.width, self.tile_width):
                yield Block(top, bottom, left, right)

    def _blended(
        self, block: Block, read: Read, predict: Predict, done: Callable[[int], None] | None
    ) -> Tensor:
        tops = _starts(block.top, block.bottom, self.tile_height)
        lefts = _starts(block.left, block.right, self.tile_width)
        rows = mirrored(tops[0], tops[-1] + self.tile_height, self.height)
        columns = mirrored(lefts[0], lefts[-1] + self.tile_width, self.width)
        tiles_YXCHW = self._cut(read(rows, columns))
        places = [(top - tops[0], left - lefts[0]) for top in tops for left in lefts]
        weights_HW = torch.outer(fade(self.tile_height), fade(self.tile_width))
        whole_KHW: Tensor | None = None
        for first in range(0, len(places), self.batch):
            here = places[first : first + self.batch]
            numbers = torch.arange(first, first + len(here))
            tiles_NCHW = tiles_YXCHW[numbers // len(lefts), numbers % len(lefts)]
            made_NKHW = predict(tiles_NCHW) * weights_HW
            if whole_KHW is None:
                whole_KHW = made_NKHW.new_zeros(made_NKHW.shape[1], len(rows), len(columns))
            self._add(whole_KHW, made_NKHW, here)
            if done is not None:
                done(len(here))
        if whole_KHW is None:
            raise ValueError(f"no tiles over {block}")
        y, x = block.top - tops[0], block.left - lefts[0]
        return whole_KHW[:, y : y + block.bottom - block.top, x : x + block.right - block.left]

    def _cut(self, pixels_CHW: Tensor) -> Tensor:
        """Give a view of all tiles, rows × columns × C×h×w."""
        tall = pixels_CHW.unfold(1, self.tile_height, stride_of(self.tile_height))
        both = tall.unfold(2, self.tile_width, stride_of(self.tile_width))
        return both.permute(1, 2, 0, 3, 4)

    def _add(self, whole_KHW: Tensor, made_NKHW: Tensor, places: list[tuple[int, int]]) -> None:
        for made_KHW, (y, x) in zip(made_NKHW, places, strict=True):
            whole_KHW[:, y : y + self.tile_height, x : x + self.tile_width] += made_KHW


def _starts(start: int, stop: int, length: int) -> range:
    """Where the tiles start that reach into pixels ``start`` to ``stop``."""
    stride = stride_of(length)
    first = -((length - 1 - start) // stride) * stride
    return range(first, stop, stride)


def _parts(length: int, tile: int) -> Iterator[tuple[int, int]]:
    stride = stride_of(tile)
    side = max(4, BLOCK_SIDE // stride) * stride
    for start in range(0, length, side):
        yield start, min(start + side, length)
