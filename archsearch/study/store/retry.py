"""Going on after a database was away for a moment: restarted, failed over, unplugged."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from archsearch.errors import ArchsearchError, RunFailedError, StorageAwayError
from archsearch.files import room
from archsearch.records.database import damage, driver_message
from archsearch.records.reading import DECODING_ERRORS
from archsearch.records.storage_secrets import masked
from archsearch.records.storage_url import sqlite_path

__all__ = ["RETRY_SECONDS", "RetryPolicy", "is_passing"]

RETRY_SECONDS = 300.0
"""How long a database may be away before a worker gives up."""

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0

_CONFLICTS = frozenset({"40001", "40P01"})
"""PostgreSQL's serialization failure and deadlock: the same again succeeds."""

_AWAY = frozenset({"57P01", "57P02", "57P03", "53300"})
"""Shut down, crashed, starting up, out of connections."""

Result = TypeVar("Result")


@dataclass(frozen=True)
class RetryPolicy:
    """Does an action again while the database is away, within bounds.

    An action is one transaction or several, and must be such that doing it
    twice is doing it once: the answer to a commit may be what was lost.

    Attributes:
        url: of the storage, for messages; its password stays out of them.
        seconds: how long to try.
        say: told once when the waiting begins.
    """

    url: str = field(repr=False)
    seconds: float = RETRY_SECONDS
    say: Callable[[str], None] = field(default=lambda text: None)

    def __call__(self, action: Callable[[], Result]) -> Result:
        """What the action gives, after as many attempts as it takes.

        Raises:
            RunFailedError: the database stayed away, or broke in a way that
                doesn't pass, e.g. for lack of space.
            UnreadableError: the database is damaged.
        """
        return self.attempts(lambda attempt: action())

    def attempts(self, action: Callable[[int], Result]) -> Result:
        """As a call, for an action that is told how many attempts went before."""
        from optuna.exceptions import StorageInternalError

        end = time.monotonic() + self.seconds
        pause, attempt = FIRST_PAUSE, 0
        while True:
            try:
                return action(attempt)
            except DECODING_ERRORS as error:
                raise damage(self.url, error) or error from None
            except (SQLAlchemyError, StorageInternalError, StorageAwayError) as error:
                away = isinstance(error, StorageAwayError)
                if away and not self.seconds:
                    raise
                if not away and not is_passing(error):
                    raise self.broken(error) from error
                if time.monotonic() + pause > end:
                    raise self._away(error) from error
                if attempt == 3:  # a conflict of locks is over by then
                    why = driver_message(self.url, error)
                    self.say(f"{masked(self.url)} is away ({why}); waiting for it")
            time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  workers spread out
            pause = min(pause * 1.6, LONGEST_PAUSE)
            attempt += 1

    def _away(self, error: Exception) -> RunFailedError:
        why = driver_message(self.url, error)
        return RunFailedError(
            f"{masked(self.url)} was away for {self.seconds:.0f} s: {why}",
            help="finished results are kept; when it is back, the same command continues",
        )

    def broken(self, error: Exception) -> ArchsearchError:
        """What to tell of an error of the database that doesn't pass."""
        damaged = damage(self.url, error)
        if damaged is not None:
            return damaged
        why, path = driver_message(self.url, error), sqlite_path(self.url)
        if path is not None and "full" in why:
            why += f" ({room(path)})"
        if path is not None and "no such table" in why:
            why += " (the file was removed or replaced meanwhile)"
        return RunFailedError(
            f"{masked(self.url)} can't be used any more: {why}",
            help="finished results are kept; fix the cause (is the disk full?), "
            "then the same command continues",
        )


def is_passing(error: Exception) -> bool:
    """Whether an error of the database goes away by itself: a lost connection, a conflict."""
    origin = _origin(error)
    if not isinstance(origin, DBAPIError) or origin.orig is None:
        return False
    code = getattr(origin.orig, "sqlstate", None)
    if code is not None:
        return code in _CONFLICTS or code in _AWAY or code.startswith("08")
    if type(origin.orig).__module__.startswith("sqlite3"):
        return "locked" in str(origin.orig) or "busy" in str(origin.orig)
    # A driver's error without a code comes from the connection, not from the server.
    return origin.connection_invalidated or type(origin.orig).__name__ == "OperationalError"


def _origin(error: Exception) -> Exception:
    """What Optuna's own error wraps."""
    cause = error.__cause__
    return cause if isinstance(cause, SQLAlchemyError) else error
