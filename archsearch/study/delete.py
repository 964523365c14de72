"""Removing a study from its storage, with the pictures that belong to it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, delete, text

from archsearch.errors import InputError, UnreadableError
from archsearch.records.database import opened, study_ids
from archsearch.records.layout import HEADER, HEARTBEAT_TIMEOUT_SECONDS, read_header
from archsearch.records.storage_secrets import masked
from archsearch.study.store.artifacts import PROBE
from archsearch.study.store.held import HeldClaims
from archsearch.study.store.schema import claims_table, studies_table, trials_table
from archsearch.study.store.storage import artifact_folder, open_engine

if TYPE_CHECKING:
    from optuna.storages import RDBStorage

__all__ = ["count_trials", "delete_study"]

_ARTIFACT = "artifacts:"
"""What the names of Optuna's attributes begin with that say what an artifact is."""

_MADE_BY_US = re.compile(r"probe-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Names of our probes and Optuna's artifacts: who wrote into the database could name any file."""


def count_trials(storage: str, name: str) -> int:
    """How many trials would be lost, whatever state they are in.

    Raises:
        InputError: no such storage, or no such study in it.
    """
    with opened(storage) as database:
        found = {"study": _id_of(database, storage, name)}
        query = text("select count(*) from trials where study_id = :study")
        with database.engine.connect() as connection:
            return int(connection.execute(query, found).scalar_one())


def delete_study(storage: str, name: str) -> None:
    """Delete a study: its trials, its claims, and its pictures in the folder of artifacts.

    Other files stay, e.g. its reports and run directories. Optuna's part goes last, so after
    a kill the study is still found by its name, and the same call goes on.

    Args:
        storage: URL of the database.
        name: the study's name.

    Raises:
        InputError: no such storage, no such study, or workers are training it.
    """
    with opened(storage) as database:
        study_id = _id_of(database, storage, name)
        attributes = database.get_study_user_attrs(study_id)
        engine = open_engine(storage)
        try:
            _delete_claims(engine, study_id, name)
        finally:
            engine.dispose()
        _delete_pictures(database, study_id, _folder(attributes, storage), attributes.get(PROBE))
        database.delete_study(study_id)


def _id_of(database: RDBStorage, storage: str, name: str) -> int:
    ids = study_ids(database, HEADER)
    if name not in ids:
        known = ", ".join(sorted(ids)) or "none"
        raise InputError(f"no study {name!r} in {masked(storage)}", help=f"it has: {known}")
    return ids[name]


def _delete_claims(engine: Engine, study_id: int, name: str) -> None:
    held = HeldClaims(study_id, HEARTBEAT_TIMEOUT_SECONDS)
    with engine.begin() as connection:  # by itself, so that it stays where the rest is refused
        held.bring_back_heartbeats(connection)
    with engine.begin() as connection:  # one: no worker can take what is found to be free
        living = [owner for _, owner in held.by_living(connection)]
        if living:
            who = ", ".join(sorted({f"process {each.pid} on {each.hostname}" for each in living}))
            raise InputError(
                f"study {name!r} is being trained by {who}",
                help="stop it first (Ctrl-C), or wait until it ends; nothing was deleted",
            )
        for table in (claims_table, trials_table, studies_table):
            connection.execute(delete(table).where(table.c.study_id == study_id))


def _folder(attributes: Mapping[str, object], storage: str) -> Path:
    with suppress(UnreadableError):  # its pictures are then looked for where they usually are
        folder = read_header(attributes).artifacts
        if folder is not None:
            return artifact_folder(storage).parent / folder  # an absolute one stays as it is
    return artifact_folder(storage)


def _delete_pictures(database: RDBStorage, study_id: int, folder: Path, probe: object) -> None:
    """Only what the storage says is the study's; what is gone already, or elsewhere, is passed."""
    query = text(
        "select kept.value_json from trial_system_attributes as kept"
        " join trials on trials.trial_id = kept.trial_id"
        " where trials.study_id = :study and kept.key like :prefix"
    )
    named = {"study": study_id, "prefix": f"{_ARTIFACT}%"}
    with database.engine.connect() as connection:
        said = [row[0] for row in connection.execute(query, named)]
    names = [_artifact_id(text) for text in said] + [probe]
    for name in names:
        if isinstance(name, str) and _MADE_BY_US.fullmatch(name):
            with suppress(OSError):
                (folder / name).unlink(missing_ok=True)


def _artifact_id(stored: str) -> object:
    """An artifact's name; Optuna keeps what it is as JSON inside of JSON."""
    with suppress(ValueError):
        told = json.loads(stored)
        told = json.loads(told) if isinstance(told, str) else told
        return told.get("artifact_id") if isinstance(told, dict) else None
    return None
