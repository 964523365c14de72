"""What each task feeds a net and wants back, in channels."""

from __future__ import annotations

from archsearch.errors import InputError
from archsearch.spec import TaskChannels

__all__ = ["TASK_NAMES", "task_channels"]

TASK_NAMES = ("reconstruct",)


def task_channels(task: str, picture_channels: int) -> TaskChannels:
    """Channels of ``task`` on pictures with ``picture_channels``.

    Raises:
        InputError: there is no such task.

    Example:
        >>> task_channels("reconstruct", 3)
        TaskChannels(task='reconstruct', feeds=3, wants=3)
    """
    if task not in TASK_NAMES:
        raise InputError(
            f"there is no task `{task}`", help="the tasks are: " + ", ".join(TASK_NAMES)
        )
    return TaskChannels(task, picture_channels, picture_channels)
