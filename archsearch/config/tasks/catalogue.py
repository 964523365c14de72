"""All tasks there are."""

from __future__ import annotations

from archsearch.config.tasks.colorize import COLORIZE
from archsearch.config.tasks.colorize_bins import COLORIZE_BINS
from archsearch.config.tasks.colorize_chroma import COLORIZE_CHROMA
from archsearch.config.tasks.deblur import DEBLUR
from archsearch.config.tasks.denoise import DENOISE
from archsearch.config.tasks.inpaint import INPAINT
from archsearch.config.tasks.kind import TaskKind, TaskWords
from archsearch.config.tasks.reconstruct import RECONSTRUCT, Reconstruct
from archsearch.config.tasks.settings import TaskSettings
from archsearch.extensions import Catalogue

__all__ = ["DEFAULT_TASK", "TASKS", "words_of"]

TASKS: Catalogue[TaskKind] = Catalogue(
    TaskKind,
    "task",
    (RECONSTRUCT, DENOISE, DEBLUR, INPAINT, COLORIZE, COLORIZE_CHROMA, COLORIZE_BINS),
)
"""By name, in the order of their listing."""

DEFAULT_TASK: TaskSettings = Reconstruct.at_defaults()
"""The task where none is named."""


def words_of(task: str) -> TaskWords:
    """How people read of a task, be it one that isn't installed here.

    Example:
        >>> words_of("denoise").shown
        'noisy'
    """
    return TASKS[task].words if task in TASKS else TaskWords()
