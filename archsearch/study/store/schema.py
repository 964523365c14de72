"""Tables of planned trials and claims: who trains which (trial, seed), beside Optuna's own.

A study plans trials 0 … planned−1; a planned trial holds one candidate; a claim row is one
training of it with one seed. Index −1 is the setup, done once by whoever comes
first, before any other row can be claimed.

Tables and columns have the names of the first version, so that older storages stay readable;
``key`` gives what the code calls them.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    and_,
)

__all__ = [
    "CLAIMED",
    "COMPLETE",
    "DUPLICATE",
    "ENDED",
    "EXHAUSTED",
    "FAILED",
    "OPEN",
    "PRUNED",
    "SETUP_INDEX",
    "SKIPPED",
    "claims_table",
    "metadata",
    "rows_of",
    "studies_table",
    "trials_table",
]

OPEN = "open"
CLAIMED = "claimed"
COMPLETE = "complete"
FAILED = "failed"
PRUNED = "pruned"  # ended early, judged by its first epochs
SKIPPED = "skipped"  # another seed of the same candidate failed or was pruned
DUPLICATE = "duplicate"  # reuses an earlier trial's results
EXHAUSTED = "exhausted"  # no feasible candidate was found for the trial
ENDED = (COMPLETE, FAILED, PRUNED, SKIPPED, DUPLICATE, EXHAUSTED)

SETUP_INDEX = -1

metadata = MetaData()

studies_table = Table(
    "archsearch_studies",
    metadata,
    Column("study_id", Integer, primary_key=True, autoincrement=False),  # Optuna's
    Column("slots", Integer, key="planned", nullable=False),
    Column("seeds", Integer, nullable=False),
    Column("space_hash", String(64), nullable=False),
    Column("settings", Text, nullable=False),  # JSON: what a resumed study must agree with
    Column("note", Text, nullable=False, default=""),  # why there are fewer trials than asked
    Column("seconds", Float, nullable=False, default=0.0),  # wall-clock worked so far
    Column("ticked", Float, nullable=False, default=0.0),  # when that was last counted
)

trials_table = Table(
    "archsearch_slots",
    metadata,
    Column("study_id", Integer, primary_key=True, autoincrement=False),
    Column("slot", Integer, key="trial_index", primary_key=True, autoincrement=False),
    Column("candidate", Text),  # JSON: values by name; null until an adaptive method proposes
    Column("key", String(64)),  # equal keys, equal trainings
    Column("trial_id", Integer),  # Optuna's
    Column("duplicate_of", Integer),  # an earlier planned trial
    Column("proposals", Integer, nullable=False, default=0),  # infeasible ones so far
    Column("closed", Boolean, nullable=False, default=False),  # Optuna has the final state
    Index("ix_archsearch_slots_key", "study_id", "key"),
)

claims_table = Table(
    "archsearch_claims",
    metadata,
    Column("study_id", Integer, primary_key=True, autoincrement=False),
    Column("slot", Integer, key="trial_index", primary_key=True, autoincrement=False),
    Column("seed", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, nullable=False),  # the order in which rows are claimed
    Column("state", String(16), nullable=False, default=OPEN),
    Column("attempt", String(32)),  # token of the attempt that holds or held the row
    Column("tries", Integer, nullable=False, default=0),
    Column("deaths", Integer, key="crashes", nullable=False, default=0),  # of its workers
    Column("host", String(255)),
    Column("pid", Integer),
    Column("started", String(255)),  # of the process, so that a reused pid is noticed
    Column("parent", Integer),  # the process that started it
    Column("parent_started", String(255)),
    Column("worker", Integer),
    Column("heartbeat", Float),  # by the clock of store/clock.py
    Column("seconds", Float),  # how long the accepted attempt took
    Column("record", Text),  # JSON of a SeedRecord
    Column("published", Boolean, nullable=False, default=False),  # Optuna has the record
    Index("ix_archsearch_claims_open", "study_id", "state", "position"),
)


def rows_of(table: Table, study_id: int, trial_index: int) -> ColumnElement[bool]:
    """The condition for the rows of one planned trial, in ``trials_table`` or ``claims_table``."""
    return and_(table.c.study_id == study_id, table.c.trial_index == trial_index)
