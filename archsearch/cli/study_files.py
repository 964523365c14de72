"""A study as commands name it: by its file, or by its name in the storage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archsearch.config import StudyFile

__all__ = ["STORAGE", "find_study", "is_study_file"]

STORAGE = "sqlite:///runs/studies.db"


def find_study(study: str, storage: str) -> StudyFile:
    """A study file by its path, or a study by its name in the storage."""
    from archsearch.config import load_study
    from archsearch.study.stored import stored_study

    if is_study_file(study):
        return load_study(Path(study))
    return stored_study(storage, study)


def is_study_file(study: str) -> bool:
    """Whether STUDY is a file rather than a name."""
    return Path(study).suffix in {".yaml", ".yml"} or Path(study).is_file()
