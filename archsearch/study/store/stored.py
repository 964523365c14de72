"""A study found by its name in a storage, without its files."""

from __future__ import annotations

import json
import time
from pathlib import Path

from sqlalchemy import Engine, inspect, select

from archsearch.config import Model, StudyFile, StudySettings
from archsearch.errors import InputError
from archsearch.records import load_study
from archsearch.records.database import opened, study_ids
from archsearch.records.gate import read_stored
from archsearch.records.layout import HEADER
from archsearch.spec import Source, parse_spec
from archsearch.study.store.identity import stored_identity
from archsearch.study.store.schema import studies
from archsearch.study.store.storage import masked

__all__ = ["BASE", "awaited_study", "model_from_text", "stored_study"]

BASE = "archsearch:base"
"""Attribute of Optuna's study: the folder that its relative paths start from."""


def stored_study(url: str, name: str) -> StudyFile:
    """The study as its file was when it was made.

    Raises:
        InputError: the storage has no such study.
        UnreadableError: what it holds of it is damaged, or of a newer version.
    """
    stored = json.dumps(load_study(url, name).settings)
    settings = read_stored(StudySettings, f"the settings of study {name!r}", stored)
    with opened(url) as database:
        study_id = study_ids(database, HEADER)[name]
        base = database.get_study_user_attrs(study_id).get(BASE)
        text = _ledger_text(database.engine, study_id)
    if text is None:
        raise InputError(
            f"{masked(url)} has records of {name!r}, but nothing to resume from",
            help="give the study file instead of its name",
        )
    model = model_from_text(str(stored_identity(text, name).get("model")), name)
    return StudyFile(_base(base) / name, settings, model)


def _ledger_text(engine: Engine, study_id: int) -> str | None:
    if not inspect(engine).has_table(studies.name):
        return None
    with engine.connect() as connection:
        query = select(studies.c.settings).where(studies.c.study_id == study_id)
        return connection.execute(query).scalar()


def awaited_study(url: str, name: str, seconds: float) -> StudyFile:
    """The same, for a study that another process may still be making.

    Raises:
        InputError: it wasn't there after ``seconds``, or the storage can't be used.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            return stored_study(url, name)
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
