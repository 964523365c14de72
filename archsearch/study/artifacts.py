"""Pictures of reconstructions, in Optuna's artifact store."""

from __future__ import annotations

import tempfile
from pathlib import Path

from archsearch.study.opened import OpenStudy

__all__ = ["store_pictures"]


def store_pictures(study: OpenStudy, trial_id: int, seed: int, png: bytes) -> str | None:
    """Keep a PNG with a trial, where optuna-dashboard and the report find it.

    Returns:
        The artifact's id; None where the folder can't be written: a picture
        less is no reason to lose a training.
    """
    from optuna.artifacts import FileSystemArtifactStore, upload_artifact
    from optuna.exceptions import UpdateFinishedTrialError

    try:
        study.artifacts.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"seed-{seed}.png"
            file.write_bytes(png)
            return upload_artifact(
                artifact_store=FileSystemArtifactStore(study.artifacts),
                file_path=str(file),
                study_or_trial=study.storage.get_trial(trial_id),
                storage=study.storage,
                mimetype="image/png",
            )
    except (OSError, UpdateFinishedTrialError):
        return None
