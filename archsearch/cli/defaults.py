"""Defaults of commands from ``archsearch.toml``: in the project, or in the user's folder.

An option goes before a study file's own setting, that before the project's file, that before
the user's, that before what is built in.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import platformdirs
from pydantic import Field, ValidationError

from archsearch.config import RunSettings, absolute_source
from archsearch.config.base import Settings
from archsearch.config.overrides import changed
from archsearch.config.validation import reason
from archsearch.errors import InputError
from archsearch.spec.text.nearest import did_you_mean

if TYPE_CHECKING:
    from archsearch.config import StudyFile, StudySettings

__all__ = [
    "FILE_NAME",
    "Default",
    "chosen_device",
    "chosen_storage",
    "default_settings",
    "defaults",
    "device_of_files",
    "project_file",
    "user_file",
    "with_defaults",
]

FILE_NAME = "archsearch.toml"

STORAGE_VARIABLE = "ARCHSEARCH_STORAGE"
_FOLDER_VARIABLE = "ARCHSEARCH_CONFIG"

BUILT_IN: Mapping[str, str | int] = MappingProxyType(
    {
        "data": RunSettings().data.source,
        "storage": "sqlite:///runs/studies.db",
        "device": "cpu",
        "epochs": RunSettings().train.epochs,
    }
)
"""Each setting of a file with its default where no file has it."""


BUILT_IN_SOURCE = "built in"


class _FileSettings(Settings):
    """What an ``archsearch.toml`` may hold."""

    data: Annotated[str, Field(min_length=1)] | None = None
    storage: Annotated[str, Field(min_length=1)] | None = None
    device: Annotated[str, Field(min_length=1)] | None = None
    epochs: Annotated[int, Field(ge=1, le=100_000)] | None = None


@dataclass(frozen=True)
class Default:
    """The default of an option, and where it comes from.

    Attributes:
        name: ``data``, ``storage``, ``device`` or ``epochs``.
        value: paths in it are relative to the working directory.
        source: the file, an environment variable, or ``built in``.
    """

    name: str
    value: str | int
    source: str


def project_file() -> Path | None:
    """The nearest ``archsearch.toml``: here or in a folder above."""
    here = Path.cwd()
    files = (folder / FILE_NAME for folder in (here, *here.parents))
    return next((file for file in files if file.is_file()), None)


def user_file() -> Path:
    """The user's, whether it is there or not: ``$ARCHSEARCH_CONFIG`` or the platform's folder."""
    named = os.environ.get(_FOLDER_VARIABLE)
    folder = Path(named).expanduser() if named else platformdirs.user_config_path("archsearch")
    return folder / FILE_NAME


def defaults() -> tuple[Default, ...]:
    """Every default with where it comes from.

    Raises:
        InputError: a file can't be read, or has a key or a value that isn't allowed.
    """
    found = {name: Default(name, value, BUILT_IN_SOURCE) for name, value in BUILT_IN.items()}
    for file in (user_file(), project_file()):
        if file is not None and file.is_file():
            values = _read(file).items()
            found |= {name: Default(name, value, str(file)) for name, value in values}
    if named := os.environ.get(STORAGE_VARIABLE):
        found["storage"] = Default("storage", named, f"${STORAGE_VARIABLE}")
    return tuple(found.values())


def chosen_storage(option: str | None) -> str:
    """The database of studies: the option's, or the default."""
    return option or str(_default("storage").value)


def chosen_device(option: str | None) -> str:
    """Where to compute: the option's, or the default."""
    return option or str(_default("device").value)


def device_of_files() -> str | None:
    """The device that a file names; None: what is built in, which depends on the workers."""
    default = _default("device")
    return None if default.source == BUILT_IN_SOURCE else str(default.value)


def _default(name: str) -> Default:
    return next(each for each in defaults() if each.name == name)


def default_settings() -> RunSettings:
    """What a training has where no option says otherwise."""
    settings = RunSettings()
    return settings.model_copy(update=_changes(settings))


def with_defaults(study: StudyFile) -> StudyFile:
    """A study file with defaults for what it leaves open."""
    update = _changes(study.settings)
    return replace(study, settings=study.settings.model_copy(update=update))


def _changes(settings: RunSettings | StudySettings) -> dict[str, object]:
    """The sections that get another default than the built-in one."""
    values = {each.name: each.value for each in defaults()}
    data, train = settings.data, settings.train
    update: dict[str, object] = {}
    if "source" not in data.model_fields_set and values["data"] != data.source:
        update["data"] = changed(data, "data", {"source": values["data"]})
    if "epochs" not in train.model_fields_set and values["epochs"] != train.epochs:
        update["train"] = changed(train, "train", {"epochs": values["epochs"]})
    return update


def _read(file: Path) -> dict[str, str | int]:
    """A file's settings; its relative paths start at its folder."""
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            f"{file} can't be read: {error}", help='a line is like data = "photos"'
        ) from error
    for key in written:
        if key not in BUILT_IN:
            raise InputError(
                f"{file}: there is no setting `{key}`", help=did_you_mean(key, BUILT_IN)
            )
    try:
        settings = _FileSettings.model_validate(written)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        key = str(detail["loc"][0])
        raise InputError(
            f"{file}: {key} = {written[key]!r} is not allowed", help=reason(detail)
        ) from error
    given = ((key, value) for key, value in settings if value is not None)
    return {key: _placed(key, value, file.parent) for key, value in given}


def _placed(key: str, value: str | int, folder: Path) -> str | int:
    if key == "data":
        return absolute_source(str(value), folder)
    if key == "storage" and folder != Path.cwd():
        return _absolute_storage(str(value), folder)
    return value


def _absolute_storage(storage: str, folder: Path) -> str:
    from archsearch.records.storage_url import parsed_url, sqlite_path

    path = sqlite_path(storage)
    if path is None or path.is_absolute():
        return storage
    placed = parsed_url(storage).set(database=str((folder / path).resolve()))
    return placed.render_as_string(hide_password=False)
