"""The clocks of a storage: one that heartbeats are told by, one for people.

Hosts disagree on the time, so a server's own clock is asked. A SQLite file lies on one
machine, whose clock may be set meanwhile: there what counts is the time since its start.
"""

from __future__ import annotations

import time

from sqlalchemy import ColumnElement, Engine, Float, cast, extract, func, literal, select

__all__ = ["now", "unix_time", "up_since"]


def now(engine: Engine) -> ColumnElement[float]:
    """Seconds by the clock that heartbeats and budgets are told by; only differences count.

    PostgreSQL's own clock, or on SQLite the machine's monotonic one. That one begins anew
    when the machine starts, so a time that was stored before may lie ahead of it.
    """
    if engine.dialect.name == "postgresql":
        return cast(extract("epoch", func.clock_timestamp()), Float)
    return literal(time.monotonic())


def unix_time(engine: Engine) -> float:
    """Seconds since the epoch, by the database's clock: to be shown."""
    if engine.dialect.name != "postgresql":
        return time.time()
    with engine.begin() as connection:
        return float(connection.scalar(select(now(engine))) or 0.0)


def up_since(engine: Engine) -> ColumnElement[float]:
    """When the database could first take heartbeats: no heartbeat arrives while it is down."""
    if engine.dialect.name == "postgresql":
        return cast(extract("epoch", func.pg_postmaster_start_time()), Float)
    return literal(0.0)
