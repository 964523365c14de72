"""A study found by its name in a storage, without its files."""

from __future__ import annotations

import json
import time
from pathlib import Path

from sqlalchemy import select

from archsearch.config import Model, StudyFile, StudySettings
from archsearch.errors import InputError
from archsearch.records import load_study
from archsearch.spec import Source, parse_spec
from archsearch.study.schema import studies
from archsearch.study.storage import masked, open_engine, open_storage

__all__ = ["BASE", "awaited_study", "model_from_text", "stored_study"]

BASE = "archsearch:base"
"""Attribute of Optuna's study: the folder that its relative paths start from."""


def stored_study(url: str, name: str) -> StudyFile:
    """The study as its file was when it was made.

    Raises:
        InputError: the storage has no such study.
    """
    settings = StudySettings.model_validate_json(json.dumps(load_study(url, name).settings))
    storage, engine = open_storage(url), open_engine(url)
    study_id = storage.get_study_id_from_name(name)
    base = storage.get_study_user_attrs(study_id).get(BASE)
    with engine.begin() as connection:
        text = connection.execute(
            select(studies.c.settings).where(studies.c.study_id == study_id)
        ).scalar()
    storage.remove_session()
    engine.dispose()
    if text is None:
        raise InputError(
            f"{masked(url)} has records of {name!r}, but no ledger to go on from",
            help="give the study file instead of its name",
        )
    model = model_from_text(json.loads(text)["model"], name)
    return StudyFile(_base(base) / name, settings, model)


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
