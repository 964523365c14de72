"""Reconstruction: the picture from itself, through the latent."""

from __future__ import annotations

from typing import Literal

from archsearch.config.tasks.kind import TaskKind, TaskWords
from archsearch.config.tasks.settings import TaskSettings

__all__ = ["RECONSTRUCT", "Reconstruct"]


class Reconstruct(TaskSettings):
    """The picture itself."""

    name: Literal["reconstruct"] = "reconstruct"


RECONSTRUCT = TaskKind(
    settings=Reconstruct,
    make="archsearch.tasks.reconstruct:make",
    baselines=("pca", "pca_bottleneck", "patch_pca"),
    words=TaskWords(shown=None, predicted="reconstruction"),
)
