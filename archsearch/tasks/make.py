"""From settings to a task."""

from __future__ import annotations

from archsearch.config.settings import TaskSettings, TrainSettings
from archsearch.tasks.losses import make_loss
from archsearch.tasks.pictures import PictureSet
from archsearch.tasks.reconstruct import Reconstruct
from archsearch.tasks.standardize import Standardize
from archsearch.tasks.task import Task

__all__ = ["make_task"]


def make_task(
    settings: TaskSettings, train: TrainSettings, pictures: PictureSet, *, standardize: bool
) -> Task:
    """Give the task that ``settings`` names.

    Args:
        settings: which task.
        train: whose loss the task computes.
        pictures: where mean and std of the training split come from.
        standardize: feed the net (x − mean)/std (``DataSettings.standardize``);
            without a default, so that the setting can't be forgotten.
    """
    match settings.name:
        case "reconstruct":
            shift = Standardize.of(pictures) if standardize else None
            return Reconstruct(make_loss(train), shift)
