"""Colorization as classification: classes of quantized chroma from the luminance.

After Zhang, Isola and Efros 2016 (arXiv 1603.08511): rare colors weigh more, and
the classes' annealed mean is the chroma that is merged with the luminance.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from archsearch.config import ColorizeBins as ColorizeBinsSettings
from archsearch.config.tasks.chroma_bins import bin_centers
from archsearch.tasks.bases import LuminanceTask
from archsearch.tasks.color.chroma_bins import (
    SOFT,
    ChromaClasses,
    annealed_mean,
    bins_loss,
    chroma_counts,
    class_weights,
    encode_soft,
)
from archsearch.tasks.color.space import chroma, luminance, merge
from archsearch.tasks.pictures import PictureSet
from archsearch.tasks.task import TaskContext

__all__ = ["ColorizeBins", "make"]

NEAREST_TO_ONE = 1e-7


@dataclass(frozen=True, kw_only=True)
class ColorizeBins(LuminanceTask):
    """Y → a score for each class of chroma, 1 channel to K.

    Attributes:
        classes: of chroma, on the device that trains; without those near each place where
            nothing is trained.
        temperature: of the annealed mean.
        weights_K: of the classes in the loss, on that device, or None: all alike.
        from_sigmoid: the net ends in a sigmoid; its scores are then what went
            into that, so that a spec with a sigmoid serves this task, too.
    """

    classes: ChromaClasses
    temperature: float
    weights_K: Tensor | None = None  # noqa: N815 - axes in the name
    from_sigmoid: bool = False

    def loss(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Give the weighted cross-entropy to the soft classes, in nats a pixel."""
        logits_NKHW = self._logits(output)
        indices, weights = encode_soft(chroma(images_NCHW), self.classes)
        of_classes_K = self.weights_K
        if of_classes_K is None:
            of_classes_K = torch.ones(len(self.classes.places_K2), device=output.device)
        return bins_loss(logits_NKHW, indices, weights, of_classes_K)

    def unclipped(self, output: Tensor, images_NCHW: Tensor) -> Tensor:
        """Merge the classes' annealed mean with the luminance."""
        chroma_N2HW = annealed_mean(self._logits(output), self.classes, self.temperature)
        return merge(luminance(images_NCHW), chroma_N2HW)

    def _logits(self, output: Tensor) -> Tensor:
        return torch.logit(output, NEAREST_TO_ONE) if self.from_sigmoid else output


def make(settings: ColorizeBinsSettings, context: TaskContext) -> ColorizeBins:
    """Give the task; without pictures it can't be trained, only predict.

    Raises:
        InputError: the pictures have no colors to learn from.
    """
    near, weights_K = 0, None
    if context.pictures is not None:
        near, weights_K = SOFT, _weights(settings, context.pictures, context.device)
    return ColorizeBins(
        classes=ChromaClasses.of(bin_centers(settings.grid), near, context.device),
        temperature=settings.temperature,
        weights_K=weights_K,
        from_sigmoid=context.last_activation == "sigmoid",
        standardize=context.standardize,
    )


def _weights(
    task: ColorizeBinsSettings, pictures: PictureSet, device: torch.device | str
) -> Tensor | None:
    """The classes' weights in the loss; None where all are alike."""
    if task.rebalance == 0:
        return None
    counts_K = torch.from_numpy(_counts(_Counted(pictures), task.grid))
    weights_K = class_weights(counts_K, bin_centers(task.grid), lam=1 - task.rebalance)
    return weights_K.float().to(device)


class _Counted:
    """Equal for equal pictures, whichever object holds them."""

    def __init__(self, pictures: PictureSet) -> None:
        self.pictures = pictures

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Counted) and (
            self.pictures.fingerprint == other.pictures.fingerprint
        )

    def __hash__(self) -> int:
        return hash(self.pictures.fingerprint)


@lru_cache(maxsize=4)
def _counts(counted: _Counted, grid: int) -> NDArray[numpy.int64]:
    """Counted once for all trainings of a process: it takes seconds."""
    counts: NDArray[numpy.int64] = chroma_counts(counted.pictures, bin_centers(grid)).numpy()
    return counts
