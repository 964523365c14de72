"""Opening the database that holds both Optuna's tables and the ledger's."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from archsearch.errors import InputError
from archsearch.study.schema import metadata

if TYPE_CHECKING:
    from optuna.storages import BaseStorage

__all__ = ["DEFAULT_STORAGE", "artifact_folder", "open_engine", "open_storage", "shown"]

DEFAULT_STORAGE = "sqlite:///runs/studies.db"

OPENINGS = 10
"""Attempts at opening a database that others may be opening for the first time."""

LOCK_SECONDS = 60
"""How long a writer waits for SQLite's one write lock."""


def shown(url: str) -> str:
    """A storage URL for people to read: without its password."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "the storage URL"


def open_engine(url: str) -> Engine:
    """The ledger's connection; its tables are made where they are missing.

    On SQLite every transaction begins with BEGIN IMMEDIATE: it holds the
    write lock from its first statement, so that what it read stays true until
    it commits.

    Raises:
        InputError: for a URL that names no database, or one that can't be opened.
    """
    path = _sqlite_path(url)
    try:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args=_connect_args(url))
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _leave_transactions_to_us)
            event.listen(engine, "begin", _begin_immediate)
        with engine.begin() as connection:
            metadata.create_all(connection)
    except (ArgumentError, SQLAlchemyError, OSError, ImportError) as error:
        raise _unusable(url, error) from None
    return engine


def open_storage(url: str) -> BaseStorage:
    """Optuna's view of the same database.

    Raises:
        InputError: where Optuna can't use it.
    """
    import optuna
    from optuna.storages import RDBStorage, get_storage

    optuna.logging.set_verbosity(optuna.logging.ERROR)  # progress is told by events
    last: Exception | None = None
    for attempt in range(OPENINGS):
        try:
            return get_storage(RDBStorage(url, engine_kwargs={"connect_args": _connect_args(url)}))
        except SQLAlchemyError as error:
            # Optuna looks for its tables and then makes them; of several processes that
            # find an empty database, all but one fail, at one table or another.
            last = error
            time.sleep(0.05 * (attempt + 1))
        except (OSError, RuntimeError) as error:
            raise _unusable(url, error) from None
    raise _unusable(url, last or RuntimeError("unknown")) from last


def artifact_folder(url: str) -> Path:
    """Where a storage's pictures lie by default: beside the SQLite file, else ``runs``."""
    path = _sqlite_path(url)
    return (path.parent if path is not None else Path("runs")).resolve() / "artifacts"


def _sqlite_path(url: str) -> Path | None:
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    if parsed.get_backend_name() != "sqlite":
        return None
    if parsed.database in (None, "", ":memory:"):
        raise InputError(
            "a study can't live in memory: its workers are processes of their own",
            help="name a file, e.g. sqlite:///runs/studies.db",
        )
    return Path(str(parsed.database))


def _connect_args(url: str) -> dict[str, int]:
    return {"timeout": LOCK_SECONDS} if _sqlite_path(url) is not None else {}


def _leave_transactions_to_us(dbapi_connection: object, _: object) -> None:
    dbapi_connection.isolation_level = None  # type: ignore[attr-defined]


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _unusable(url: str, error: Exception) -> InputError:
    cause = getattr(error, "orig", None) or error
    return InputError(
        f"{shown(url)} can't be used as a storage: {cause}",
        help=f"write it like {DEFAULT_STORAGE}",
    )
