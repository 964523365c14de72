"""Reconstruction: give back the picture that was fed."""

from __future__ import annotations

from archsearch.config import Reconstruct
from archsearch.tasks.bases import PictureTask
from archsearch.tasks.task import TaskContext

__all__ = ["make"]


def make(settings: Reconstruct, context: TaskContext) -> PictureTask:
    """Give the task: x → x, C channels to C channels."""
    return PictureTask(criterion=context.loss, standardize=context.standardize)
