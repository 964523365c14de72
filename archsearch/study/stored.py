"""A study found by its name in a storage, without its files."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import select

from archsearch.config import Model, StudyFile, StudySettings
from archsearch.errors import InputError
from archsearch.records import load_study
from archsearch.spec import Source, parse_spec
from archsearch.study.schema import studies
from archsearch.study.storage import open_engine, open_storage, masked

__all__ = ["model_from_text", "stored_study"]


def stored_study(url: str, name: str) -> StudyFile:
    """The study as its file was when it was made.

    Raises:
        InputError: the storage has no such study.
    """
    settings = StudySettings.model_validate_json(json.dumps(load_study(url, name).settings))
    study_id = open_storage(url).get_study_id_from_name(name)
    with open_engine(url).begin() as connection:
        text = connection.execute(
            select(studies.c.settings).where(studies.c.study_id == study_id)
        ).scalar()
    if text is None:
        raise InputError(
            f"{masked(url)} has records of {name!r}, but no ledger to go on from",
            help="give the study file instead of its name",
        )
    model = model_from_text(json.loads(text)["model"], name)
    return StudyFile(Path.cwd() / name, settings, model)


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
