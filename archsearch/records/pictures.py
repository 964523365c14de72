"""Which test pictures a run keeps, and fetching a trial's from where the study keeps them."""

from __future__ import annotations

from pathlib import Path

from archsearch.records.run_files import checksum
from archsearch.records.studies import SeedRecord, StudyRecord

__all__ = ["FIRST", "OF_EACH", "pictures_damaged", "read_pictures"]

FIRST = 8
"""First test pictures that a run keeps to be looked at; the same for every net."""

OF_EACH = 3
"""Of the best, of the middling and of the worst colored test pictures, as many are kept, too."""


def read_pictures(study: StudyRecord, seed: SeedRecord) -> bytes | None:
    """The seed's PNG (row 0 originals, row 1 reconstructions).

    None where it is out of reach, or isn't what was stored.
    """
    stored = _stored(study, seed)
    return None if stored is None or _differs(stored, seed) else stored


def pictures_damaged(study: StudyRecord, seed: SeedRecord) -> bool:
    """Whether the seed's PNG is there, and isn't what was stored."""
    stored = _stored(study, seed)
    return stored is not None and _differs(stored, seed)


def _differs(stored: bytes, seed: SeedRecord) -> bool:
    """Records of older versions have no checksum to tell it by."""
    return seed.pictures_sha256 is not None and checksum(stored) != seed.pictures_sha256


def _stored(study: StudyRecord, seed: SeedRecord) -> bytes | None:
    if study.artifacts is None or seed.pictures is None:
        return None
    from optuna.artifacts import FileSystemArtifactStore
    from optuna.artifacts.exceptions import ArtifactNotFound

    try:
        if not (Path(study.artifacts) / seed.pictures).is_file():
            return None  # nor is a device read, which a damaged database may name
        with FileSystemArtifactStore(Path(study.artifacts)).open_reader(seed.pictures) as stored:
            return stored.read()
    except (ArtifactNotFound, OSError, ValueError):
        return None
