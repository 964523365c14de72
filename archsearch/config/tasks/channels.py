"""The channels of each task's input and target."""

from __future__ import annotations

from archsearch.config.tasks.reading import kind_of, read_task
from archsearch.config.tasks.settings import TaskSettings
from archsearch.errors import InputError
from archsearch.printable import count
from archsearch.spec import ModelPlan, TaskChannels

__all__ = ["COLOR", "GRAY", "needs_rgb", "pictures_fed", "pictures_of", "task_channels"]

GRAY, COLOR = 1, 3


def needs_rgb(task: str | TaskSettings) -> bool:
    """Whether ``task`` is learned from color pictures only.

    Raises:
        InputError: there is no such task.
    """
    return kind_of(task).pictures == "RGB"


def pictures_of(plan: ModelPlan, task: str | TaskSettings) -> int:
    """Channels of the pictures that train ``plan`` for ``task``."""
    return pictures_fed(task, plan.input.channels)


def pictures_fed(task: str | TaskSettings, channels: int) -> int:
    """Channels of the pictures of which ``task`` feeds ``channels``."""
    if needs_rgb(task):
        return COLOR
    feeds = read_task(task).feeds
    return next((one for one in (GRAY, COLOR) if feeds(one) == channels), channels)


def task_channels(task: str | TaskSettings, picture_channels: int) -> TaskChannels:
    """Channels of ``task`` on pictures with ``picture_channels``.

    Raises:
        InputError: there is no such task, or it needs color pictures.

    Example:
        >>> task_channels("reconstruct", 3)
        TaskChannels(task='reconstruct', feeds=3, wants=3)
        >>> task_channels("colorize-chroma", 3)
        TaskChannels(task='colorize-chroma', feeds=1, wants=2)
    """
    chosen = read_task(task)
    if needs_rgb(chosen) and picture_channels != COLOR:
        raise InputError(
            f"`{chosen.name}` learns from color pictures, and these have "
            f"{count(picture_channels, 'channel')}",
            help="take pictures in RGB (`archsearch data list` names sources), "
            "or another task, such as denoise",
        )
    feeds, wants = chosen.feeds(picture_channels), chosen.wants(picture_channels)
    return TaskChannels(chosen.name, feeds, wants)
