"""Optuna's folder of artifacts, without pieces of what a full disk didn't take."""

from __future__ import annotations

from contextlib import suppress
from typing import BinaryIO

from optuna.artifacts import FileSystemArtifactStore
from optuna.artifacts.exceptions import ArtifactNotFound

__all__ = ["WholeArtifacts"]


class WholeArtifacts(FileSystemArtifactStore):
    """Artifacts as files of a folder; one that can't be written whole isn't there."""

    def write(self, artifact_id: str, content_body: BinaryIO) -> None:
        """Write an artifact.

        Raises:
            OSError: the disk is full, or the like.
        """
        try:
            super().write(artifact_id, content_body)
        except OSError:
            with suppress(ArtifactNotFound, OSError):
                self.remove(artifact_id)
            raise
