"""Claims on (trial, seed): each is held by one attempt at a time and ends once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Select, and_, or_, select, update

from archsearch.records.layout import HEARTBEAT_TIMEOUT_SECONDS
from archsearch.study.store.clock import now
from archsearch.study.store.held import Claim, Gone, HeldClaims, row_of
from archsearch.study.store.owner import Owner
from archsearch.study.store.progress import StudyProgress, count_trainings, tick
from archsearch.study.store.schema import (
    CLAIMED,
    COMPLETE,
    FAILED,
    OPEN,
    PRUNED,
    SETUP_INDEX,
    SKIPPED,
    claims_table,
    rows_of,
    trials_table,
)

__all__ = ["Claims"]

MOST_CRASHES = 12
"""Workers that one training may crash before it counts as failed: it isn't chance."""


class Claims:
    """One study's claims in the database.

    Every method is one transaction. Changes of state are conditional
    updates: they name the state (or the attempt) that they start from, and
    what they return says whether the row was still so.

    Args:
        engine: from ``open_engine``.
        study_id: Optuna's id of the study.
        heartbeat_timeout: seconds without a heartbeat after which a claim is given up.
        max_crashes: workers that one training may crash before it counts as failed.
    """

    def __init__(
        self,
        engine: Engine,
        study_id: int,
        *,
        heartbeat_timeout: float = HEARTBEAT_TIMEOUT_SECONDS,
        max_crashes: int = MOST_CRASHES,
    ) -> None:
        self.engine = engine
        self.study_id = study_id
        self._held = HeldClaims(study_id, heartbeat_timeout)
        self._max_crashes = max_crashes

    def claim(
        self, owner: Owner, *, attempt: str | None = None, again: bool = False
    ) -> Claim | None:
        """Take the next open row for ``owner``, with its first heartbeat.

        Args:
            owner: who will work on it.
            attempt: the token to take it with, if not a new one.
            again: this call was made before with the same token, and its
                answer was lost: what that one took is given, if anything.

        Returns:
            None where nothing is open, or the setup is still under way.
        """
        with self.engine.begin() as connection:
            before = self._taken(connection, attempt) if again and attempt else None
            if before is not None:
                return before
            self._give_up_gone(connection)
            row = self._next_open(connection)
            if row is None:
                return None
            trial_index, seed, tries = row
            claim = Claim(trial_index, seed, attempt or uuid4().hex, tries + 1)
            taken = connection.execute(
                update(claims_table)
                .where(row_of(self.study_id, trial_index, seed), claims_table.c.state == OPEN)
                .values(
                    state=CLAIMED,
                    attempt=claim.attempt,
                    tries=claim.tries,
                    host=owner.host,
                    pid=owner.pid,
                    started=owner.started,
                    worker=owner.worker,
                    parent=owner.parent,
                    parent_started=owner.parent_started,
                    heartbeat=now(self.engine),
                )
            )
            return claim if taken.rowcount == 1 else None

    def heartbeat(self, claim: Claim) -> bool:
        """Say that the attempt lives; False where it no longer holds the claim."""
        with self.engine.begin() as connection:
            extended = connection.execute(
                update(claims_table).where(self._held.row(claim)).values(heartbeat=now(self.engine))
            )
            tick(connection, self.study_id)
            return extended.rowcount == 1

    def finish(
        self, claim: Claim, record: str, *, failed: bool, seconds: float, pruned: bool = False
    ) -> bool:
        """End a claim; the candidate's open seeds are skipped if it failed or was pruned.

        Returns:
            False where another attempt holds or ended the row: the record is surplus.
            True again where it was told before, and only the answer was lost.
        """
        state = FAILED if failed else PRUNED if pruned else COMPLETE
        with self.engine.begin() as connection:
            ended = connection.execute(
                update(claims_table)
                .where(self._held.row(claim))
                .values(state=state, record=record, seconds=seconds)
            )
            if ended.rowcount == 1 and (failed or pruned):
                self._skip_open_seeds(connection, claim.trial_index)
            tick(connection, self.study_id)
            return ended.rowcount == 1 or self._told_before(connection, claim, record)

    def release_gone(self) -> None:
        """Open the claims of processes that were stopped on purpose; the try doesn't count."""
        with self.engine.begin() as connection:
            for gone in self._held.by_gone(connection):
                connection.execute(
                    update(claims_table)
                    .where(self._held.row(gone.claim))
                    .values(state=OPEN, attempt=None, tries=gone.claim.tries - 1)
                )

    def holds(self, connection: Connection, claim: Claim) -> bool:
        """Whether the attempt still holds its claim, inside a transaction."""
        found = connection.execute(
            select(claims_table.c.trial_index).where(self._held.row(claim)).with_for_update()
        )
        return found.first() is not None

    def is_stuck(self) -> bool:
        """Whether nothing is held, and nothing can be claimed: so it stays.

        A row that another process has locked counts as one that can be claimed.
        """
        with self.engine.begin() as connection:
            held = select(claims_table.c.seed).where(self._held.rows).limit(1)
            claimable = self._claimable(connection)
            return all(connection.execute(query).first() is None for query in (held, claimable))

    def progress(self) -> StudyProgress:
        """Count the trainings by state."""
        with self.engine.begin() as connection:
            return count_trainings(connection, self.study_id)

    def tick(self) -> None:
        """Count the time since the last tick as worked, whoever ticked last."""
        with self.engine.begin() as connection:
            tick(connection, self.study_id)

    def _taken(self, connection: Connection, attempt: str) -> Claim | None:
        """What a claim with this token took, if it reached the database."""
        row = connection.execute(
            select(claims_table.c.trial_index, claims_table.c.seed, claims_table.c.tries).where(
                self._held.rows, claims_table.c.attempt == attempt
            )
        ).first()
        return None if row is None else Claim(row.trial_index, row.seed, attempt, row.tries)

    def _told_before(self, connection: Connection, claim: Claim, record: str) -> bool:
        stored = connection.execute(
            select(claims_table.c.record).where(
                row_of(self.study_id, claim.trial_index, claim.seed),
                claims_table.c.state.in_((COMPLETE, FAILED, PRUNED)),
                claims_table.c.attempt == claim.attempt,
            )
        ).scalar()
        return bool(stored == record)

    def _next_open(self, connection: Connection) -> tuple[int, int, int] | None:
        # SQLite has no row locks and leaves this out: its transaction holds the only one.
        query = self._claimable(connection).with_for_update(skip_locked=True, of=claims_table)
        row = connection.execute(query).first()
        return None if row is None else (row[0], row[1], row[2])

    def _claimable(self, connection: Connection) -> Select[Any, Any, Any]:
        """The first row that may be claimed, whoever has locked it."""
        # Another's setup may be locked and not yet committed: only its end opens the rest.
        in_turn = claims_table.c.trial_index != SETUP_INDEX
        if not self._setup_done(connection):
            in_turn = claims_table.c.trial_index == SETUP_INDEX
        # An adaptive trial has no candidate until its first seed's attempt proposed one.
        ready = or_(claims_table.c.seed <= 0, trials_table.c.candidate.is_not(None))
        its_trial = and_(
            trials_table.c.study_id == self.study_id,
            trials_table.c.trial_index == claims_table.c.trial_index,
        )
        return (
            select(claims_table.c.trial_index, claims_table.c.seed, claims_table.c.tries)
            .outerjoin(trials_table, its_trial)
            .where(
                claims_table.c.study_id == self.study_id,
                claims_table.c.state == OPEN,
                ready,
                in_turn,
            )
            .order_by(claims_table.c.position)
            .limit(1)
        )

    def _setup_done(self, connection: Connection) -> bool:
        state = connection.execute(
            select(claims_table.c.state).where(rows_of(claims_table, self.study_id, SETUP_INDEX))
        ).scalar()
        return bool(state == COMPLETE)

    def _give_up_gone(self, connection: Connection) -> None:
        self._held.bring_back_heartbeats(connection)
        for gone in self._held.by_gone(connection):
            self._give_up(connection, gone)

    def _give_up(self, connection: Connection, gone: Gone) -> None:
        claim = gone.claim
        lost = gone.crashes >= self._max_crashes and not claim.is_setup
        connection.execute(
            update(claims_table)
            .where(self._held.row(claim))
            .values(
                state=FAILED if lost else OPEN,
                record=_lost_record(claim.seed, gone.crashes) if lost else None,
                crashes=gone.crashes,
            )
        )
        if lost:
            self._skip_open_seeds(connection, claim.trial_index)

    def _skip_open_seeds(self, connection: Connection, trial_index: int) -> None:
        connection.execute(
            update(claims_table)
            .where(rows_of(claims_table, self.study_id, trial_index), claims_table.c.state == OPEN)
            .values(state=SKIPPED)
        )


def _lost_record(seed: int, crashes: int) -> str:
    from archsearch.records import SeedRecord

    reason = f"its worker crashed {crashes} times, e.g. killed for lack of memory"
    return SeedRecord(seed=seed, state="failed", reason=reason).model_dump_json()
