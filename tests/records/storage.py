"""A study written into a real database the way a study run writes it."""

from __future__ import annotations

import random
from pathlib import Path

import optuna
from optuna.distributions import IntDistribution
from optuna.trial import TrialState, create_trial

from archsearch.records import StudyRecord, TrialRecord, layout

_STATES = {
    "complete": TrialState.COMPLETE,
    "pruned": TrialState.PRUNED,
    "failed": TrialState.FAIL,
    "infeasible": TrialState.FAIL,
    "running": TrialState.RUNNING,
    "waiting": TrialState.WAITING,
}


def stored(study: StudyRecord, path: Path, *, artifacts: str | None = None) -> str:
    """Write ``study`` into a SQLite file; returns the storage URL."""
    url = f"sqlite:///{path}"
    backend = optuna.storages.RDBStorage(url)
    made = optuna.create_study(storage=backend, study_name=study.name, direction="minimize")
    header = layout.StudyHeader(
        settings=study.settings,
        designed=study.designed,
        space_hash=study.space_hash,
        slots=study.planned,
        command=study.command,
        source_note=study.source_note,
        artifacts=artifacts,
    )
    attributes = layout.study_attributes(header) | layout.seconds_attributes(study.seconds)
    if study.curves is not None:
        attributes |= layout.curves_attributes(study.curves)
    for name, value in attributes.items():
        made.set_user_attr(name, value)
    index = 0
    for trial in study.trials:
        made.add_trial(frozen(trial, None if trial.state == "infeasible" else index))
        index += trial.state != "infeasible"
    backend.remove_session()
    backend.engine.dispose()
    return url


def frozen(
    trial: TrialRecord, index: int | None, more: dict[str, object] | None = None
) -> optuna.trial.FrozenTrial:
    """The Optuna trial of a record, with ``more`` attributes."""
    attributes = (more or {}) | layout.candidate_attributes(
        index, trial.values, trial.plan, duplicate_of=trial.duplicate_of
    )
    for seed in trial.seeds:
        attributes |= layout.seed_attributes(seed)
    if trial.reason:
        infeasible = trial.state == "infeasible"
        attributes |= layout.ended_attributes(trial.reason, infeasible=infeasible)
    return create_trial(
        state=_STATES[trial.state],
        value=trial.value,
        params={"width": 8},
        distributions={"width": IntDistribution(1, 64)},
        user_attrs=attributes,
    )


def mutated(content: bytes, draw: random.Random) -> bytes:
    """Some bytes of it changed, behind SQLite's own header."""
    changed = bytearray(content)
    for _ in range(draw.choice([1, 3, 10])):
        place = draw.randrange(100, len(changed) - 8)
        match draw.randrange(3):
            case 0:
                changed[place] = draw.randrange(256)
            case 1:
                changed[place] ^= 1 << draw.randrange(8)
            case _:
                changed[place : place + 8] = draw.randbytes(8)
    return bytes(changed)
