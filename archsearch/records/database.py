"""Opening a database of studies to read it, and telling what is wrong with one."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from archsearch.errors import InputError, UnreadableError
from archsearch.records.reading import DECODING_ERRORS, first_problem
from archsearch.records.storage_secrets import masked, without_password
from archsearch.records.storage_url import driver_url, engine_options, sqlite_path

if TYPE_CHECKING:
    from optuna.storages import RDBStorage
    from optuna.trial import FrozenTrial

__all__ = ["damage", "driver_message", "opened", "study_ids", "trials_of"]

_LIBRARIES = frozenset({"optuna", "sqlalchemy"})


@contextmanager
def opened(storage: str) -> Iterator[RDBStorage]:
    """The storage, which must exist already; errors in the block are told as the database's.

    Raises:
        InputError: there is none, or it can't be read as one.
        UnreadableError: it is damaged.
    """
    path = sqlite_path(storage)
    if path is not None and not path.is_file():
        raise InputError(
            f"no storage at {path}", help="run a study first, or name another with --storage"
        )
    from optuna.exceptions import OptunaError
    from optuna.storages import RDBStorage
    from sqlalchemy.exc import SQLAlchemyError

    try:
        _require_made(storage)
        found = RDBStorage(
            driver_url(storage), skip_table_creation=True, engine_kwargs=engine_options(storage)
        )
    except (SQLAlchemyError, OptunaError, RuntimeError, ImportError, *DECODING_ERRORS) as error:
        raise damage(storage, error) or _unreadable(storage, error) from None
    try:
        yield found
    except (SQLAlchemyError, OptunaError) as error:
        raise damage(storage, error) or _unreadable(storage, error) from None
    except DECODING_ERRORS as error:
        raise damage(storage, error) or error from None
    finally:
        found.remove_session()
        found.engine.dispose()


def _require_made(storage: str) -> None:
    """Require that no other process is just making the storage: Optuna would write, too.

    Raises:
        InputError: its tables are there, and still empty.
    """
    from sqlalchemy import create_engine, inspect, text

    engine = create_engine(driver_url(storage), **engine_options(storage))
    try:
        if inspect(engine).has_table("version_info"):
            with engine.connect() as connection:
                if connection.scalar(text("select count(*) from version_info")):
                    return
            raise InputError(f"{masked(storage)} is just being made", help="try again in a moment")
    finally:
        engine.dispose()


def damage(storage: str, error: BaseException) -> UnreadableError | None:
    """What to tell where an error comes of a damaged database; None where it doesn't.

    Optuna and SQLAlchemy break in many ways on text that is no JSON, numbers that
    are text and states that don't exist: whatever of that kind they raise is damage.
    """
    if not _is_damage(error):
        return None
    reason = without_password(first_problem(_cause(error)), storage)
    return UnreadableError(
        f"{masked(storage)} can't be read: the database is damaged ({reason})",
        help="restore it from a backup; `sqlite3 FILE .recover` extracts what is left of a "
        "SQLite file",
    )


def driver_message(storage: str, error: BaseException) -> str:
    """The first line of what a driver says, without the storage's password."""
    lines = without_password(str(_cause(error)), storage).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def study_ids(storage: RDBStorage, attribute: str) -> dict[str, int]:
    """Optuna's id of each study that has an attribute, by its name."""
    from sqlalchemy import text

    # Not by Optuna's own listing: that reads every attribute of every study.
    query = text(
        "select studies.study_name, studies.study_id from studies"
        " join study_user_attributes as kept on kept.study_id = studies.study_id"
        " where kept.key = :attribute"
    )
    named = {"attribute": attribute}
    with storage.engine.connect() as connection:
        return {str(name): int(found) for name, found in connection.execute(query, named)}


def trials_of(storage: RDBStorage, study_id: int) -> tuple[list[FrozenTrial], dict[int, str]]:
    """A study's trials, and by its number why one can't be read."""
    from sqlalchemy import text

    try:
        return storage.get_all_trials(study_id, deepcopy=False), {}
    except Exception as error:
        if not _is_damage(error):
            raise
    # Some are damaged: each by itself tells which.
    query = text("select trial_id, number from trials where study_id = :study order by trial_id")
    with storage.engine.connect() as connection:
        ids = connection.execute(query, {"study": study_id}).all()
    trials: list[FrozenTrial] = []
    broken: dict[int, str] = {}
    for trial_id, number in ids:
        try:
            trials.append(storage.get_trial(trial_id))
        except Exception as error:
            if not _is_damage(error):
                raise
            broken[number] = first_problem(_cause(error))
    return trials, broken


def _is_damage(error: BaseException) -> bool:
    cause = _cause(error)
    corrupt = getattr(cause, "sqlite_errorname", "").startswith("SQLITE_CORRUPT")
    undecoded = "Could not decode to UTF-8" in str(cause)
    return corrupt or undecoded or (isinstance(error, DECODING_ERRORS) and _in_library(error))


def _cause(error: BaseException) -> BaseException:
    """The driver's own error, where Optuna's or SQLAlchemy's stands around it."""
    found = getattr(error, "orig", None) or getattr(error.__cause__, "orig", None)
    return found if isinstance(found, BaseException) else error


def _in_library(error: BaseException) -> bool:
    frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
    return any(f.f_globals.get("__name__", "").split(".")[0] in _LIBRARIES for f in frames)


def _unreadable(storage: str, error: Exception) -> InputError:
    reason = driver_message(storage, error)
    if sqlite_path(storage) is None and "connect" in reason:
        return InputError(
            f"{masked(storage)} can't be reached: {reason}",
            help="is the server up, and are host, port and user right?",
        )
    return InputError(
        f"can't read {masked(storage)} as a storage of studies: {reason}",
        help="name a database that `archsearch study run` or Optuna wrote",
    )
