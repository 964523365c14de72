"""Storage URLs: read, shown without their passwords, and opened so that servers may restart."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from archsearch.errors import InputError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

__all__ = [
    "driver_url",
    "engine_options",
    "has_password",
    "masked",
    "sqlite_path",
    "stripped",
    "without_password",
]

EXAMPLES = "sqlite:///runs/studies.db or postgresql://user@host/database"

LOCK_SECONDS = 60
"""How long a writer waits for SQLite's one write lock."""

_SECRET = re.compile(r"pass|secret|token|key", re.IGNORECASE)

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
    url = _parsed(storage)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def masked(storage: str) -> str:
    """The URL for people's eyes: without its passwords, even where it can't be parsed.

    Example:
        >>> masked("postgresql://ann:pw@db/nets?sslpassword=pw")
        'postgresql://ann:***@db/nets?sslpassword=***'
        >>> masked("postgres//ann:p@w@db/nets")
        'postgres//ann:***@db/nets'
    """
    try:
        url = _parsed(storage)
    except InputError:
        hidden = re.sub(r":(?!//)[^/]*@", ":***@", storage)
        return re.sub(r"(?i)(\w*(?:pass|secret|token)\w*)=[^&\s]*", r"\1=***", hidden)
    query = {key: "***" if _SECRET.search(key) else value for key, value in url.query.items()}
    return url.set(query=query).render_as_string(hide_password=True).replace("%2A", "*")


def has_password(storage: str) -> bool:
    """Whether the URL has a password before its host.

    Example:
        >>> has_password("postgresql://ann:pw@db/nets"), has_password("sqlite:///a.db")
        (True, False)
    """
    return bool(_parsed(storage).password)


def stripped(storage: str) -> str:
    """The URL without a password, for programs that get it from elsewhere; see ``masked``.

    Example:
        >>> stripped("postgresql://ann:pw@db/nets?sslpassword=pw")
        'postgresql://ann@db/nets?sslpassword=***'
    """
    from sqlalchemy.engine import URL

    url = _parsed(storage)
    bare = URL.create(  # URL.set takes None for "as it is"
        url.drivername, url.username, None, url.host, url.port, url.database, url.query
    )
    return masked(bare.render_as_string(hide_password=False))


def without_password(text: str, storage: str) -> str:
    """A text, e.g. a driver's message, in which the URL's passwords became ``***``.

    Example:
        >>> without_password("no login as ann:pw", "postgresql://ann:pw@db/nets")
        'no login as ann:***'
    """
    text = text.replace(storage, masked(storage))
    try:
        url = _parsed(storage)
    except InputError:
        return text
    secrets = [url.password, *(v for k, v in url.query.items() if _SECRET.search(k))]
    for secret in secrets:
        for form in (str(secret), quote(str(secret), safe="")) if secret else ():
            text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", "***", text)
    return text


def driver_url(storage: str) -> str:
    """The URL with the driver that archsearch brings: psycopg, where none is named.

    Example:
        >>> driver_url("postgres://db/nets"), driver_url("sqlite:///a.db")
        ('postgresql+psycopg://db/nets', 'sqlite:///a.db')
    """
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", storage)


def engine_options(storage: str) -> dict[str, object]:
    """What to make an engine with, for Optuna's tables and for the ledger alike.

    A connection is tried before it is used, and one that a restarted server
    dropped is opened again. Few are held, since every worker holds its own.
    """
    if sqlite_path(storage) is not None:
        return {"connect_args": {"timeout": LOCK_SECONDS}}
    if not driver_url(storage).startswith("postgresql+psycopg:"):
        return {"pool_pre_ping": True}
    return {
        "pool_pre_ping": True,
        "pool_size": 1,
        "max_overflow": 4,
        "connect_args": dict(_CONNECTION),
    }


def _parsed(storage: str) -> URL:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(storage)
    except (ArgumentError, ValueError):
        pass
    hidden = re.sub(r":(?!//)[^/]*@", ":***@", storage)
    raise InputError(f"{hidden!r} is not a storage URL", help=f"write e.g. {EXAMPLES}")
