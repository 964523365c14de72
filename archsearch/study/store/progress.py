"""How far a study is: its trainings by state, and the time that was worked on it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, case, func, or_, select, update

from archsearch.study.store.clock import now
from archsearch.study.store.schema import (
    CLAIMED,
    COMPLETE,
    ENDED,
    FAILED,
    SETUP_INDEX,
    claims_table,
    studies_table,
)

__all__ = ["StudyProgress", "count_trainings", "tick"]

TICK_GAP_SECONDS = 30.0
"""A longer pause between two ticks of the clock is a pause of the study."""


@dataclass(frozen=True)
class StudyProgress:
    """How far a study is, in trainings; ``longest`` is the slowest's seconds."""

    total: int
    open: int
    running: int
    complete: int
    failed: int
    longest: float
    seconds: float

    @property
    def unfinished(self) -> int:
        """Trainings that are still to end."""
        return self.open + self.running


def count_trainings(connection: Connection, study_id: int) -> StudyProgress:
    """Count a study's trainings by state, inside a transaction."""
    counted = (
        select(claims_table.c.state, func.count(), func.max(claims_table.c.seconds))
        .where(claims_table.c.study_id == study_id, claims_table.c.trial_index != SETUP_INDEX)
        .group_by(claims_table.c.state)
    )
    rows = connection.execute(counted).all()
    count = {state: number for state, number, _ in rows}
    return StudyProgress(
        total=sum(count.values()),
        # A state that isn't known, of a damaged database, is none that ended.
        open=sum(count.values()) - sum(count.get(state, 0) for state in (CLAIMED, *ENDED)),
        running=count.get(CLAIMED, 0),
        complete=count.get(COMPLETE, 0),
        failed=count.get(FAILED, 0),
        longest=max((longest or 0.0 for _, _, longest in rows), default=0.0),
        seconds=_worked(connection, study_id),
    )


def tick(connection: Connection, study_id: int) -> None:
    """Count the time since the last tick as worked, inside a transaction."""
    moment = now(connection.engine)
    since = moment - studies_table.c.ticked
    worked = case((and_(since > 0, since < TICK_GAP_SECONDS), since), else_=0.0)
    # One that ticked just before may be a little ahead; more is a clock that was set back.
    due = or_(since > 0, since < -TICK_GAP_SECONDS)
    connection.execute(
        update(studies_table)
        .where(studies_table.c.study_id == study_id, due)
        .values(seconds=studies_table.c.seconds + worked, ticked=moment)
    )


def _worked(connection: Connection, study_id: int) -> float:
    found = connection.execute(
        select(studies_table.c.seconds).where(studies_table.c.study_id == study_id)
    ).scalar()
    return float(found or 0.0)
