"""What task, recipe and model allow each other."""

from __future__ import annotations

from collections.abc import Iterator

from archsearch.config.conflict import Conflict
from archsearch.config.settings import TrainSettings
from archsearch.config.tasks.reading import kind_of
from archsearch.config.tasks.settings import TaskSettings
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
        >>> from archsearch.config import Inpaint, TrainSettings
        >>> [found.message for found in task_conflicts(Inpaint(size=40), TrainSettings(), 32, 32)]
        ['a mask of 40×40 covers pictures of 32×32 completely']
    """
    own = kind_of(task).loss
    if own is not None and train.loss != type(train).model_fields["loss"].default:
        yield Conflict(
            ("train", "loss"),
            f"{task.name} doesn't use `train.loss: {train.loss}`",
            f"leave train.loss out: {task.name} minimizes {own.doc}",
        )
    yield from task.conflicts(train, height, width)


def check_task(task: TaskSettings, train: TrainSettings, height: int, width: int) -> None:
    """Refuse a task that can't be combined with recipe or pictures.

    Raises:
        InputError: naming the first conflict.
    """
    for conflict in task_conflicts(task, train, height, width):
        raise InputError(conflict.message, help=conflict.help)
