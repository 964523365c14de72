"""Storage URLs: read, and opened so that servers may restart."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from archsearch.errors import InputError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

__all__ = ["EXAMPLES", "driver_url", "engine_options", "parsed_url", "shown_unread", "sqlite_path"]

EXAMPLES = "sqlite:///runs/studies.db or postgresql://user@host/database"

LOCK_SECONDS = 60
"""How long a writer waits for SQLite's one write lock."""

_NO_ADDRESS = re.compile(r"[@=;\s]")
"""What no server's or database's name holds, but the rest of a password that wasn't escaped."""

_CONNECTION: dict[str, object] = {
    "connect_timeout": 10,
    "application_name": "archsearch",
    # A server that vanished without a word is noticed in a minute, not in two hours.
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


def sqlite_path(storage: str) -> Path | None:
    """The file behind a SQLite storage; None for servers and databases in memory.

    Raises:
        InputError: it isn't a URL.

    Example:
        >>> str(sqlite_path("sqlite:///runs/studies.db"))
        'runs/studies.db'
    """
    url = parsed_url(storage)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def driver_url(storage: str) -> str:
    """The URL with the driver that archsearch brings: psycopg, where none is named.

    Example:
        >>> driver_url("postgres://db/nets"), driver_url("sqlite:///a.db")
        ('postgresql+psycopg://db/nets', 'sqlite:///a.db')
    """
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", storage)


def engine_options(storage: str) -> dict[str, object]:
    """What to make an engine with, for Optuna's tables and archsearch's own alike.

    A connection is tried before it is used, and one that a restarted server
    dropped is opened again. Few are held, since every worker holds its own; none
    of a file, which is opened at once and must not be left open.
    """
    if sqlite_path(storage) is not None:
        from sqlalchemy.pool import NullPool

        return {"poolclass": NullPool, "connect_args": {"timeout": LOCK_SECONDS}}
    if not driver_url(storage).startswith("postgresql+psycopg:"):
        return {"pool_pre_ping": True}
    return {
        "pool_pre_ping": True,
        "pool_size": 1,
        "max_overflow": 4,
        "connect_args": dict(_CONNECTION),
    }


def parsed_url(storage: str) -> URL:
    """The parts of a storage URL.

    Raises:
        InputError: it isn't a URL, or the end of its password is ambiguous.
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(storage)
    except (ArgumentError, ValueError):
        raise InputError(
            f"{shown_unread(storage)!r} is not a storage URL", help=f"write e.g. {EXAMPLES}"
        ) from None
    if url.get_backend_name() != "sqlite" and _NO_ADDRESS.search(f"{url.host}{url.database}"):
        raise InputError(
            f"{shown_unread(storage)!r}: the end of its password is ambiguous",
            help="write @ in a password as %40, / as %2F, : as %3A and a space as %20",
        )
    return url


def shown_unread(storage: str) -> str:
    """What may be shown of a text whose parts aren't known."""
    if re.fullmatch(r"[\w.~/\\-]*", storage):
        return storage
    scheme = re.match(r"[\w+]+:?//", storage)
    return f"{scheme[0] if scheme else ''}***"
