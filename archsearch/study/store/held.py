"""Claims that are held: what each is, by whom, and whether that one is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select, update

from archsearch.study.store.clock import now, up_since
from archsearch.study.store.owner import Owner
from archsearch.study.store.schema import CLAIMED, SETUP_INDEX, claims_table, rows_of

__all__ = ["Claim", "Gone", "HeldClaims", "row_of"]


@dataclass(frozen=True)
class Claim:
    """The right to train one planned trial with one seed; ``attempt`` proves it."""

    trial_index: int
    seed: int
    attempt: str
    tries: int

    @property
    def is_setup(self) -> bool:
        """Whether this is the study's one setup, not a training."""
        return self.trial_index == SETUP_INDEX


@dataclass(frozen=True)
class Gone:
    """A claim whose holder is gone; ``crashes`` counts this one if it crashed."""

    claim: Claim
    crashes: int


@dataclass(frozen=True)
class HeldClaims:
    """One study's held claims; each method is a part of the caller's transaction.

    Attributes:
        study_id: Optuna's id of the study.
        heartbeat_timeout: seconds without a heartbeat after which a holder counts as gone.
    """

    study_id: int
    heartbeat_timeout: float

    @property
    def rows(self) -> ColumnElement[bool]:
        """All their rows."""
        return and_(claims_table.c.study_id == self.study_id, claims_table.c.state == CLAIMED)

    def row(self, claim: Claim) -> ColumnElement[bool]:
        """The row of a claim, where this attempt still holds it."""
        mine = row_of(self.study_id, claim.trial_index, claim.seed)
        return and_(mine, self.rows, claims_table.c.attempt == claim.attempt)

    def by_gone(self, connection: Connection) -> list[Gone]:
        """Claims whose process is seen to be gone, or sent no heartbeat for too long."""
        return [
            Gone(claim, crashes)
            for claim, _, crashes in self._claimed(connection)
            if crashes is not None
        ]

    def by_living(self, connection: Connection) -> list[tuple[Claim, Owner]]:
        """The other claims, and who holds each."""
        return [
            (claim, owner) for claim, owner, crashes in self._claimed(connection) if crashes is None
        ]

    def bring_back_heartbeats(self, connection: Connection) -> None:
        """Take a heartbeat that lies ahead for one of now: its clock was set back, or began anew.

        Else a claim whose process can't be seen would live until then.
        """
        moment = now(connection.engine)
        ahead = claims_table.c.heartbeat > moment + self.heartbeat_timeout
        connection.execute(update(claims_table).where(self.rows, ahead).values(heartbeat=moment))

    def _claimed(self, connection: Connection) -> list[tuple[Claim, Owner, int | None]]:
        """Each claim, its holder, and where that one is gone, the crashes with this one."""
        engine = connection.engine
        times = (now(engine).label("now"), up_since(engine).label("up"))
        rows = connection.execute(
            select(claims_table, *times)
            .where(self.rows)
            .order_by(claims_table.c.position)  # rows are locked in one order by all
        )
        return [
            (_claim(row), owner := _owner(row), self._crashes_of_gone(row, owner)) for row in rows
        ]

    def _crashes_of_gone(self, row: Row[Any], owner: Owner) -> int | None:
        overdue = max(row.heartbeat, row.up) < row.now - self.heartbeat_timeout
        if not overdue and not owner.is_gone:
            return None
        return int(row.crashes + owner.crashed)


def row_of(study_id: int, trial_index: int, seed: int) -> ColumnElement[bool]:
    """The row of a training."""
    return and_(rows_of(claims_table, study_id, trial_index), claims_table.c.seed == seed)


def _claim(row: Row[Any]) -> Claim:
    return Claim(row.trial_index, row.seed, row.attempt, row.tries)


def _owner(row: Row[Any]) -> Owner:
    return Owner(row.host, row.pid, row.started, row.worker, row.parent, row.parent_started)
