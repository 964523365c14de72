"""Reading studies out of an Optuna storage, without creating anything."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from archsearch.errors import InputError
from archsearch.records.layout import (
    HEADER,
    NOTE,
    SECONDS,
    Claim,
    read_claim,
    read_curves,
    read_header,
    read_slot,
    read_trial,
)
from archsearch.records.storage_secrets import masked, masked_command, without_password
from archsearch.records.storage_url import driver_url, engine_options, sqlite_path
from archsearch.records.studies import StudyRecord, TrialRecord, TrialState

if TYPE_CHECKING:
    from optuna.storages import BaseStorage, RDBStorage
    from optuna.trial import FrozenTrial

__all__ = ["list_studies", "load_study"]

BEAT_EXPIRES = 120.0
"""Seconds without a sign of life after which a claim on another host is dead."""

_PRECEDENCE: tuple[TrialState, ...] = ("complete", "pruned", "running", "waiting", "failed")


def list_studies(storage: str) -> tuple[str, ...]:
    """The names of archsearch's studies in the storage, sorted.

    Raises:
        InputError: the storage doesn't exist or can't be read.
    """
    with _opened(storage) as opened:
        return tuple(sorted(_ids(opened)))


def load_study(storage: str, name: str) -> StudyRecord:
    """The study ``name`` as it stands in the storage; another process may be running it.

    Args:
        storage: a storage URL, e.g. ``sqlite:///runs/studies.db``.
        name: the study's name.

    Raises:
        InputError: no such storage, or no such study in it.
    """
    with _opened(storage) as opened:
        ids = _ids(opened)
        if name not in ids:
            raise InputError(f"no study {name!r} in {masked(storage)}", help=_suggest(name, ids))
        attributes = opened.get_study_user_attrs(ids[name])
        trials = opened.get_all_trials(ids[name], deepcopy=False)
        now = _now(opened)
    header = read_header(attributes)
    seconds = attributes.get(SECONDS)
    return StudyRecord(
        name=name,
        settings=header.settings,
        designed=header.designed,
        space_hash=header.space_hash,
        trials=_one_for_each_slot(trials, header.slots, now),
        slots=header.slots,
        seconds=float(seconds) if isinstance(seconds, int | float) else 0.0,
        command=masked_command(header.command),
        source_note=header.source_note,
        note=str(attributes.get(NOTE) or ""),
        artifacts=_artifacts(storage, header.artifacts),
        curves=read_curves(attributes),
    )


@contextmanager
def _opened(storage: str) -> Iterator[RDBStorage]:
    """The storage, which must exist already."""
    path = sqlite_path(storage)
    if path is not None and not path.is_file():
        raise InputError(
            f"no storage at {path}", help="run a study first, or name another with --storage"
        )
    from optuna.exceptions import OptunaError, StorageInternalError
    from optuna.storages import RDBStorage
    from sqlalchemy.exc import SQLAlchemyError

    try:
        opened = RDBStorage(
            driver_url(storage), skip_table_creation=True, engine_kwargs=engine_options(storage)
        )
    except (SQLAlchemyError, OptunaError, RuntimeError, ImportError) as error:
        raise _unreadable(storage, error) from None
    try:
        yield opened
    except (SQLAlchemyError, StorageInternalError) as error:
        raise _unreadable(storage, error) from None
    finally:
        opened.remove_session()
        opened.engine.dispose()


def _unreadable(storage: str, error: Exception) -> InputError:
    cause = getattr(error, "orig", None) or getattr(error.__cause__, "orig", None) or error
    told = without_password(str(cause), storage).strip()
    reason = told.splitlines()[0] if told else type(error).__name__
    if sqlite_path(storage) is None and "connect" in reason:
        return InputError(
            f"{masked(storage)} can't be reached: {reason}",
            help="is the server up, and are host, port and user right?",
        )
    return InputError(
        f"can't read {masked(storage)} as a storage of studies: {reason}",
        help="name a database that `archsearch study run` or Optuna wrote",
    )


def _ids(storage: BaseStorage) -> dict[str, int]:
    studies = storage.get_all_studies()
    return {study.study_name: study._study_id for study in studies if HEADER in study.user_attrs}


def _suggest(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    if not names:
        return "the storage holds no study yet; `archsearch study run` makes one"
    nearest = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {nearest[0]!r}? " if nearest else ""
    return f"{hint}studies there: {', '.join(names)}"


def _now(storage: RDBStorage) -> float:
    """The time by the clock that beats are told by: a server's own, else this machine's."""
    from sqlalchemy import text

    if storage.engine.dialect.name != "postgresql":
        return time.time()
    with storage.engine.connect() as connection:
        return float(connection.scalar(text("select extract(epoch from clock_timestamp())")) or 0)


def _one_for_each_slot(
    trials: list[FrozenTrial], slots: int, now: float
) -> tuple[TrialRecord, ...]:
    """The trial that counts for each slot, and every infeasible proposal, by number."""
    records = [(read_slot(trial.user_attrs), _record(trial, now)) for trial in trials]
    kept = [record for _, record in records if record.state == "infeasible"]
    by_slot: dict[int, list[TrialRecord]] = {}
    for slot, record in records:
        if slot is not None and 0 <= slot < slots and record.state != "infeasible":
            by_slot.setdefault(slot, []).append(record)
    kept += [min(attempts, key=_rank) for attempts in by_slot.values()]
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
    """Whether the claiming process still works: asked on this host, by its beat on others."""
    if claim.host != socket.gethostname():
        return now - claim.beat < BEAT_EXPIRES
    try:
        os.kill(claim.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _artifacts(storage: str, folder: str | None) -> str | None:
    """The folder of pictures; a relative one stands beside the SQLite file."""
    path = sqlite_path(storage)
    if folder is None or path is None or Path(folder).is_absolute():
        return folder
    return str(path.parent.absolute() / folder)
