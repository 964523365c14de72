"""Epoch by epoch, on a candidate's first seed only: told to Optuna, and ended early if need be."""

from __future__ import annotations

import copy
import math
import time
from typing import TYPE_CHECKING

from archsearch.config import OBJECTIVES, ChoiceDomain, IntDomain, StudySettings
from archsearch.records import EpochRecord
from archsearch.records.layout import SEED_PREFIX
from archsearch.records.reading import DECODING_ERRORS
from archsearch.study.store.opened import OpenStudy

if TYPE_CHECKING:
    from collections.abc import Container

    import optuna
    from optuna.pruners import BasePruner
    from optuna.trial import FrozenTrial, TrialState

__all__ = ["FIRST_SEED", "EpochWatch", "pruner_options"]

FIRST_SEED = 0

_PAUSE_SECONDS = 0.5
"""Between two errors that are told to be looked at only: each costs a write to the database."""

_OPTIONS: dict[str, dict[str, object]] = {
    "none": {},
    "median": {
        "n_startup_trials": 5,
        "n_warmup_steps": 1,
        "interval_steps": 1,
        "n_min_trials": 3,
    },
    "asha": {
        "min_resource": 1,
        "reduction_factor": 3,
        "min_early_stopping_rate": 0,
        "bootstrap_count": 0,
    },
    "hyperband": {"min_resource": 1, "reduction_factor": 3, "bootstrap_count": 0},
}


def pruner_options(settings: StudySettings) -> dict[str, object]:
    """What the pruner is made with, to be recorded; empty where there is none."""
    options = dict(_OPTIONS[settings.prune])
    if settings.prune == "hyperband":
        options["max_resource"] = _most_epochs(settings)
    return options


class EpochWatch:
    """Tells Optuna the errors of one training of a first seed, and judges it by them.

    Without a pruner they are there to be looked at: at most some a second are told, and the
    last one.

    Args:
        study: the open study.
        trial_id: Optuna's id of the trial, which is running.
        epochs: of this training; its last epoch is never a reason to stop.
    """

    def __init__(self, study: OpenStudy, trial_id: int, epochs: int) -> None:
        self._study = study
        self._trial_id = trial_id
        self._epochs = epochs
        prunes = study.settings.prune != "none"
        self._pruner = _pruner(study.settings) if prunes else None
        self._view = _first_seeds(study) if prunes else None
        self._told = time.monotonic()

    def reason_to_stop(self, epoch: EpochRecord) -> str:
        """Report an epoch; why the training is to end with it, or ""."""
        if epoch.val_mse is None or not math.isfinite(epoch.val_mse):
            return ""
        if self._pruner is None and not self._is_due(epoch):
            return ""
        value = _as_objective(self._study.settings.objectives[0], epoch.val_mse)
        storage = self._study.storage
        storage.set_trial_intermediate_value(self._trial_id, epoch.epoch, value)
        if self._pruner is None or self._view is None:
            return ""
        trial = copy.copy(storage.get_trial(self._trial_id))
        # A dead attempt may have left later epochs, which aren't known yet.
        known = {step: v for step, v in trial.intermediate_values.items() if step <= epoch.epoch}
        trial.intermediate_values = known
        if not _wants_end(self._pruner, self._view, trial) or epoch.epoch >= self._epochs:
            return ""
        return (
            f"pruned by {self._study.settings.prune} after epoch {epoch.epoch} of "
            f"{self._epochs}: validation MSE {epoch.val_mse:.5f}"
        )

    def _is_due(self, epoch: EpochRecord) -> bool:
        now = time.monotonic()
        if now - self._told < _PAUSE_SECONDS and epoch.epoch < self._epochs:
            return False
        self._told = now
        return True


def _wants_end(pruner: BasePruner, view: optuna.Study, trial: FrozenTrial) -> bool:
    try:
        return pruner.prune(view, trial)
    except DECODING_ERRORS:  # what other trials left is damaged: no reason to end this one
        return False


def _as_objective(name: str, mse: float) -> float:
    if OBJECTIVES[name].direction == "minimize":
        return mse
    return -10 * math.log10(max(mse, 1e-12))  # PSNR of pictures in [0, 1]


def _pruner(settings: StudySettings) -> BasePruner:
    from optuna import pruners

    options = pruner_options(settings)
    if settings.prune == "median":
        return pruners.MedianPruner(**options)  # type: ignore[arg-type]
    if settings.prune == "asha":
        return pruners.SuccessiveHalvingPruner(**options)  # type: ignore[arg-type]
    return pruners.HyperbandPruner(**options)  # type: ignore[arg-type]


def _most_epochs(settings: StudySettings) -> int:
    domain = settings.space.get("train.epochs")
    if isinstance(domain, IntDomain):
        return domain.high
    if isinstance(domain, ChoiceDomain):
        return max(int(value) for value in domain.choices if isinstance(value, int))
    return settings.train.epochs


def _first_seeds(study: OpenStudy) -> optuna.Study:
    """The study as if trials ended with their first seed.

    A design trains all candidates with the first seed before any gets its
    second, so that none would be complete while others are judged.
    """
    import optuna
    from optuna.trial import TrialState as State

    class FirstSeeds(optuna.Study):
        def get_trials(
            self, deepcopy: bool = True, states: Container[TrialState] | None = None
        ) -> list[FrozenTrial]:
            found = [_after_first(trial) for trial in super().get_trials(deepcopy=deepcopy)]
            return [trial for trial in found if states is None or trial.state in states]

    def _after_first(trial: FrozenTrial) -> FrozenTrial:
        if trial.state != State.RUNNING or f"{SEED_PREFIX}{FIRST_SEED}" not in trial.user_attrs:
            return trial
        ended = copy.copy(trial)
        ended.state = State.COMPLETE
        return ended

    return FirstSeeds(study_name=study.settings.name, storage=study.storage)
