"""A running study: what its events add up to, told on a board."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archsearch.interactive.board import Moving, open_board

if TYPE_CHECKING:
    from archsearch.interactive.board import Board
    from archsearch.study import Say, StudyEvent

__all__ = ["duration", "study_progress"]


_ENDS = frozenset({"trained", "pruned", "failed"})
"""Events that end a training."""


@dataclass
class _Tally:
    """What the events so far add up to."""

    told: int = 0
    heard: int = 0
    total: int = 0
    began: float = field(default_factory=time.monotonic)
    done_before: int = 0
    best: float | None = None
    infeasible: int = 0
    running: dict[int, StudyEvent] = field(default_factory=dict)
    latents: dict[int, int] = field(default_factory=dict)

    def add(self, event: StudyEvent) -> None:
        if event.kind == "ready":
            self.told = self.done_before = event.done or 0
            self.total = event.total or 0
            self.began = time.monotonic()
        if event.kind in {"progress", "ended"} and event.done is not None:
            self.told = event.done  # counts what was skipped or reused, too
        if event.latent_size is not None and event.trial is not None:
            self.latents[event.trial] = event.latent_size
        if event.kind in {"started", "epoch"} and event.worker is not None:
            self.running[event.worker] = event
        if event.kind in {*_ENDS, "surplus"} and event.worker is not None:
            self.running.pop(event.worker, None)
        if event.kind in _ENDS:
            self.heard += 1
        if event.kind == "trained" and event.val_mse is not None:
            self.best = event.val_mse if self.best is None else min(self.best, event.val_mse)
        self.infeasible += event.kind == "infeasible"

    @property
    def done(self) -> int:
        """Trainings that ended: as was told, or heard of since."""
        # What was told may count one whose own event is still under way.
        return max(self.told, self.done_before + self.heard)

    @property
    def seconds_left(self) -> float | None:
        """From the pace of this run; None before its first training ended."""
        ended = self.done - self.done_before
        if ended == 0:
            return None
        part = self._part_of_running
        pace = (time.monotonic() - self.began) / (ended + part)
        return pace * max(self.total - self.done - part, 0.0)

    @property
    def _part_of_running(self) -> float:
        """How many trainings the epochs of those that run add up to."""
        epochs = ((one.epoch or 0, one.epochs or 0) for one in self.running.values())
        return sum(done / of for done, of in epochs if of)

    @property
    def place(self) -> str:
        best = "" if self.best is None else f", lowest {self.best:.5f}"
        left = self.seconds_left
        return f"{self.done}/{self.total} trainings{best}" + (
            "" if left is None or self.done == self.total else f", {duration(left)} left"
        )


@contextmanager
def study_progress() -> Iterator[Say]:
    """What to give to ``run_study`` as ``on_event``."""
    tally = _Tally()
    with open_board() as board:
        yield lambda event: _tell(tally, event, board)


def _tell(tally: _Tally, event: StudyEvent, board: Board) -> None:
    tally.add(event)
    line = _line(tally, event)
    if line:
        board.say(line if board.moves or event.kind not in _ENDS else f"{line} ({tally.place})")
    board.show(_moving(tally))


def _line(tally: _Tally, event: StudyEvent) -> str:
    """One event as a line; "" for those that only move the display."""
    which = f"trial {event.trial} seed {event.seed}"
    latent = f"latent {tally.latents.get(event.trial or 0, '?')}"
    lines = {
        "drawing": f"drawing a {event.text}",
        "preparing": f"preparing {event.text}",
        "ready": f"{event.done} of {event.total} trainings done",
        "note": event.text,
        "trained": f"{which}: validation MSE {event.val_mse or 0:.5f}, {latent}, "
        f"{event.seconds or 0:.1f} s" + (f"; {event.text}" if event.text else ""),
        "failed": f"{which}: failed: {event.text}",
        "pruned": f"{which}: {event.text}",
        "surplus": f"{which}: dropped, since another worker had taken it over",
        "duplicate": f"trial {event.trial}: the candidate is {event.text}'s; results are reused",
        "retry": f"{event.text}; another takes its place",
        "stopping": f"{event.text}; Ctrl-C again stops at once",
    }
    return lines.get(event.kind, "")


def _moving(tally: _Tally) -> Moving:
    infeasible = f", {tally.infeasible} infeasible" if tally.infeasible else ""
    lines = [tally.place + infeasible]
    for worker, event in sorted(tally.running.items()):
        epoch = "" if event.epoch is None else f" epoch {event.epoch}/{event.epochs}"
        error = "" if event.val_mse is None else f" MSE {event.val_mse:.5f}"
        lines.append(
            f"  worker {worker}: trial {event.trial} seed {event.seed}"
            f" latent {event.latent_size}{epoch}{error}" + (f", {event.text}" if event.text else "")
        )
    return Moving(tally.done, tally.total, tuple(lines))


def duration(seconds: float) -> str:
    """Seconds for people.

    Example:
        >>> duration(50), duration(190), duration(9000)
        ('50 s', '3 min', '2.5 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
