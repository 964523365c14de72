"""A pool of workers, what they report, and what their crashes mean."""

from __future__ import annotations

import json
from collections import Counter
from typing import Protocol

from archsearch.errors import InputError, RunFailedError
from archsearch.study.events import Say, StudyEvent

__all__ = ["MessageReader", "Pool"]

MOST_IDLE_CRASHES = 10
"""How often one worker may die, and be replaced, without a training in between."""


class Pool(Protocol):
    """Workers of one run, wherever they are."""

    def listen(self, timeout: float) -> bool:
        """Pass on what they say within ``timeout`` seconds; whether any is left."""
        ...

    def finish(self, *, timeout: float | None = None) -> None:
        """Let all end after their running training; kill who isn't gone after ``timeout``."""
        ...

    def kill(self) -> None:
        """End all at once."""
        ...


class MessageReader:
    """Takes the messages of workers and counts those that died.

    Args:
        say: called with their messages.
    """

    def __init__(self, say: Say) -> None:
        self._say = say
        self._crashes: Counter[int] = Counter()
        self._notes: set[str] = set()

    def read(self, text: bytes) -> None:
        """Pass a message on.

        Raises:
            InputError: what a worker found wrong with what it was given.
            RunFailedError: where workers can't run.
        """
        message = json.loads(text)
        if "event" in message:
            self._pass_on(StudyEvent(**message["event"]))
        elif "wrong" in message:
            raise InputError(message["wrong"], details=message["details"], help=message["help"])
        elif "broken" in message:
            raise RunFailedError(
                message["broken"], details=message["details"], help=message["help"]
            )

    def died(self, worker: int, how: str) -> int:
        """Count a worker that was killed and is to be replaced.

        Each is counted by itself: one that can't begin is no reason to end others, but it
        would be replaced for as long as they train.

        Returns:
            How often it died since it last began to train.

        Raises:
            RunFailedError: this one died too often since it last began to train.
        """
        self._crashes[worker] += 1
        if self._crashes[worker] > MOST_IDLE_CRASHES:
            raise RunFailedError(
                f"worker {worker} died {self._crashes[worker]} times in succession without "
                f"beginning a training, the last time by {how}",
                help="finished results are kept. Is there enough memory, and space in the cache? "
                "Try fewer --workers, or a smaller batch size; the same command then continues",
            )
        self._say(StudyEvent("retry", f"worker {worker} died ({how})", worker=worker))
        return self._crashes[worker]

    def _pass_on(self, event: StudyEvent) -> None:
        if event.kind == "started" and event.worker is not None:
            del self._crashes[event.worker]  # from there on its claim counts crashes
        if event.kind == "note":
            if event.text in self._notes:
                return  # what is so for one worker of a host is so for all
            self._notes.add(event.text)
        self._say(event)
