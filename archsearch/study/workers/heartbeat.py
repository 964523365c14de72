"""Heartbeats while a claim is worked on."""

from __future__ import annotations

import threading
from contextlib import suppress
from types import TracebackType

from sqlalchemy.exc import SQLAlchemyError

from archsearch.records.layout import Claim as ShownClaim
from archsearch.records.layout import claim_attributes
from archsearch.study.store.clock import unix_time
from archsearch.study.store.held import Claim
from archsearch.study.store.opened import OpenStudy
from archsearch.study.store.owner import Owner

__all__ = ["HEARTBEAT_SECONDS", "Heartbeat"]

HEARTBEAT_SECONDS = 10.0
"""Between two heartbeats; a twelfth of the heartbeat timeout."""


class Heartbeat:
    """Sends heartbeats for a claim in a thread of its own, from entry to exit.

    Attributes:
        lost: whether another attempt took the claim over meanwhile.
    """

    def __init__(
        self, study: OpenStudy, claim: Claim, owner: Owner, *, every: float = HEARTBEAT_SECONDS
    ) -> None:
        self._study = study
        self._claim = claim
        self._owner = owner
        self._every = every
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self.trial_id: int | None = None
        self.lost = False

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()
        if not self.lost:
            self._set(None)

    def show(self, trial_id: int) -> None:
        """Show the claim on Optuna's trial too, for those who read only that."""
        self.trial_id = trial_id
        self._show()

    def _run(self) -> None:
        while not self._done.wait(self._every):
            try:
                self.lost = not self._study.claims.heartbeat(self._claim)
                self._show()
            except SQLAlchemyError:
                continue  # a database that is away for a moment; the heartbeat timeout decides
            if self.lost:
                return

    def _show(self) -> None:
        try:
            moment = unix_time(self._study.engine)
        except SQLAlchemyError:
            return  # told at the next heartbeat
        self._set(
            ShownClaim(
                host=self._owner.hostname,
                pid=self._owner.pid,
                seed=self._claim.seed,
                beat=moment,
            )
        )

    def _set(self, shown: ShownClaim | None) -> None:
        from optuna.exceptions import StorageInternalError, UpdateFinishedTrialError

        if self.trial_id is None:
            return
        # Ended by another attempt, or told again at the next heartbeat.
        with suppress(UpdateFinishedTrialError, StorageInternalError):
            self._study.set_trial_attributes(self.trial_id, claim_attributes(shown))
