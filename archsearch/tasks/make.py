"""From settings to a task."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from archsearch.config import (
    Colorize as ColorizeSettings,
)
from archsearch.config import (
    ColorizeBins as ColorizeBinsSettings,
)
from archsearch.config import (
    ColorizeChroma as ColorizeChromaSettings,
)
from archsearch.config import (
    Denoise as DenoiseSettings,
)
from archsearch.config import (
    Inpaint as InpaintSettings,
)
from archsearch.config import (
    Reconstruct as ReconstructSettings,
)
from archsearch.config import (
    RunSettings,
    needs_color,
)
from archsearch.config.chroma_bins import bin_centers
from archsearch.spec.plan.model import ModelPlan
from archsearch.tasks.chroma_bins import ChromaClasses, chroma_counts, class_weights
from archsearch.tasks.colorize import Colorize
from archsearch.tasks.colorize_bins import ColorizeBins
from archsearch.tasks.colorize_chroma import ColorizeChroma
from archsearch.tasks.denoise import Denoise
from archsearch.tasks.inpaint import Inpaint
from archsearch.tasks.losses import ends_in, make_loss
from archsearch.tasks.pictures import PictureSet
from archsearch.tasks.reconstruct import Reconstruct
from archsearch.tasks.standardize import Standardize
from archsearch.tasks.task import Task

__all__ = ["make_task", "make_task_for_apply", "plain_task"]


def make_task(
    plan: ModelPlan,
    settings: RunSettings,
    pictures: PictureSet,
    device: torch.device | str = "cpu",
) -> Task:
    """Give the task that ``settings.task`` names, ready to train and to measure.

    Args:
        plan: the net that is to learn it.
        settings: task, loss, and whether the net's input is standardized.
        pictures: whose training split gives mean, std and class weights.
        device: that trains; what the task looks up in a step lies there.

    Raises:
        InputError: the pictures have nothing to learn the task from.
    """
    shift = None
    if settings.data.standardize:
        gray = needs_color(settings.task)
        shift = Standardize.of_luminance(pictures) if gray else Standardize.of(pictures)
    task, from_sigmoid = settings.task, ends_in(plan) == "sigmoid"
    if isinstance(task, ColorizeBinsSettings):
        classes = ChromaClasses.of(bin_centers(task.grid), device=device)
        weights_K = _weights(task, pictures, device)
        return ColorizeBins(classes, task.temperature, weights_K, from_sigmoid, shift)
    return plain_task(settings, shift, from_sigmoid)


def make_task_for_apply(
    plan: ModelPlan, settings: RunSettings, mean: Sequence[float], std: Sequence[float]
) -> Task:
    """Give the task of a finished run, for pictures of one's own: no training data is needed.

    Its ``prepare`` gives the net's input, without noise or masks of its own, and
    :func:`~archsearch.tasks.predict` turns the output into pictures.

    Args:
        plan: the trained net.
        settings: the run's.
        mean: what the net's input was shifted by (``RunResult.fed_mean``); not
            looked at unless ``data.standardize`` is set.
        std: what it was divided by (``RunResult.fed_std``).
    """
    shift = Standardize(tuple(mean), tuple(std)) if settings.data.standardize else None
    return plain_task(settings, shift, ends_in(plan) == "sigmoid")


def plain_task(
    settings: RunSettings, shift: Standardize | None = None, from_sigmoid: bool = False
) -> Task:
    """Give the task without what only training needs: the classes near a color, their weights."""
    loss = make_loss(settings.train)
    match settings.task:
        case ReconstructSettings():
            return Reconstruct(loss, shift)
        case DenoiseSettings(sigma=sigma):
            return Denoise(sigma, loss, shift)
        case InpaintSettings(size=size):
            return Inpaint(size, loss, shift)
        case ColorizeSettings(keep_luminance=keep):
            return Colorize(loss, keep, shift)
        case ColorizeChromaSettings():
            return ColorizeChroma(loss, shift)
        case ColorizeBinsSettings(grid=grid, temperature=temperature):
            classes = ChromaClasses.of(bin_centers(grid), near=0)
            return ColorizeBins(classes, temperature, None, from_sigmoid, shift)


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
