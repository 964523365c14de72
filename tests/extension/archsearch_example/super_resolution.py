"""A task: super-resolution, ×2 unless the study says otherwise.

The net is fed what is left of a picture that was shrunk by averaging and enlarged again, as
SRCNN is (Dong et al. 2014, arXiv 1501.00092), and should give the picture back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from archsearch.config import Conflict, TaskKind, TaskSettings, TaskWords, TrainSettings

__all__ = ["SUPER_RESOLUTION", "SuperResolution"]


class SuperResolution(TaskSettings):
    """The picture, from itself shrunk by averaging and enlarged again."""

    name: Literal["super-resolution"] = "super-resolution"
    factor: Annotated[int, Field(ge=2, le=8, description="Rows and columns averaged to one.")] = 2

    def conflicts(
        self, train: TrainSettings, height: int | None, width: int | None
    ) -> Iterator[Conflict]:
        """Refuse pictures that the factor doesn't divide."""
        for size in (height, width):
            if size is not None and size % self.factor:
                yield Conflict(
                    ("task", "super-resolution", "factor"),
                    f"super-resolution can't shrink {size} pixels by {self.factor}",
                    "use a factor that divides height and width",
                )
                return


SUPER_RESOLUTION = TaskKind(
    settings=SuperResolution,
    make="archsearch_example.tensors:super_resolution",
    changes_input=("factor",),
    baselines=("linear", "untouched"),
    words=TaskWords(shown="low resolution"),
)
