"""What is done between the stages of a program: moments of the whole batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archsearch.engine.operations import EPSILON

__all__ = ["BatchMoments", "Between", "GradientMeans", "MomentPlaces", "Moments"]

Numbers = NDArray[Any]
Moments = tuple[Numbers, Numbers, int]
"""Mean and mean square around it of each channel, and over how many numbers."""


@dataclass(frozen=True)
class MomentPlaces:
    """Where kernels read the moments of a norm, among the packed weights.

    Attributes:
        name: of the norm.
        mean: where the means go.
        inverse: where 1/√(variance + ε) goes.
    """

    name: str
    mean: int
    inverse: int

    def write(self, packed: Numbers, mean: Numbers, variance: Numbers) -> None:
        """Put moments there."""
        packed[self.mean : self.mean + len(mean)] = mean
        packed[self.inverse : self.inverse + len(mean)] = 1 / np.sqrt(variance + EPSILON)


@dataclass(frozen=True)
class BatchMoments:
    """The pictures' moments to those of the batch.

    Attributes:
        to: where they go.
        places: in the arena, channels × (mean, squares around it) × lanes.
        positions: of a channel.
    """

    to: MomentPlaces
    places: NDArray[np.int64]
    positions: int

    def of(self, arenas: Sequence[Numbers], count: int) -> Moments:
        """The batch's moments.

        A sum of squares around the batch's mean is that around each picture's own plus
        n·(difference of the means)² (Chan, Golub and LeVeque 1983).

        Args:
            arenas: blocks × numbers, of each thread in order.
            count: pictures of the batch.
        """
        found = [arena[:, self.places] for arena in arenas if len(arena)]
        each = np.concatenate(found).astype(np.float64)  # blocks × channels × 2 × lanes
        means, squares = each.transpose(2, 1, 0, 3).reshape(2, each.shape[1], -1)[..., :count]
        mean = means.mean(axis=1)
        around = squares + self.positions * (means - mean[:, None]) ** 2
        numbers = self.positions * count
        return mean, around.sum(axis=1) / numbers, numbers


@dataclass(frozen=True)
class GradientMeans:
    """Sums of gradients to their means, which the gradient of a norm takes off.

    Attributes:
        sums: where each channel's Σ g lies among the sums; Σ g·x̂ is the next number.
        plain: where the means of g go, among packed weights.
        with_x: where those of g·x̂ go.
        positions: of a channel.
    """

    sums: NDArray[np.int64]
    plain: int
    with_x: int
    positions: int

    def write(self, packed: Numbers, sums: Sequence[Numbers], count: int) -> None:
        """Put the means where kernels read them."""
        numbers = self.positions * count
        for more, place in enumerate((self.plain, self.with_x)):
            total = sum(_each(sums, self.sums + more))
            packed[place : place + len(self.sums)] = total / numbers


Between = BatchMoments | GradientMeans


def _each(sums: Sequence[Numbers], places: NDArray[np.int64]) -> Iterator[Numbers]:
    for of_thread in sums:
        yield of_thread[places].astype(np.float64)
