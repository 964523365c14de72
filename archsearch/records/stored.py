"""Reading studies out of an Optuna storage, without creating anything."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from archsearch.errors import ExtensionError, InputError, UnreadableError
from archsearch.records.database import opened, study_ids, trials_of
from archsearch.records.extensions import require_extensions
from archsearch.records.layout import (
    HEADER,
    HEARTBEAT_TIMEOUT_SECONDS,
    NOTE,
    SECONDS,
    Claim,
    read_claim,
    read_curves,
    read_extensions,
    read_header,
    read_trial,
    read_trial_index,
)
from archsearch.records.reading import read_checked
from archsearch.records.storage_secrets import masked, masked_command
from archsearch.records.storage_url import sqlite_path
from archsearch.records.studies import StudyRecord, TrialRecord, TrialState, Unreadable

if TYPE_CHECKING:
    from optuna.storages import RDBStorage
    from optuna.trial import FrozenTrial

__all__ = ["list_studies", "load_studies", "load_study"]

Read = TypeVar("Read")
_Indexed = tuple[int | None, TrialRecord]

_PRECEDENCE: tuple[TrialState, ...] = ("complete", "pruned", "running", "waiting", "failed")


def list_studies(storage: str) -> tuple[str, ...]:
    """The names of archsearch's studies in the storage, sorted.

    Raises:
        InputError: the storage doesn't exist or can't be read.
    """
    with opened(storage) as database:
        return tuple(sorted(study_ids(database, HEADER)))


def load_studies(storage: str) -> tuple[tuple[StudyRecord, ...], tuple[Unreadable, ...]]:
    """All studies of the storage by name, and what of them can't be read.

    Raises:
        InputError: the storage doesn't exist or can't be read.
        UnreadableError: the database is damaged.
    """
    found: list[StudyRecord] = []
    unreadable: list[Unreadable] = []
    for name in list_studies(storage):
        record = _told_if_not(f"study {name!r}", partial(load_study, storage, name), unreadable)
        found += [] if record is None else [record]
    return tuple(found), tuple(unreadable)


def load_study(storage: str, name: str) -> StudyRecord:
    """The study ``name`` as the storage has it; another process may be running it.

    Args:
        storage: a storage URL, e.g. ``sqlite:///runs/studies.db``.
        name: the study's name.

    Trials that are damaged, or of a newer version, are skipped and listed in
    ``unreadable``.

    Raises:
        InputError: no such storage, or no such study in it.
        UnreadableError: the database or the study's header is damaged, or of a newer version.
        ExtensionError: it was made with extensions that aren't here.
    """
    with opened(storage) as database:
        ids = study_ids(database, HEADER)
        if name not in ids:
            raise InputError(f"no study {name!r} in {masked(storage)}", help=_suggest(name, ids))
        attributes = database.get_study_user_attrs(ids[name])
        trials, broken = trials_of(database, ids[name])
        now = _now(database)
    extensions = read_extensions(attributes)
    require_extensions(extensions, f"study {name!r}")
    header = read_header(attributes, f"study {name!r}")
    unreadable = [
        Unreadable(name=f"trial {number}", reason=f"it is damaged ({why})", trial=_whole(number))
        for number, why in broken.items()
    ]
    seconds = attributes.get(SECONDS)
    return StudyRecord(
        name=name,
        settings=header.settings,
        designed=header.designed,
        space_hash=header.space_hash,
        trials=_one_for_each_planned(_readable(trials, now, unreadable), header.slots),
        planned=header.slots,
        seconds=float(seconds) if isinstance(seconds, int | float) else 0.0,
        command=masked_command(header.command),
        source_note=header.source_note,
        model_text=header.model_text,
        note=str(attributes.get(NOTE) or ""),
        artifacts=_artifacts(storage, header.artifacts),
        extensions=extensions,
        curves=_told_if_not("the linear codes", lambda: read_curves(attributes), unreadable),
        unreadable=tuple(unreadable),
    )


def _told_if_not(
    name: str, read: Callable[[], Read], unreadable: list[Unreadable], trial: int | None = None
) -> Read | None:
    """What ``read`` gives; None where it can't be read, which is then told by name."""
    try:
        return read_checked(name, read)
    except (UnreadableError, ExtensionError) as error:
        reason = " ".join(
            [error.what.removeprefix(name).lstrip(": "), *map(str.strip, error.details)]
        )
        unreadable.append(Unreadable(name=name, reason=reason, trial=trial))
        return None


def _readable(
    trials: Iterable[FrozenTrial], now: float, unreadable: list[Unreadable]
) -> list[_Indexed]:
    """The trials that can be read, each with its index in the plan; the others are told by name."""
    found = (
        _told_if_not(f"trial {t.number}", partial(_indexed, t, now), unreadable, _of_the_plan(t))
        for t in trials
    )
    return [each for each in found if each is not None]


def _of_the_plan(trial: FrozenTrial) -> int | None:
    """The trial's number; None where it isn't planned."""
    return None if trial.user_attrs.get("infeasible") else _whole(trial.number)


def _whole(stored: object) -> int | None:
    """A stored number; None where it isn't one: SQLite keeps anything in any column."""
    return stored if isinstance(stored, int) else None


def _indexed(trial: FrozenTrial, now: float) -> _Indexed:
    return read_trial_index(trial.user_attrs), _record(trial, now)


def _suggest(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    if not names:
        return "the storage contains no study yet; `archsearch study run` creates one"
    nearest = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {nearest[0]!r}? " if nearest else ""
    return f"{hint}studies there: {', '.join(names)}"


def _now(storage: RDBStorage) -> float:
    """The time by the clock that heartbeats are told by: a server's own, else this machine's."""
    from sqlalchemy import text

    if storage.engine.dialect.name != "postgresql":
        return time.time()
    with storage.engine.connect() as connection:
        return float(connection.scalar(text("select extract(epoch from clock_timestamp())")) or 0)


def _one_for_each_planned(records: list[_Indexed], planned: int) -> tuple[TrialRecord, ...]:
    """The trial that counts for each planned one, and every infeasible proposal, by number."""
    kept = [record for _, record in records if record.state == "infeasible"]
    by_index: dict[int, list[TrialRecord]] = {}
    for index, record in records:
        if index is not None and 0 <= index < planned and record.state != "infeasible":
            by_index.setdefault(index, []).append(record)
    kept += [min(attempts, key=_rank) for attempts in by_index.values()]
    return tuple(sorted(kept, key=lambda record: record.number))


def _rank(record: TrialRecord) -> tuple[int, int]:
    return (_PRECEDENCE.index(record.state), record.number)


def _record(trial: FrozenTrial, now: float) -> TrialRecord:
    record = read_trial(trial.number, _state(trial, now), trial.user_attrs)
    times = {"started": trial.datetime_start, "ended": trial.datetime_complete}
    return record.model_copy(update={name: at.timestamp() for name, at in times.items() if at})


def _state(trial: FrozenTrial, now: float) -> TrialState:
    attributes: Mapping[str, object] = trial.user_attrs
    if attributes.get("infeasible"):
        return "infeasible"
    ended: dict[str, TrialState] = {"COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed"}
    if trial.state.name in ended:
        return ended[trial.state.name]
    claim = read_claim(attributes)
    return "running" if claim is not None and _alive(claim, now) else "waiting"


def _alive(claim: Claim, now: float) -> bool:
    """Whether the claiming process still works: asked on this host, by its heartbeat on others."""
    if claim.host != socket.gethostname():
        return now - claim.beat < HEARTBEAT_TIMEOUT_SECONDS
    import psutil

    return psutil.pid_exists(claim.pid)


def _artifacts(storage: str, folder: str | None) -> str | None:
    """The folder of pictures; a relative one lies beside the SQLite file."""
    path = sqlite_path(storage)
    if folder is None or path is None or Path(folder).is_absolute():
        return folder
    return str(path.parent.absolute() / folder)
