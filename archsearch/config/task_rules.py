"""What task, recipe and model allow each other."""

from __future__ import annotations

from collections.abc import Iterator

from archsearch.config.search_rules import Conflict
from archsearch.config.settings import TrainSettings
from archsearch.config.task_settings import ColorizeBins, Inpaint, TaskSettings
from archsearch.errors import InputError

__all__ = ["check_task", "task_conflicts"]


def task_conflicts(
    task: TaskSettings, train: TrainSettings, height: int | None = None, width: int | None = None
) -> Iterator[Conflict]:
    """Everything about a task that can't be, each once.

    Args:
        task: what the net is to learn.
        train: how.
        height: of the pictures, if it is known.
        width: of the pictures, if it is known.

    Example:
        >>> [found.message for found in task_conflicts(Inpaint(size=40), TrainSettings(), 32, 32)]
        ['a mask of 40×40 covers pictures of 32×32 completely']
    """
    if isinstance(task, ColorizeBins) and train.loss != "mse":
        yield Conflict(
            ("train", "loss"),
            f"colorize-bins doesn't use `train.loss: {train.loss}`",
            "leave train.loss out: colorize-bins minimizes the cross-entropy of its classes",
        )
    sides = [side for side in (height, width) if side is not None]
    if isinstance(task, Inpaint) and sides and task.size >= min(sides):
        yield Conflict(
            ("task", "inpaint", "size"),
            f"a mask of {task.size}×{task.size} covers pictures of {height}×{width} completely"
            if task.size >= max(sides)
            else f"a mask of {task.size}×{task.size} doesn't fit into pictures of {height}×{width}",
            f"use `task.size` of at most {min(sides) - 1}",
        )


def check_task(task: TaskSettings, train: TrainSettings, height: int, width: int) -> None:
    """Refuse a task that doesn't go with recipe or pictures.

    Raises:
        InputError: naming the first conflict.
    """
    for conflict in task_conflicts(task, train, height, width):
        raise InputError(conflict.message, help=conflict.help)
