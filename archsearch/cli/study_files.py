"""A study as commands name it: by its file, or by its name in the storage."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archsearch.cli.defaults import BUILT_IN, STORAGE_VARIABLE, chosen_storage, with_defaults
from archsearch.errors import InputError

if TYPE_CHECKING:
    from archsearch.config import StudyFile

__all__ = ["Storage", "find_study", "named_storages", "study_name"]

Storage = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        envvar=STORAGE_VARIABLE,
        help=f"Database of the studies.  [default: {BUILT_IN['storage']}]",
    ),
]
"""The option of every command that finds studies by their names."""


def find_study(study: str, storage: str) -> StudyFile:
    """A study file by its path, defaults in what it leaves open; or a study by its name."""
    from archsearch.config import load_study
    from archsearch.study.store.stored import stored_study

    if _is_file(study):
        return with_defaults(load_study(Path(study)))
    return stored_study(storage, study)


def _is_file(study: str) -> bool:
    """Whether STUDY is a file rather than a name."""
    return Path(study).suffix in {".yaml", ".yml"} or Path(study).is_file()


def study_name(study: str) -> str:
    """The name of a study; a file is read for it."""
    from archsearch.config import load_study

    return load_study(Path(study)).settings.name if _is_file(study) else study


def named_storages(words: Sequence[str]) -> list[str]:
    """Every storage that a command's words, the environment or a file of defaults names."""
    from archsearch.records.storage_secrets import storages_in

    given = os.environ.get(STORAGE_VARIABLE)
    return [*storages_in(words), *([given] if given else []), *_of_files()]


def _of_files() -> list[str]:
    try:
        return [chosen_storage(None)]
    except InputError:
        return []  # the files are what is wrong
