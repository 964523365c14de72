"""A pool of workers, what they report, and what their crashes mean."""

from __future__ import annotations

import json
from typing import Protocol

from archsearch.errors import InputError, RunFailedError
from archsearch.study.events import Say, StudyEvent

__all__ = ["MessageReader", "Pool"]

MOST_EARLY_CRASHES = 10
"""Workers that may die one after another before any of them began to train."""


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
        self._crashes = 0
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

    def died(self, worker: int, how: str) -> None:
        """Count a worker that was killed and is to be replaced.

        Raises:
            RunFailedError: too many died before any began to train.
        """
        self._crashes += 1
        if self._crashes > MOST_EARLY_CRASHES:
            raise RunFailedError(
                f"{self._crashes} workers were killed one after another, the last by {how}",
                help="is there enough memory? try fewer --workers, or a smaller batch size",
            )
        self._say(StudyEvent("retry", f"worker {worker} died ({how})", worker=worker))

    def _pass_on(self, event: StudyEvent) -> None:
        if event.kind == "started":  # from there on its claim counts crashes
            self._crashes = 0
        if event.kind == "note":
            if event.text in self._notes:
                return  # what is so for one worker of a host is so for all
            self._notes.add(event.text)
        self._say(event)
