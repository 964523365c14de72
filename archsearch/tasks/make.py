"""From settings to a task."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

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
from archsearch.spec.plan import ModelPlan
from archsearch.tasks.chroma_bins import chroma_counts, class_weights
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


def make_task(plan: ModelPlan, settings: RunSettings, pictures: PictureSet) -> Task:
    """Give the task that ``settings.task`` names, ready to train and to measure.

    Args:
        plan: the net that is to learn it.
        settings: task, loss, and whether the net's input is standardized.
        pictures: whose training split gives mean, std and class weights.

    Raises:
        InputError: the pictures have nothing to learn the task from.
    """
    shift = None
    if settings.data.standardize:
        gray = needs_color(settings.task)
        shift = Standardize.of_luminance(pictures) if gray else Standardize.of(pictures)
    return plain_task(settings, shift, _weights(settings, pictures), ends_in(plan) == "sigmoid")


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
    return plain_task(settings, shift, None, ends_in(plan) == "sigmoid")


def plain_task(
    settings: RunSettings,
    shift: Standardize | None = None,
    weights_K: Tensor | None = None,
    from_sigmoid: bool = False,
) -> Task:
    """Give the task with what training would know left out, unless it is given."""
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
            return ColorizeBins(bin_centers(grid), temperature, weights_K, from_sigmoid, shift)


def _weights(settings: RunSettings, pictures: PictureSet) -> Tensor | None:
    """The classes' weights in the loss, on the pictures' device; None where all are alike."""
    task = settings.task
    if not isinstance(task, ColorizeBinsSettings) or task.rebalance == 0:
        return None
    counts_K = _counts(_Counted(pictures), task.grid)
    weights_K = class_weights(counts_K, bin_centers(task.grid), lam=1 - task.rebalance)
    return weights_K.float().to(pictures.images_NCHW.device)


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
def _counts(counted: _Counted, grid: int) -> Tensor:
    """Counted once for all trainings of a process: it takes seconds."""
    return chroma_counts(counted.pictures, bin_centers(grid))
