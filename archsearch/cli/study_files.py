"""A study as commands name it: by its file, or by its name in the storage."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from archsearch.config import StudyFile

__all__ = ["STORAGE", "Storage", "find_study", "named_storages", "study_name"]

STORAGE = "sqlite:///runs/studies.db"

_VARIABLE = "ARCHSEARCH_STORAGE"

Storage = Annotated[
    str,
    typer.Option(metavar="URL", envvar=_VARIABLE, help="Database of the studies."),
]
"""The option of every command that finds studies by their names."""


def find_study(study: str, storage: str) -> StudyFile:
    """A study file by its path, or a study by its name in the storage."""
    from archsearch.config import load_study
    from archsearch.study.store.stored import stored_study

    if _is_file(study):
        return load_study(Path(study))
    return stored_study(storage, study)


def _is_file(study: str) -> bool:
    """Whether STUDY is a file rather than a name."""
    return Path(study).suffix in {".yaml", ".yml"} or Path(study).is_file()


def study_name(study: str) -> str:
    """The name of a study; a file is read for it."""
    from archsearch.config import load_study

    return load_study(Path(study)).settings.name if _is_file(study) else study


def named_storages(words: Sequence[str]) -> list[str]:
    """Every storage that a command's words or the environment name."""
    from archsearch.records.storage_secrets import storages_in

    given = os.environ.get(_VARIABLE)
    return [*storages_in(words), *([given] if given else [])]
