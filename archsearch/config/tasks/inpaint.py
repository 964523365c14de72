"""Inpainting: the whole picture, from one with a masked square."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from archsearch.config.conflict import Conflict
from archsearch.config.settings import TrainSettings
from archsearch.config.tasks.kind import TaskKind, TaskWords
from archsearch.config.tasks.settings import TaskSettings

__all__ = ["INPAINT", "Inpaint"]


class Inpaint(TaskSettings):
    """The picture, from itself with a square set to 0."""

    name: Literal["inpaint"] = "inpaint"
    size: Annotated[
        int, Field(ge=1, le=4096, description="Side of the masked square, in pixels.")
    ] = 12

    def conflicts(
        self, train: TrainSettings, height: int | None, width: int | None
    ) -> Iterator[Conflict]:
        """A mask that is as large as the picture, or larger than one of its sides."""
        sides = [side for side in (height, width) if side is not None]
        if not sides or self.size < min(sides):
            return
        mask = f"a mask of {self.size}×{self.size}"
        yield Conflict(
            ("task", "inpaint", "size"),
            f"{mask} covers pictures of {height}×{width} completely"
            if self.size >= max(sides)
            else f"{mask} doesn't fit into pictures of {height}×{width}",
            f"use `task.size` of at most {min(sides) - 1}",
        )


INPAINT = TaskKind(
    settings=Inpaint,
    make="archsearch.tasks.inpaint:make",
    changes_input=("size",),
    baselines=("linear", "untouched"),
    keeps="unmasked",
    words=TaskWords(shown="masked"),
)
