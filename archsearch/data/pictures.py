"""The pictures a training sees: one tensor, three sets of indices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Pictures"]


@dataclass(frozen=True, eq=False)
class Pictures:
    """All pictures of a source at one size, and how they are split.

    Args:
        images_NCHW: uint8, N×C×H×W, all pictures of the source, channels last in memory.
            A memory map that processes share; writing to it changes only this process's copy.
        train: int64 indices into it, in the order of the seed; with a limit the three
            together are fewer than N.
        val: the same, disjoint.
        test: the same, disjoint.
        mean: mean of each channel over the training split, in [0,1].
        std: population standard deviation of each channel, the same way.
        source: as the settings name it.
        note: what a page that shows a number from them has to say; may be empty.
        fingerprint: 16 hex digits of a SHA-256 over pixels, split rule and indices.
        classes: names of the labels 0, 1, …; empty where there are none.
        labels: int64, N, or None.
    """

    images_NCHW: Tensor  # noqa: N815 - carries its axes in its name
    train: Tensor
    val: Tensor
    test: Tensor
    mean: tuple[float, ...]
    std: tuple[float, ...]
    source: str
    note: str
    fingerprint: str
    classes: tuple[str, ...]
    labels: Tensor | None

    @property
    def splits(self) -> dict[str, int]:
        """Number of pictures in each split."""
        return {"train": len(self.train), "val": len(self.val), "test": len(self.test)}
