"""What makes two study files the same study, and naming where they differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256

from archsearch.config import StudySettings, read_task
from archsearch.errors import StudyConflictError
from archsearch.records.gate import check_version, read_checked

__all__ = ["check_same", "identity", "plain", "space_hash", "stored_identity"]

FREE = ("budget", "description", "model")
"""May change between two runs of a study; the model counts by its text, not its path."""


def identity(settings: StudySettings, model_text: str) -> dict[str, object]:
    """Everything that a resumed study must agree on."""
    kept = {key: value for key, value in plain(settings).items() if key not in FREE}
    return {**kept, "model": model_text}


def plain(settings: StudySettings) -> dict[str, object]:
    """A study's settings as JSON data that ``StudySettings`` takes back.

    ``train.seed`` is left out: in a study it has no meaning, and is refused.
    """
    return settings.model_dump(mode="json", exclude={"train": {"seed"}})


def space_hash(identity: dict[str, object]) -> str:
    """A short hash of an identity."""
    return sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]


def stored_identity(text: str, name: str) -> dict[str, object]:
    """The identity that the ledger holds of a study, as JSON.

    Raises:
        UnreadableError: it is damaged, or of a newer version.
    """

    def read() -> dict[str, object]:
        stored: dict[str, object] = json.loads(text)
        check_version(what, stored)
        return stored

    what = f"the settings of study {name!r} in the ledger"
    return read_checked(what, read)


def check_same(name: str, stored: dict[str, object], given: dict[str, object]) -> None:
    """Hold a study file against the study of its name in the storage.

    Raises:
        StudyConflictError: naming every difference.
    """
    if "task" in stored:  # earlier versions wrote {name: reconstruct}
        task = read_checked("its task", lambda: read_task(stored["task"]))
        stored = {**stored, "task": task.model_dump(mode="json")}
    differences = list(_differences("", stored, given))
    if differences:
        raise StudyConflictError(
            f"study {name!r} is in the storage with other settings:\n  " + "\n  ".join(differences),
            help="give the study another name, name another --storage, or undo the changes",
        )


def _differences(path: str, stored: object, given: object) -> Iterator[str]:
    if isinstance(stored, dict) and isinstance(given, dict):
        for key in dict.fromkeys((*stored, *given)):
            inside = f"{path}.{key}" if path else str(key)
            yield from _differences(inside, stored.get(key), given.get(key))
    elif path == "model" and stored != given:
        yield "model: the spec was changed"
    elif stored != given:
        yield f"{path}: {_shown(stored)} in the storage, {_shown(given)} now"


def _shown(value: object) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)
