"""Noise and masks as functions of a seed, an epoch and a picture, and of nothing else.

So batch sizes, the order of pictures, other tasks and a kill in between change no
number, and every model and baseline is measured on the same noise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import torch
from torch import Tensor

__all__ = ["Batch", "derived_seed", "noise_like", "square_masks"]


def derived_seed(*parts: int | str) -> int:
    """Give a seed below 2⁶³ that depends on every part and on nothing else.

    Example:
        >>> derived_seed(0, "order", 1) == derived_seed(0, "order", 2)
        False
    """
    digest = sha256("/".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


@dataclass(frozen=True)
class Batch:
    """Which pictures a batch holds, and what seeds their noise and masks.

    Attributes:
        indices: places in the picture set, int64, on the CPU, N.
        seed: the training's while it trains; ``data.seed`` where it is measured.
        epoch: counted from 1; None where it is measured.
    """

    indices: Tensor
    seed: int
    epoch: int | None = None

    def seeds(self, purpose: str) -> Iterator[int]:
        """Give one seed for each picture."""
        when = "measured" if self.epoch is None else self.epoch
        for index in self.indices.tolist():
            yield derived_seed(self.seed, purpose, when, index)


def noise_like(images_NCHW: Tensor, batch: Batch) -> Tensor:
    """Give standard normal numbers of the pictures' shape, dtype and device.

    They are drawn on the CPU, as each device's own generator would give others: then a
    net trained on one couldn't be compared with one trained on another.

    Example:
        >>> pictures, both = torch.zeros(2, 3, 8, 8), Batch(torch.tensor([7, 4]), seed=0)
        >>> alone = noise_like(pictures[1:], Batch(torch.tensor([4]), seed=0))
        >>> torch.equal(noise_like(pictures, both)[1:], alone)
        True
    """
    noise_NCHW = torch.empty(images_NCHW.shape, dtype=torch.float32)
    generator = torch.Generator()
    for noise_CHW, seed in zip(noise_NCHW, batch.seeds("noise"), strict=True):
        noise_CHW.normal_(generator=generator.manual_seed(seed))
    return noise_NCHW.to(images_NCHW)


def square_masks(
    size: int, height: int, width: int, batch: Batch, device: torch.device | str = "cpu"
) -> Tensor:
    """Give a mask for each picture, N×1×H×W bool, true in a square that lies inside it.

    Where the squares lie is drawn on the CPU for every device alike.

    Raises:
        ValueError: the square is larger than the picture.

    Example:
        >>> masks = square_masks(3, 8, 8, Batch(torch.arange(5), seed=0))
        >>> masks.sum(dim=(1, 2, 3)).tolist()
        [9, 9, 9, 9, 9]
    """
    if size > min(height, width):
        raise ValueError(f"a square of {size}×{size} doesn't fit into {height}×{width} pixels")
    tops, lefts = height - size + 1, width - size + 1
    places = [(seed % tops, seed // tops % lefts) for seed in batch.seeds("mask")]
    corners_N2 = torch.tensor(places, dtype=torch.int64).reshape(-1, 2).to(device)
    rows_NH = torch.arange(height, device=device) - corners_N2[:, :1]
    columns_NW = torch.arange(width, device=device) - corners_N2[:, 1:]
    rows_NH, columns_NW = ((axis >= 0) & (axis < size) for axis in (rows_NH, columns_NW))
    return rows_NH[:, None, :, None] & columns_NW[:, None, None, :]
