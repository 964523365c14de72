"""Pictures of reconstructions, in an Optuna artifact store that all workers can reach."""

from __future__ import annotations

import io
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from archsearch.files import write_errors
from archsearch.study.store.opened import OpenStudy

if TYPE_CHECKING:
    from archsearch.study.store.whole_artifacts import WholeArtifacts

__all__ = ["leave_probe", "store_pictures", "unreachable"]

PROBE = "archsearch:probe"
"""Attribute of Optuna's study: an artifact that every worker must be able to read."""


def leave_probe(study: OpenStudy) -> None:
    """Put an artifact there that tells whether another host sees the same folder, if none is."""
    if PROBE in study.storage.get_study_user_attrs(study.study_id):
        return
    name = f"probe-{uuid4().hex}"
    try:
        store = _store(study)
        store.write(name, io.BytesIO(study.settings.name.encode()))
    except OSError:
        return  # the workers will say so
    try:
        study.set_attributes({PROBE: name})
    except BaseException:  # nobody would know of it
        store.remove(name)
        raise


def unreachable(study: OpenStudy) -> str:
    """Why pictures can't be kept from here, or "": tried by writing and reading."""
    from optuna.artifacts.exceptions import ArtifactNotFound

    name, text = f"probe-{uuid4().hex}", b"probe"
    left = study.storage.get_study_user_attrs(study.study_id).get(PROBE)
    try:
        store = _store(study)
        store.write(name, io.BytesIO(text))
        with store.open_reader(name) as mine:
            found = mine.read()
        store.remove(name)
        if found != text:
            return _said(study, "a file that was written there can't be read back")
        if isinstance(left, str):
            with store.open_reader(left) as theirs:
                theirs.read()
    except ArtifactNotFound:
        return _said(study, "it isn't the folder that the study was made with")
    except OSError as error:
        return _said(study, error.strerror or str(error))
    return ""


def store_pictures(study: OpenStudy, trial_id: int, seed: int, png: bytes) -> str | None:
    """Keep a PNG with a trial, where optuna-dashboard and the report find it.

    Returns:
        The artifact's id; None where another attempt ended the trial.

    Raises:
        WriteError: the folder can't be written, or the one for temporary files.
    """
    from optuna.artifacts import upload_artifact
    from optuna.exceptions import UpdateFinishedTrialError

    try:
        with (
            _as_file(png, f"seed-{seed}.png") as file,
            write_errors(study.artifacts, size=len(png)),
        ):
            return upload_artifact(
                artifact_store=_store(study),
                file_path=str(file),
                study_or_trial=study.storage.get_trial(trial_id),
                storage=study.storage,
                mimetype="image/png",
            )
    except UpdateFinishedTrialError:
        return None


@contextmanager
def _as_file(png: bytes, name: str) -> Iterator[Path]:
    """A temporary file, since Optuna takes no bytes; its disk may be another than the store's."""
    temporary = write_errors(Path(tempfile.gettempdir()), size=len(png))
    with temporary, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(png)
        yield path


def _store(study: OpenStudy) -> WholeArtifacts:
    from archsearch.study.store.whole_artifacts import WholeArtifacts

    study.artifacts.mkdir(parents=True, exist_ok=True)
    return WholeArtifacts(study.artifacts)


def _said(study: OpenStudy, reason: str) -> str:
    return (
        f"{socket.gethostname()} stores no pictures: {study.artifacts}: {reason}; "
        "--artifacts PATH names a folder that all hosts share"
    )
