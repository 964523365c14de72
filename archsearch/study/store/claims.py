"""Claims on (trial, seed): each is held by one attempt at a time and ends once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    and_,
    case,
    func,
    or_,
    select,
    update,
)

from archsearch.records.layout import HEARTBEAT_TIMEOUT_SECONDS
from archsearch.study.store.clock import now, up_since
from archsearch.study.store.owner import Owner
from archsearch.study.store.schema import (
    CLAIMED,
    COMPLETE,
    ENDED,
    FAILED,
    OPEN,
    PRUNED,
    SETUP_INDEX,
    SKIPPED,
    claims_table,
    rows_of,
    studies_table,
    trials_table,
)

__all__ = ["Claim", "Claims", "StudyProgress"]

MOST_CRASHES = 12
"""Workers that one training may crash before it counts as failed: it isn't chance."""

TICK_GAP_SECONDS = 30.0
"""A longer pause between two ticks of the clock is a pause of the study."""


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
class _Dead:
    """A claim whose attempt is over; ``crashes`` counts this one if it crashed."""

    claim: Claim
    crashes: int


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
        self.heartbeat_timeout = heartbeat_timeout
        self.max_crashes = max_crashes

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
            self._give_up_dead(connection)
            row = self._next_open(connection)
            if row is None:
                return None
            trial_index, seed, tries = row
            claim = Claim(trial_index, seed, attempt or uuid4().hex, tries + 1)
            taken = connection.execute(
                update(claims_table)
                .where(self._row(trial_index, seed), claims_table.c.state == OPEN)
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
                update(claims_table).where(*self._held(claim)).values(heartbeat=now(self.engine))
            )
            self._tick(connection)
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
                .where(*self._held(claim))
                .values(state=state, record=record, seconds=seconds)
            )
            if ended.rowcount == 1 and (failed or pruned):
                self._skip_open_seeds(connection, claim.trial_index)
            self._tick(connection)
            return ended.rowcount == 1 or self._told_before(connection, claim, record)

    def release_dead(self) -> None:
        """Open the claims of processes that were stopped on purpose; the try doesn't count."""
        with self.engine.begin() as connection:
            for dead in self._dead(connection):
                connection.execute(
                    update(claims_table)
                    .where(*self._held(dead.claim))
                    .values(state=OPEN, attempt=None, tries=dead.claim.tries - 1)
                )

    def held_by_living(self, connection: Connection) -> list[Owner]:
        """Who holds claims and isn't known to be gone, inside a transaction."""
        dead = {(each.claim.trial_index, each.claim.seed) for each in self._dead(connection)}
        mine = claims_table.c.study_id == self.study_id
        held = select(claims_table).where(mine, claims_table.c.state == CLAIMED)
        return [
            _owner(row)
            for row in connection.execute(held)
            if (row.trial_index, row.seed) not in dead
        ]

    def holds(self, connection: Connection, claim: Claim) -> bool:
        """Whether the attempt still holds its claim, inside a transaction."""
        found = connection.execute(
            select(claims_table.c.trial_index).where(*self._held(claim)).with_for_update()
        )
        return found.first() is not None

    def none_held(self) -> bool:
        """Whether nobody holds a claim, nor the setup: nothing opens that isn't open."""
        mine = claims_table.c.study_id == self.study_id
        held = select(claims_table.c.seed).where(mine, claims_table.c.state == CLAIMED)
        with self.engine.begin() as connection:
            return connection.execute(held.limit(1)).first() is None

    def progress(self) -> StudyProgress:
        """Count the trainings by state."""
        counted = (
            select(claims_table.c.state, func.count(), func.max(claims_table.c.seconds))
            .where(
                claims_table.c.study_id == self.study_id, claims_table.c.trial_index != SETUP_INDEX
            )
            .group_by(claims_table.c.state)
        )
        with self.engine.begin() as connection:
            rows = connection.execute(counted).all()
            worked = self._worked(connection)
        count = {state: number for state, number, _ in rows}
        return StudyProgress(
            total=sum(count.values()),
            # A state that isn't known, of a damaged database, is none that ended.
            open=sum(count.values()) - sum(count.get(state, 0) for state in (CLAIMED, *ENDED)),
            running=count.get(CLAIMED, 0),
            complete=count.get(COMPLETE, 0),
            failed=count.get(FAILED, 0),
            longest=max((longest or 0.0 for _, _, longest in rows), default=0.0),
            seconds=worked,
        )

    def tick(self) -> None:
        """Count the time since the last tick as worked, whoever ticked last."""
        with self.engine.begin() as connection:
            self._tick(connection)

    def _taken(self, connection: Connection, attempt: str) -> Claim | None:
        """What a claim with this token took, if it reached the database."""
        row = connection.execute(
            select(claims_table.c.trial_index, claims_table.c.seed, claims_table.c.tries).where(
                claims_table.c.study_id == self.study_id,
                claims_table.c.state == CLAIMED,
                claims_table.c.attempt == attempt,
            )
        ).first()
        return None if row is None else Claim(row.trial_index, row.seed, attempt, row.tries)

    def _told_before(self, connection: Connection, claim: Claim, record: str) -> bool:
        stored = connection.execute(
            select(claims_table.c.record).where(
                self._row(claim.trial_index, claim.seed),
                claims_table.c.state.in_((COMPLETE, FAILED, PRUNED)),
                claims_table.c.attempt == claim.attempt,
            )
        ).scalar()
        return bool(stored == record)

    def _next_open(self, connection: Connection) -> tuple[int, int, int] | None:
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
        query = (
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
            # SQLite has no row locks and leaves this out: its transaction holds the only one.
            .with_for_update(skip_locked=True, of=claims_table)
        )
        row = connection.execute(query).first()
        return None if row is None else (row[0], row[1], row[2])

    def _setup_done(self, connection: Connection) -> bool:
        state = connection.execute(
            select(claims_table.c.state).where(rows_of(claims_table, self.study_id, SETUP_INDEX))
        ).scalar()
        return bool(state == COMPLETE)

    def _give_up_dead(self, connection: Connection) -> None:
        self._bring_back_heartbeats(connection)
        for dead in self._dead(connection):
            claim = dead.claim
            lost = dead.crashes >= self.max_crashes and not claim.is_setup
            connection.execute(
                update(claims_table)
                .where(*self._held(claim))
                .values(
                    state=FAILED if lost else OPEN,
                    record=_lost_record(claim.seed, dead.crashes) if lost else None,
                    crashes=dead.crashes,
                )
            )
            if lost:
                self._skip_open_seeds(connection, claim.trial_index)

    def _bring_back_heartbeats(self, connection: Connection) -> None:
        """Take a heartbeat that lies ahead for one of now: its clock was set back, or began anew.

        Else a claim whose process can't be seen would live until then.
        """
        moment = now(self.engine)
        connection.execute(
            update(claims_table)
            .where(
                claims_table.c.study_id == self.study_id,
                claims_table.c.state == CLAIMED,
                claims_table.c.heartbeat > moment + self.heartbeat_timeout,
            )
            .values(heartbeat=moment)
        )

    def _dead(self, connection: Connection) -> list[_Dead]:
        times = (now(self.engine).label("now"), up_since(self.engine).label("up"))
        held = connection.execute(
            select(claims_table, *times)
            .where(claims_table.c.study_id == self.study_id, claims_table.c.state == CLAIMED)
            .order_by(claims_table.c.position)  # rows are locked in one order by all
        )
        found = []
        for row in held:
            owner = _owner(row)
            overdue = max(row.heartbeat, row.up) < row.now - self.heartbeat_timeout
            if overdue or owner.is_gone:
                claim = Claim(row.trial_index, row.seed, row.attempt, row.tries)
                found.append(_Dead(claim, row.crashes + owner.crashed))
        return found

    def _skip_open_seeds(self, connection: Connection, trial_index: int) -> None:
        connection.execute(
            update(claims_table)
            .where(rows_of(claims_table, self.study_id, trial_index), claims_table.c.state == OPEN)
            .values(state=SKIPPED)
        )

    def _tick(self, connection: Connection) -> None:
        moment = now(self.engine)
        since = moment - studies_table.c.ticked
        worked = case((and_(since > 0, since < TICK_GAP_SECONDS), since), else_=0.0)
        # One that ticked just before may be a little ahead; more is a clock that was set back.
        due = or_(since > 0, since < -TICK_GAP_SECONDS)
        connection.execute(
            update(studies_table)
            .where(studies_table.c.study_id == self.study_id, due)
            .values(seconds=studies_table.c.seconds + worked, ticked=moment)
        )

    def _worked(self, connection: Connection) -> float:
        found = connection.execute(
            select(studies_table.c.seconds).where(studies_table.c.study_id == self.study_id)
        ).scalar()
        return float(found or 0.0)

    def _row(self, trial_index: int, seed: int) -> ColumnElement[bool]:
        return and_(rows_of(claims_table, self.study_id, trial_index), claims_table.c.seed == seed)

    def _held(self, claim: Claim) -> tuple[ColumnElement[bool], ...]:
        return (
            self._row(claim.trial_index, claim.seed),
            claims_table.c.state == CLAIMED,
            claims_table.c.attempt == claim.attempt,
        )


def _owner(row: Row[Any]) -> Owner:
    return Owner(row.host, row.pid, row.started, row.worker, row.parent, row.parent_started)


def _lost_record(seed: int, crashes: int) -> str:
    from archsearch.records import SeedRecord

    reason = f"its worker crashed {crashes} times, e.g. killed for lack of memory"
    return SeedRecord(seed=seed, state="failed", reason=reason).model_dump_json()
