"""A study that is open: its settings, its space, and its two views of one database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from archsearch.config import DESIGNS, StudySettings
from archsearch.errors import UnreadableError
from archsearch.records.gate import read_checked
from archsearch.space import Candidate, SearchSpace, Value
from archsearch.spec import ModelPlan
from archsearch.study.store.claims import Ledger
from archsearch.study.store.retry import Patience
from archsearch.study.store.schema import slots
from archsearch.study.store.values import values_from_json

if TYPE_CHECKING:
    from optuna.storages import BaseStorage

__all__ = ["OpenStudy", "SlotRow"]


@dataclass(frozen=True)
class SlotRow:
    """What the ledger knows of one slot; ``candidate`` is JSON of its values by name."""

    slot: int
    candidate: str | None
    trial_id: int | None
    duplicate_of: int | None
    proposals: int
    closed: bool

    @property
    def values(self) -> dict[str, Value] | None:
        """The candidate's values, None where there is no candidate yet.

        Raises:
            UnreadableError: what is stored of it is damaged.
        """
        if self.candidate is None:
            return None
        stored = self.candidate
        return read_checked(f"the candidate of slot {self.slot}", lambda: values_from_json(stored))


@dataclass(frozen=True)
class OpenStudy:
    """A study in its storage.

    Attributes:
        settings: the study file.
        space: what is searched.
        ledger: who trains what.
        storage: Optuna's side of the same database.
        artifacts: where pictures are kept.
        patience: for what is to be done while the database may be away.
    """

    settings: StudySettings
    space: SearchSpace
    ledger: Ledger
    storage: BaseStorage
    artifacts: Path
    patience: Patience

    @property
    def study_id(self) -> int:
        """Optuna's id."""
        return self.ledger.study_id

    @property
    def designed(self) -> bool:
        """Whether all candidates were drawn beforehand."""
        return self.settings.search.method in DESIGNS

    def close(self) -> None:
        """Let go of the database; it opens again where it is used again."""
        self.storage.remove_session()
        self.ledger.engine.dispose()

    def slot_rows(self, *, only: int | None = None, unclosed: bool = False) -> list[SlotRow]:
        """The ledger's slots, in order."""
        query = select(slots).where(slots.c.study_id == self.study_id).order_by(slots.c.slot)
        if only is not None:
            query = query.where(slots.c.slot == only)
        if unclosed:
            query = query.where(slots.c.closed.is_(False))
        with self.ledger.engine.begin() as connection:
            rows = connection.execute(query).all()
        return [
            SlotRow(
                row.slot,
                row.candidate,
                row.trial_id,
                row.duplicate_of,
                row.proposals,
                row.closed,
            )
            for row in rows
        ]

    def slot_row(self, slot: int) -> SlotRow:
        """One slot.

        Raises:
            UnreadableError: the ledger has lost it.
        """
        for row in self.slot_rows(only=slot):
            return row
        raise UnreadableError(
            f"the ledger of {self.settings.name!r} has no slot {slot}: the database is damaged",
            help="restore it from a backup",
        )

    def any_plan(self) -> ModelPlan:
        """A design's first plan, or what the family gives by itself: the same at any time."""
        rows = self.slot_rows(only=0) if self.designed else []
        values = rows[0].values if rows else None
        return self.space.default_plan() if values is None else self.candidate(values).plan

    def candidate(self, values: dict[str, Value]) -> Candidate:
        """The candidate of values that were found feasible when they were stored.

        Raises:
            UnreadableError: they aren't any more.
        """
        unknown = ", ".join(values.keys() - self.space.domains.keys())
        outcome = None if unknown else self.space.resolve(values)
        if isinstance(outcome, Candidate):
            return outcome
        why = f"{outcome.rule}: {outcome.detail}" if outcome else f"no {unknown} in the space"
        raise UnreadableError(
            f"a stored candidate of {self.settings.name!r} can't be built: {why}",
            help="its record is damaged, or of another version of archsearch",
        )
