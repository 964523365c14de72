"""The events of a running study."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

__all__ = ["EventKind", "Say", "StudyEvent", "silent"]

EventKind = Literal[
    "drawing",  # a design is being drawn
    "preparing",  # pictures are read and measured
    "ready",  # the workers start; done and total say how far the study is
    "progress",  # now and then: done and total as the storage has them
    "note",  # something to know, in text
    "started",  # a training began
    "epoch",  # a training ended an epoch
    "trained",  # a training ended, val_mse is its result
    "pruned",  # a training ended early, text is the reason
    "failed",  # a training ended without a result, text is the reason
    "surplus",  # a result came from an attempt that lost its claim, and was dropped
    "infeasible",  # an adaptive method proposed what a rule forbids
    "duplicate",  # an adaptive method proposed what an earlier trial has
    "retry",  # a worker died; another takes its place
    "stopping",  # the running trainings are finished, no other starts
    "ended",  # nothing is left to do, or the budget is spent
]


@dataclass(frozen=True)
class StudyEvent:
    """One thing that happened; fields that don't apply are None. ``trial`` is Optuna's number."""

    kind: EventKind
    text: str = ""
    trial: int | None = None
    seed: int | None = None
    worker: int | None = None
    epoch: int | None = None
    epochs: int | None = None
    val_mse: float | None = None
    latent_size: int | None = None
    seconds: float | None = None
    done: int | None = None
    total: int | None = None

    def to_json(self) -> bytes:
        """The event as it travels between processes."""
        return json.dumps({k: v for k, v in asdict(self).items() if v is not None}).encode()

    @classmethod
    def from_json(cls, text: bytes) -> StudyEvent:
        """What ``to_json`` gave, back again.

        Example:
            >>> StudyEvent.from_json(StudyEvent("note", "ok").to_json())
            StudyEvent(kind='note', text='ok', trial=None, seed=None, worker=None, epoch=None, \
epochs=None, val_mse=None, latent_size=None, seconds=None, done=None, total=None)
        """
        return cls(**json.loads(text))


Say = Callable[[StudyEvent], None]


def silent(event: StudyEvent) -> None:
    """Tell nobody."""
