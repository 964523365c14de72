"""What tasks need to know of pictures, and one number for each measured split."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

__all__ = ["PictureSet", "SplitErrors", "batches"]


class PictureSet(Protocol):
    """Pictures with their splits; any object with these attributes will do.

    Attributes:
        images_NCHW: all pictures, uint8.
        train: int64 indices of the training split into ``images_NCHW``.
        val: those of the validation split.
        test: those of the test split.
        mean: the training split's mean of each channel, in [0, 1].
        std: its standard deviation of each channel, in [0, 1].
        fingerprint: equal for equal pictures with equal splits, and only then.
    """

    @property
    def images_NCHW(self) -> Tensor: ...  # noqa: D102, N802 - see above; axes in the name
    @property
    def train(self) -> Tensor: ...  # noqa: D102
    @property
    def val(self) -> Tensor: ...  # noqa: D102
    @property
    def test(self) -> Tensor: ...  # noqa: D102
    @property
    def mean(self) -> tuple[float, ...]: ...  # noqa: D102
    @property
    def std(self) -> tuple[float, ...]: ...  # noqa: D102
    @property
    def fingerprint(self) -> str: ...  # noqa: D102


class SplitErrors(NamedTuple):
    """One MSE (RGB in [0, 1]) on the validation and one on the test split."""

    val: float
    test: float


def batches(pictures: PictureSet, indices: Tensor, size: int) -> Iterator[Tensor]:
    """Give the pictures at ``indices`` in order, uint8 NCHW, ``size`` at a time.

    No more than ``size`` pictures are in memory at once, however many there are.
    """
    for part in torch.split(indices, size):
        yield pictures.images_NCHW[part]
