"""From claims to Optuna's trials: the claims decide, Optuna is told.

What was told is marked. A process that dies in between leaves work that the
next one finds, and does again with the same outcome.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select, update

from archsearch.errors import UnreadableError
from archsearch.records import SeedRecord, objective_value, plan_record
from archsearch.records.layout import (
    claim_attributes,
    ended_attributes,
    error_attributes,
    seconds_attributes,
    seed_attributes,
)
from archsearch.records.reading import read_stored
from archsearch.study.store.opened import OpenStudy, PlannedTrial
from archsearch.study.store.schema import ENDED, PRUNED, claims_table, rows_of, trials_table

__all__ = ["publish", "publish_pending"]


@dataclass(frozen=True)
class _SeedRow:
    """One training of a planned trial, as its claim has it."""

    seed: int
    state: str
    record: SeedRecord | None
    published: bool


def publish_pending(study: OpenStudy) -> None:
    """Tell Optuna of everything that it wasn't told yet."""
    for row in study.planned_trials(unclosed=True):
        publish(study, row.index)


def publish(study: OpenStudy, trial_index: int) -> None:
    """Tell Optuna of a trial's ended seeds and, when all have ended, of its outcome.

    A trial with a damaged record or candidate is skipped, with a note.
    """
    row = study.planned_trial(trial_index)
    if row.closed or row.trial_id is None:
        return
    try:
        _publish(study, row)
    except UnreadableError as error:  # left as it is, for a newer archsearch or a repaired database
        study.retry.say(f"planned trial {trial_index} is skipped: {error.what}")


def _publish(study: OpenStudy, row: PlannedTrial) -> None:
    copied = row.duplicate_of is not None
    seeds = _seed_rows(study, row.index if row.duplicate_of is None else row.duplicate_of)
    ended = all(seed.state in ENDED for seed in seeds)
    if row.duplicate_of is not None:
        _set(study, row, {"duplicate_of": study.number(study.planned_trial(row.duplicate_of))})
        if not ended:
            return  # the rest is told when the original's is
    _tell_seeds(study, row, seeds if copied else [s for s in seeds if not s.published])
    _tell_time(study)
    if ended:
        _close(study, row, seeds)
        for copy in _duplicates(study, row.index):
            publish(study, copy)


def _tell_time(study: OpenStudy) -> None:
    """How long the study took so far, for those who look at it before its end."""
    study.set_attributes(seconds_attributes(study.claims.progress().seconds))


def _tell_seeds(study: OpenStudy, row: PlannedTrial, seeds: Sequence[_SeedRow]) -> None:
    for seed in seeds:
        if seed.record is None:
            continue
        _set(study, row, seed_attributes(seed.record))
        with study.engine.begin() as connection:
            connection.execute(
                update(claims_table)
                .where(
                    rows_of(claims_table, study.study_id, row.index),
                    claims_table.c.seed == seed.seed,
                )
                .values(published=True)
            )


def _close(study: OpenStudy, row: PlannedTrial, seeds: Sequence[_SeedRow]) -> None:
    """Give the trial its final state; only finite errors of all seeds complete one."""
    from optuna.exceptions import UpdateFinishedTrialError
    from optuna.trial import TrialState

    values = _values(study, row, seeds)
    _set(study, row, claim_attributes(None))
    _set(study, row, ended_attributes(values) if isinstance(values, str) else _errors(seeds))
    pruned = any(seed.state == PRUNED for seed in seeds)
    state = TrialState.PRUNED if pruned else TrialState.FAIL
    with suppress(UpdateFinishedTrialError):  # another process told the same
        if isinstance(values, str):
            study.storage.set_trial_state_values(row.optuna_id, state)
        else:
            study.storage.set_trial_state_values(row.optuna_id, TrialState.COMPLETE, values)
    with study.engine.begin() as connection:
        connection.execute(
            update(trials_table)
            .where(rows_of(trials_table, study.study_id, row.index))
            .values(closed=True)
        )


def _values(study: OpenStudy, row: PlannedTrial, seeds: Sequence[_SeedRow]) -> list[float] | str:
    """The trial's objectives, or why it has none."""
    ended = [seed.record for seed in seeds if seed.record and seed.record.result is None]
    if ended:
        return f"seed {ended[0].seed}: {ended[0].reason}"
    results = [seed.record.result for seed in seeds if seed.record and seed.record.result]
    if len(results) < len(seeds) or not all(math.isfinite(r.val.mse) for r in results):
        return "no result"
    plan = plan_record(study.candidate(row.values or {}).plan)
    values: list[float] = []
    for name in study.settings.objectives:
        value = objective_value(name, plan, results)
        if value is None:
            return f"its {name} has no value, e.g. SSIM on pictures under 11 pixels"
        values.append(value)
    return values


def _errors(seeds: Sequence[_SeedRow]) -> dict[str, float]:
    return error_attributes([s.record.result for s in seeds if s.record and s.record.result])


def _set(study: OpenStudy, row: PlannedTrial, attributes: Mapping[str, object]) -> None:
    from optuna.exceptions import UpdateFinishedTrialError

    with suppress(UpdateFinishedTrialError):  # another process told all of it and closed the trial
        study.set_trial_attributes(row.optuna_id, attributes)


def _seed_rows(study: OpenStudy, trial_index: int) -> list[_SeedRow]:
    query = (
        select(
            claims_table.c.seed,
            claims_table.c.state,
            claims_table.c.record,
            claims_table.c.published,
        )
        .where(rows_of(claims_table, study.study_id, trial_index))
        .order_by(claims_table.c.seed)
    )
    with study.engine.begin() as connection:
        rows = connection.execute(query).all()
    return [
        _SeedRow(
            row.seed,
            row.state,
            None if row.record is None else _seed_record(row.seed, row.record),
            row.published,
        )
        for row in rows
    ]


def _seed_record(seed: int, text: str) -> SeedRecord:
    return read_stored(SeedRecord, f"the record of seed {seed}", text)


def _duplicates(study: OpenStudy, trial_index: int) -> list[int]:
    query = select(trials_table.c.trial_index).where(
        trials_table.c.study_id == study.study_id, trials_table.c.duplicate_of == trial_index
    )
    with study.engine.begin() as connection:
        return list(connection.execute(query).scalars())
