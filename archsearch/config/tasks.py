"""The channels of each task's input and target."""

from __future__ import annotations

from archsearch.config.chroma_bins import bin_centers
from archsearch.config.task_settings import (
    COLOR_TASKS,
    TASK_NAMES,
    ColorizeBins,
    ColorizeChroma,
    TaskSettings,
    read_task,
)
from archsearch.errors import InputError
from archsearch.spec import ModelPlan, TaskChannels

__all__ = ["COLOR", "TASK_NAMES", "needs_color", "pictures_of", "task_channels"]

COLOR = 3


def needs_color(task: str | TaskSettings) -> bool:
    """Whether ``task`` is learned from color pictures only."""
    return (task if isinstance(task, str) else task.name) in COLOR_TASKS


def pictures_of(plan: ModelPlan, task: str | TaskSettings) -> int:
    """Channels of the pictures that train ``plan`` for ``task``."""
    return COLOR if needs_color(task) else plan.input.channels


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
    if not needs_color(chosen):
        return TaskChannels(chosen.name, picture_channels, picture_channels)
    if picture_channels != COLOR:
        raise InputError(
            f"`{chosen.name}` learns from color pictures, and these have "
            f"{picture_channels} channel{'s' if picture_channels > 1 else ''}",
            help="take pictures in RGB (`archsearch data list` names sources), "
            "or another task, such as denoise",
        )
    wants = COLOR
    if isinstance(chosen, ColorizeChroma):
        wants = 2
    elif isinstance(chosen, ColorizeBins):
        wants = len(bin_centers(chosen.grid))
    return TaskChannels(chosen.name, 1, wants)
