"""Denoising: the picture without the noise that was added to it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from archsearch.config.tasks.kind import TaskKind, TaskWords
from archsearch.config.tasks.settings import TaskSettings

__all__ = ["DENOISE", "Denoise"]


class Denoise(TaskSettings):
    """The picture, from itself with Gaussian noise."""

    name: Literal["denoise"] = "denoise"
    sigma: Annotated[
        float,
        Field(ge=0, le=10, description="Standard deviation of the noise; pictures are in [0, 1]."),
    ] = 0.1


DENOISE = TaskKind(
    settings=Denoise,
    make="archsearch.tasks.denoise:make",
    changes_input=("sigma",),
    baselines=("linear", "untouched"),
    words=TaskWords(shown="noisy"),
)
