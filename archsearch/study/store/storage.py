"""Opening the database that holds both Optuna's tables and archsearch's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from archsearch.errors import InputError, StorageAwayError
from archsearch.files import unwritable
from archsearch.records.database import damage, driver_message
from archsearch.records.reading import DECODING_ERRORS
from archsearch.records.storage_secrets import masked
from archsearch.records.storage_url import EXAMPLES, driver_url, engine_options, sqlite_path
from archsearch.study.store.retry import is_passing
from archsearch.study.store.schema import metadata

if TYPE_CHECKING:
    from optuna.storages import BaseStorage

__all__ = ["DEFAULT_STORAGE", "artifact_folder", "open_engine", "open_storage"]

DEFAULT_STORAGE = "sqlite:///runs/studies.db"

OPENINGS = 10
"""Attempts at opening a database that others may be opening for the first time."""

MAKING_TABLES = 0x61726368  # "arch"
"""PostgreSQL's advisory lock around making tables."""


def open_engine(url: str) -> Engine:
    """The connection to archsearch's own tables; they are made where they are missing.

    On SQLite every transaction begins with BEGIN IMMEDIATE: it holds the
    write lock from its first statement, so that what it read stays true until
    it commits. On PostgreSQL rows are locked by the statements that need it.

    Raises:
        InputError: for a URL that names no database, or one that can't be opened.
        UnreadableError: it is damaged.
        StorageAwayError: its server doesn't answer.
    """
    try:
        _make_folder(url)
        engine = create_engine(driver_url(url), **engine_options(url))
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _leave_transactions_to_us)
            event.listen(engine, "begin", _begin_immediate)
        with _alone(engine) as connection:
            metadata.create_all(connection)
    except (ArgumentError, SQLAlchemyError, OSError, ImportError, *DECODING_ERRORS) as error:
        raise _unusable(url, error) from None
    return engine


def open_storage(url: str) -> BaseStorage:
    """Optuna's view of the same database.

    Raises:
        InputError: where Optuna can't use it.
        UnreadableError: it is damaged.
    """
    import optuna
    from optuna.exceptions import StorageInternalError
    from optuna.storages import RDBStorage, get_storage

    optuna.logging.set_verbosity(optuna.logging.ERROR)  # progress is told by events
    last: Exception | None = None
    options = engine_options(url)
    for attempt in range(OPENINGS):
        try:
            with _alone(_unpooled(url)):
                return get_storage(RDBStorage(driver_url(url), engine_kwargs=options))
        except (SQLAlchemyError, StorageInternalError) as error:
            # Optuna looks for its tables and then makes them; of several processes that
            # find an empty SQLite file, all but one fail, at one table or another.
            last = error
            time.sleep(0.05 * (attempt + 1))
        except (OSError, RuntimeError, ImportError, *DECODING_ERRORS) as error:
            raise _unusable(url, error) from None
    raise _unusable(url, last or RuntimeError("unknown")) from None


def artifact_folder(url: str) -> Path:
    """Where a storage's pictures lie by default: beside the SQLite file, else ``runs``."""
    path = sqlite_path(url)
    return (path.parent if path is not None else Path("runs")).resolve() / "artifacts"


def _unpooled(url: str) -> Engine:
    arguments = engine_options(url).get("connect_args", {})
    return create_engine(driver_url(url), poolclass=NullPool, connect_args=arguments)


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction; on PostgreSQL one that has the making of tables to itself.

    Two processes that make the same table at once break there on the names in
    its catalogue. SQLite's transactions are alone already, and Optuna's own
    connection must get in, so the lock is the server's alone.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"select pg_advisory_xact_lock({MAKING_TABLES})"))
        yield connection
        connection.commit()


def _make_folder(url: str) -> None:
    path = sqlite_path(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    elif url.startswith("sqlite"):
        raise InputError(
            "a study can't be stored in memory, because its workers are separate processes",
            help="name a file, e.g. sqlite:///runs/studies.db",
        )


def _leave_transactions_to_us(dbapi_connection: object, _: object) -> None:
    dbapi_connection.isolation_level = None  # type: ignore[attr-defined]


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _unusable(url: str, error: Exception) -> InputError:
    damaged = damage(url, error)
    if damaged is not None:
        return damaged
    reason = driver_message(url, error)
    if isinstance(error, ImportError) and url.startswith("postgres"):
        return InputError(
            f"{masked(url)} can't be used as a storage: {reason}",
            help="pip install 'archsearch[postgres]' installs the driver",
        )
    if is_passing(error):
        return StorageAwayError(
            f"{masked(url)} can't be reached: {reason}",
            help="is the server up, and are host, port and user right? nothing was changed",
        )
    path = sqlite_path(url)
    if path is not None and not isinstance(error, OSError) and (closed := unwritable(path)):
        return InputError(
            f"{masked(url)} can't be used as a storage: {path} can't be written: {closed}",
            help="allow writing there, or name another file with --storage",
        )
    return InputError(
        f"{masked(url)} can't be used as a storage: {reason}", help=f"write it like {EXAMPLES}"
    )
