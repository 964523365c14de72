"""The one clock that heartbeats are told by: a server's own, since hosts disagree."""

from __future__ import annotations

import time

from sqlalchemy import ColumnElement, Engine, Float, cast, extract, func, literal

__all__ = ["now", "up_since"]


def now(engine: Engine) -> ColumnElement[float]:
    """Seconds since the epoch: by PostgreSQL's clock, or this machine's, where SQLite lives."""
    if engine.dialect.name == "postgresql":
        return cast(extract("epoch", func.clock_timestamp()), Float)
    return literal(time.time())


def up_since(engine: Engine) -> ColumnElement[float]:
    """When the database could first take heartbeats: no heartbeat arrives while it is down."""
    if engine.dialect.name == "postgresql":
        return cast(extract("epoch", func.pg_postmaster_start_time()), Float)
    return literal(0.0)
