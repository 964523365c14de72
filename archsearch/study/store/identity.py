"""What makes two study files the same study, and naming where they differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from itertools import zip_longest

from pydantic import ValidationError

from archsearch.config import StudySettings, TrainSettings, read_task
from archsearch.errors import StudyConflictError
from archsearch.records.reading import check_version, read_checked
from archsearch.spec import Source
from archsearch.spec.text.nodes import PlainData, plain_data
from archsearch.spec.text.reader import read_yaml

__all__ = ["as_begun", "check_same", "identity", "plain", "space_hash", "stored_identity"]

FREE = ("budget", "description", "model")
"""May change between two runs of a study; the model counts by what its file says, not its path."""
HARMLESS = ("name", "description", "allow")
"""Keys of a spec that decide no number."""
MOST_SHOWN = 100


def identity(settings: StudySettings, model_text: str) -> dict[str, object]:
    """Everything that a resumed study must agree on."""
    kept = {key: value for key, value in plain(settings).items() if key not in FREE}
    return {**kept, "model": model_text}


def plain(settings: StudySettings) -> dict[str, object]:
    """A study's settings as JSON data that ``StudySettings`` takes back.

    ``train.seed`` is left out: in a study it has no meaning, and is refused.
    """
    return settings.model_dump(mode="json", exclude={"train": {"seed"}})


def as_begun(settings: StudySettings, stored: dict[str, object] | None) -> StudySettings:
    """The settings of the study in the storage, in what a study file leaves open."""
    try:
        begun = TrainSettings.model_validate_json(json.dumps((stored or {})["train"]))
    except (KeyError, ValidationError):  # new, or one that check_same tells of
        return settings
    return settings.model_copy(update={"train": settings.train.as_begun(begun)})


def space_hash(identity: dict[str, object]) -> str:
    """A short hash of an identity."""
    return sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]


def stored_identity(text: str, name: str) -> dict[str, object]:
    """The identity that the storage holds of a study, as JSON.

    Raises:
        UnreadableError: it is damaged, or of a newer version.
    """

    def read() -> dict[str, object]:
        stored: dict[str, object] = json.loads(text)
        check_version(what, stored)
        return stored

    what = f"the stored settings of study {name!r}"
    return read_checked(what, read)


def check_same(name: str, stored: dict[str, object], given: dict[str, object]) -> None:
    """Compare a study file with the study of its name in the storage.

    What is meant is compared: comments, the order of keys and layout don't count, and
    settings that an earlier version didn't have are at their defaults.

    Raises:
        StudyConflictError: naming every difference.
    """
    differences = list(_differences("", _meant(stored), _meant(given)))
    if differences:
        raise StudyConflictError(
            f"study {name!r} is in the storage with other settings:",
            details=(f"  {difference}" for difference in differences),
            help="give the study another name, name another --storage, or undo the changes",
        )


def _meant(identity: dict[str, object]) -> dict[str, object]:
    """The settings in full, and the model as data."""
    if written := identity.get("task"):  # earlier versions wrote {name: reconstruct}
        task = read_checked("its task", lambda: read_task(written))
        identity = {**identity, "task": task.model_dump(mode="json")}
    text = identity.get("model")
    try:
        settings = plain(StudySettings.model_validate_json(json.dumps(identity)))
    except ValidationError:  # of a version whose settings were others
        settings = identity
    kept = {key: value for key, value in settings.items() if key not in FREE}
    return {**kept, "model": _model(text) if isinstance(text, str) else text}


def _model(text: str) -> PlainData:
    """What a spec says; its text where that can't be read any more."""
    root = read_yaml(Source("model", text))
    if root is None:
        return text
    return {entry.key: plain_data(entry.value) for entry in root if entry.key not in HARMLESS}


def _differences(path: str, stored: object, given: object) -> Iterator[str]:
    if isinstance(stored, dict) and isinstance(given, dict):
        for key in dict.fromkeys((*stored, *given)):
            inside = f"{path}.{key}" if path else str(key)
            yield from _differences(inside, stored.get(key), given.get(key))
    elif path.startswith("model.") and isinstance(stored, list) and isinstance(given, list):
        yield from _item_differences(path, stored, given)
    elif stored != given:
        yield f"{path}: {_shown(stored)} in the storage, {_shown(given)} now"


def _item_differences(path: str, stored: list[object], given: list[object]) -> Iterator[str]:
    """Of lists of one length, item by item; else where they part."""
    for place, (there, here) in enumerate(zip_longest(stored, given)):
        if len(stored) == len(given):
            yield from _differences(f"{path}[{place}]", there, here)
        elif there != here:
            yield f"{path}[{place}]: {_shown(there)} in the storage, {_shown(here)} now"
            return


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]} …"
