"""Which test pictures a run keeps, and fetching a trial's from where the study keeps them."""

from __future__ import annotations

from pathlib import Path

from archsearch.records.studies import SeedRecord, StudyRecord

__all__ = ["FIRST", "OF_EACH", "read_pictures"]

FIRST = 8
"""First test pictures that a run keeps to be looked at; the same for every net."""

OF_EACH = 3
"""Of the best, of the middling and of the worst colored test pictures, as many are kept, too."""


def read_pictures(study: StudyRecord, seed: SeedRecord) -> bytes | None:
    """The seed's PNG (row 0 originals, row 1 reconstructions), or None if out of reach."""
    if study.artifacts is None or seed.pictures is None:
        return None
    from optuna.artifacts import FileSystemArtifactStore
    from optuna.artifacts.exceptions import ArtifactNotFound

    try:
        with FileSystemArtifactStore(Path(study.artifacts)).open_reader(seed.pictures) as stored:
            return stored.read()
    except (ArtifactNotFound, OSError, ValueError):
        return None
