"""One picture through a net: what it is fed, and what comes out at full size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from archsearch.apply.luminance import with_luminance
from archsearch.apply.net import TileNet
from archsearch.apply.picture import Photograph
from archsearch.apply.tiles import Block, Grid
from archsearch.tasks.color.space import luminance

__all__ = ["Mask", "OnTiles", "PredictedPicture", "fed_picture", "predict_picture"]

OnTiles = Callable[[int, int], None]
"""Called with (tiles done, tiles in all)."""

Mask = NDArray[numpy.bool_]
"""What is to be filled, H×W."""


@dataclass(frozen=True)
class PredictedPicture:
    """What was fed, what came out (8 bits a channel), and through how many tiles."""

    fed: Photograph
    result: Photograph
    tiles: int


def predict_picture(
    net: TileNet,
    photograph: Photograph,
    mask_HW: Mask | None = None,
    on_tiles: OnTiles | None = None,
) -> PredictedPicture:
    """Put a picture through a net in tiles of the net's own size.

    - A net that colors is fed the luminance, and its result has that luminance
      at every pixel; the tiles' chroma is blended (blending RGB does that too:
      chroma is linear in it).
    - A net that fills changes nothing outside ``mask_HW``, and what it fills
      becomes opaque.
    - A gray picture stays gray unless it is to be colored: it is fed in three
      equal channels, and the luminance of what the net gives is kept.
    - Opacity stays as it is.

    Args:
        net: the net.
        photograph: the picture, of any size.
        mask_HW: what to fill, H×W; only for a net that fills.
        on_tiles: called with the progress.
    """
    fed = fed_picture(net, photograph, mask_HW)
    size = net.plan.input
    grid = Grid(fed.height, fed.width, size.height, size.width, net.batch)
    result_HWC = _canvas(net, fed)
    progress = _Counter(grid.tiles, on_tiles)
    for block, made_KHW in grid.blend(_reader(net, fed, mask_HW), net.predict, progress):
        here = (slice(block.top, block.bottom), slice(block.left, block.right))
        part_HWC = _eight_bits(_finished(net, fed, block, made_KHW))
        if mask_HW is None:
            result_HWC[here] = part_HWC
        else:
            result_HWC[here][mask_HW[here]] = part_HWC[mask_HW[here]]
    alpha_HW = photograph.alpha_HW
    if alpha_HW is not None and mask_HW is not None:
        alpha_HW = numpy.where(mask_HW, numpy.uint8(255), alpha_HW)
    result = Photograph(result_HWC, alpha_HW, photograph.profile)
    return PredictedPicture(fed, result, grid.tiles)


def fed_picture(net: TileNet, photograph: Photograph, mask_HW: Mask | None) -> Photograph:
    """Give the picture as the net sees it; what is masked is black, as in training."""
    fed = photograph.to_gray() if net.colors or net.channels == 1 else photograph
    if mask_HW is None:
        return fed
    pixels_HWC = numpy.where(mask_HW[..., None], fed.pixels_HWC.dtype.type(0), fed.pixels_HWC)
    return Photograph(pixels_HWC, None, fed.profile)


def _canvas(net: TileNet, fed: Photograph) -> NDArray[numpy.uint8]:
    """Where the result is written; what no tile changes exists from the start."""
    pixels_HWC = fed.in_8_bits()
    return numpy.repeat(pixels_HWC, 3, axis=2) if net.colors else pixels_HWC.copy()


def _reader(
    net: TileNet, fed: Photograph, mask_HW: Mask | None
) -> Callable[[NDArray[numpy.intp], NDArray[numpy.intp]], Tensor]:
    def read(rows: NDArray[numpy.intp], columns: NDArray[numpy.intp]) -> Tensor:
        part_CHW = fed.part(rows, columns).expand(net.channels, -1, -1)
        if mask_HW is None:
            return part_CHW
        masked_HW = torch.from_numpy(mask_HW[numpy.ix_(rows, columns)])
        return torch.cat([part_CHW, masked_HW[None].to(part_CHW.dtype)])

    return read


def _finished(net: TileNet, fed: Photograph, block: Block, made_KHW: Tensor) -> Tensor:
    """What a block shows in the end, from what the tiles made together."""
    if net.colors:
        rows, columns = numpy.arange(block.top, block.bottom), numpy.arange(block.left, block.right)
        return with_luminance(made_KHW, fed.part(rows, columns)[0])
    if fed.gray and len(made_KHW) == 3:
        return luminance(made_KHW)
    return made_KHW


def _eight_bits(part_KHW: Tensor) -> NDArray[numpy.uint8]:
    part_HWK: NDArray[numpy.uint8] = (
        part_KHW.mul(255).round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).numpy()
    )
    return part_HWK


class _Counter:
    """Adds up batches of tiles and tells how many are done."""

    def __init__(self, total: int, on_tiles: OnTiles | None) -> None:
        self.done, self.total, self.on_tiles = 0, total, on_tiles

    def __call__(self, tiles: int) -> None:
        self.done += tiles
        if self.on_tiles is not None:
            self.on_tiles(self.done, self.total)
