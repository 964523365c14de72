"""Deblurring: the picture from a blurred one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from archsearch.config.tasks.kind import TaskKind, TaskWords
from archsearch.config.tasks.settings import TaskSettings

__all__ = ["DEBLUR", "Deblur"]


class Deblur(TaskSettings):
    """The picture, from itself blurred by a Gaussian."""

    name: Literal["deblur"] = "deblur"
    sigma: Annotated[
        float, Field(gt=0, le=16, description="Standard deviation of the Gaussian, in pixels.")
    ] = 1.0


DEBLUR = TaskKind(
    settings=Deblur,
    make="archsearch.tasks.deblur:make",
    changes_input=("sigma",),
    baselines=("linear", "untouched"),
    words=TaskWords(shown="blurred"),
)
