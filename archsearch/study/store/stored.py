"""A study found by its name in a storage, without its files."""

from __future__ import annotations

import json
import time
from pathlib import Path

from sqlalchemy import Engine, inspect, select

from archsearch.config import Model, StudyFile, StudySettings
from archsearch.errors import ExtensionError, InputError, UnreadableError
from archsearch.records import StudyRecord, load_study
from archsearch.records.database import opened, study_ids
from archsearch.records.layout import HEADER
from archsearch.records.reading import read_stored
from archsearch.records.storage_secrets import masked
from archsearch.spec import Source, parse_spec
from archsearch.study.store.identity import stored_identity
from archsearch.study.store.schema import studies_table

__all__ = [
    "BASE",
    "awaited_study",
    "claimed_identity",
    "model_from_text",
    "stored_settings",
    "stored_study",
]

BASE = "archsearch:base"
"""Attribute of Optuna's study: the folder that its relative paths start from."""


def stored_study(url: str, name: str) -> StudyFile:
    """The study as its file was when it was made.

    Raises:
        InputError: the storage has no such study.
        UnreadableError: what it holds of it is damaged, or of a newer version.
        ExtensionError: the study was made with extensions that aren't here.
    """
    settings = stored_settings(load_study(url, name))
    with opened(url) as database:
        study_id = study_ids(database, HEADER)[name]
        base = database.get_study_user_attrs(study_id).get(BASE)
        stored = claimed_identity(database.engine, study_id, name)
    if stored is None:
        raise InputError(
            f"{masked(url)} has records of {name!r}, but nothing to resume from",
            help="give the study file instead of its name",
        )
    model = model_from_text(str(stored.get("model")), name)
    return StudyFile(_base(base) / name, settings, model)


def stored_settings(record: StudyRecord) -> StudySettings:
    """The settings that a record holds, as those of a study file.

    Raises:
        UnreadableError: they are damaged, or another version's.
    """
    text = json.dumps(record.settings)
    return read_stored(StudySettings, f"the settings of study {record.name!r}", text)


def claimed_identity(engine: Engine, study_id: int, name: str) -> dict[str, object] | None:
    """What makes a study itself, as stored beside its claims; None where there is nothing.

    Raises:
        UnreadableError: it is damaged, or of a newer version.
    """
    if not inspect(engine).has_table(studies_table.name):
        return None
    with engine.connect() as connection:
        query = select(studies_table.c.settings).where(studies_table.c.study_id == study_id)
        text = connection.execute(query).scalar()
    return None if text is None else stored_identity(text, name)


def awaited_study(url: str, name: str, seconds: float) -> StudyFile:
    """What :func:`stored_study` gives, of a study that another process may still be making.

    Raises:
        InputError: it wasn't there after ``seconds``, or the storage can't be used.
        UnreadableError: it is there, and damaged or of a newer version.
        ExtensionError: it is there, and was made with extensions that aren't here.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            return stored_study(url, name)
        except (UnreadableError, ExtensionError):  # waiting repairs nothing
            raise
        except InputError:
            if time.monotonic() >= end:
                raise
        time.sleep(min(2.0, seconds))


def _base(recorded: object) -> Path:
    """Where relative paths start: where the study was made, if this host has that folder."""
    if isinstance(recorded, str) and Path(recorded).is_dir():
        return Path(recorded)
    return Path.cwd()


def model_from_text(text: str, name: str) -> Model:
    """The model of a spec's YAML.

    Raises:
        DiagnosticsError: it has errors.
    """
    source = Source(name, text)
    family = parse_spec(source, fallback_name=name)
    source.raise_errors()
    if family is None:
        raise InputError(f"{name}: can't be read as a spec")
    return Model(family)
