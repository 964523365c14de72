"""The events of a running study."""

from __future__ import annotations

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
    "epoch",  # a training ended an epoch; text is what went badly in it
    "trained",  # a training ended, val_mse is its result, text what became of it if not well
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

    def to_data(self) -> dict[str, object]:
        """The fields that apply, for JSON; ``StudyEvent(**data)`` is the event again.

        Example:
            >>> StudyEvent("retry", worker=1).to_data()
            {'kind': 'retry', 'text': '', 'worker': 1}
        """
        return {name: value for name, value in asdict(self).items() if value is not None}


Say = Callable[[StudyEvent], None]


def silent(event: StudyEvent) -> None:
    """Tell nobody."""
