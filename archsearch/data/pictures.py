"""The pictures a training sees: one tensor, three sets of indices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from archsearch.errors import InputError

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["Pictures", "SplitName"]

SplitName: TypeAlias = Literal["train", "val", "test"]


@dataclass(frozen=True, eq=False)
class Pictures:
    """All pictures of a source at one size, and how they are split.

    The splits are indices, since pictures may be many; :meth:`arrays` gives the pictures of one.

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

    def arrays(self, split: SplitName, count: int | None = None) -> NDArray[numpy.uint8]:
        """The pictures of a split as an array, uint8, N×H×W×C: a copy.

        Args:
            split: ``"train"``, ``"val"`` or ``"test"``.
            count: only the first so many.

        Raises:
            InputError: no such split.

        Example:
            >>> pictures.arrays("test", 8).shape  # doctest: +SKIP
            (8, 32, 32, 3)
        """
        if split not in self.splits:
            raise InputError(f"there is no split {split!r}", help="give train, val or test")
        indices: Tensor = getattr(self, split)
        chosen_NCHW = self.images_NCHW[indices[:count]]
        found: NDArray[numpy.uint8] = chosen_NCHW.permute(0, 2, 3, 1).contiguous().numpy()
        return found

    def __repr__(self) -> str:
        _, channels, height, width = self.images_NCHW.shape
        counts = ", ".join(f"{count:,} {split}" for split, count in self.splits.items())
        return f"Pictures({self.source!r}, {channels}×{height}×{width}: {counts})"

    @property
    def splits(self) -> dict[str, int]:
        """Number of pictures in each split."""
        return {"train": len(self.train), "val": len(self.val), "test": len(self.test)}
