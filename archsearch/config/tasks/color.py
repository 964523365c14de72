"""What all tasks that predict colors from the luminance have in common."""

from __future__ import annotations

from archsearch.config.tasks.kind import OwnLoss, TaskKind, TaskWords
from archsearch.config.tasks.settings import TaskSettings
from archsearch.extensions import Reference

__all__ = ["ColorSettings", "color_task"]


class ColorSettings(TaskSettings):
    """Base of the settings of tasks that see the luminance alone."""

    def feeds(self, channels: int) -> int:
        """The luminance."""
        return 1


def color_task(
    settings: type[ColorSettings],
    make: Reference,
    words: TaskWords | None = None,
    loss: OwnLoss | None = None,
) -> TaskKind:
    """Give the descriptor of a task that sees the luminance of RGB pictures and colors it.

    The errors of all such tasks compare: they are shown the same, and asked for the same.
    """
    return TaskKind(
        settings=settings,
        make=make,
        pictures="RGB",
        asks="colors",
        shows="luminance",
        fed_statistics="archsearch.tasks.standardize:of_luminance",
        loss=loss,
        baselines=("linear", "gray_copy", "mean_chroma"),
        scores_colors=True,
        keeps="luminance",
        words=words or TaskWords(shown="gray"),
    )
