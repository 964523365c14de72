"""Making a study in its storage, or finding it there again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from archsearch.config import OBJECTIVES, Model, StudySettings
from archsearch.config.used_extensions import used_extensions
from archsearch.errors import StudyConflictError
from archsearch.records import plan_record
from archsearch.records.extensions import require_extensions
from archsearch.records.layout import (
    HEADER,
    HEARTBEAT_TIMEOUT_SECONDS,
    candidate_attributes,
    extensions_attributes,
    read_extensions,
    read_header,
    read_trial_index,
)
from archsearch.records.values import values_to_json
from archsearch.space import Design, SearchSpace, design_lines, study_design
from archsearch.study.events import Say, StudyEvent
from archsearch.study.search.distributions import distribution, encode
from archsearch.study.search.samplers import check_sampler
from archsearch.study.store.claim_rows import claim_rows
from archsearch.study.store.claims import MOST_CRASHES, Claims
from archsearch.study.store.identity import as_begun, check_same, identity, space_hash
from archsearch.study.store.opened import OpenStudy, PlannedTrial
from archsearch.study.store.retry import RETRY_SECONDS, RetryPolicy
from archsearch.study.store.schema import claims_table, rows_of, studies_table, trials_table
from archsearch.study.store.storage import artifact_folder, open_engine, open_storage
from archsearch.study.store.stored import claimed_identity

if TYPE_CHECKING:
    from optuna.storages import BaseStorage

__all__ = ["enqueue_design", "open_study", "stored_note"]

DESIGN = "archsearch:design"
"""Attribute of Optuna's study: its strata and criterion, in words with numbers."""
_METRIC_NAMES = "study:metric_names"
"""As Optuna itself calls it."""
_MANY = 500
"""So many trials to write are told of."""
_AT_ONCE = 50
"""Trials whose ids are written together; those of a process that dies before are found again."""


def open_study(
    settings: StudySettings,
    model: Model,
    url: str,
    say: Say,
    *,
    artifacts: Path | None = None,
    heartbeat_timeout: float = HEARTBEAT_TIMEOUT_SECONDS,
    max_crashes: int = MOST_CRASHES,
    retry_seconds: float = RETRY_SECONDS,
) -> OpenStudy:
    """Open the study in the storage; make it there if it is new.

    Whoever comes first writes all planned trials and claims in one transaction; a
    design follows from its seed, so it doesn't matter who that is.

    Raises:
        InputError: an unusable storage, or a space without feasible candidates.
        StudyConflictError: the storage has another study of this name.
        ExtensionError: the study was made with extensions that aren't here.
    """
    space = _checked_space(settings, model)
    engine = open_engine(url)
    storage = open_storage(url)
    study_id = _optuna_study(settings, storage)
    begun = as_begun(settings, claimed_identity(engine, study_id, settings.name))
    if begun != settings:
        settings, space = begun, SearchSpace.of(begun, model)
    opened = OpenStudy(
        settings=settings,
        space=space,
        claims=Claims(
            engine, study_id, heartbeat_timeout=heartbeat_timeout, max_crashes=max_crashes
        ),
        storage=storage,
        artifacts=artifacts or _recorded_artifacts(storage, study_id) or artifact_folder(url),
        retry=RetryPolicy(url, retry_seconds, lambda text: say(StudyEvent("note", text))),
    )
    _make_or_find(opened, identity(settings, model.family.source.text), say)
    return opened


def _checked_space(settings: StudySettings, model: Model) -> SearchSpace:
    """The space, of which the method can search every domain."""
    space = SearchSpace.of(settings, model)
    for name, domain in space.domains.items():
        distribution(name, domain, adaptive=settings.search.described.adaptive)
    check_sampler(space, settings.search)
    return space


def _make_or_find(study: OpenStudy, same: dict[str, object], say: Say) -> None:
    """Write the study's rows if no one has; those that are there must be of the same study."""
    engine, study_id, name = study.engine, study.study_id, study.settings.name
    require_extensions(
        read_extensions(study.storage.get_study_user_attrs(study_id)), f"study {name!r}"
    )
    if claimed_identity(engine, study_id, name) is None:
        _refuse_foreign(study)
        # Before the rows: whoever finds those must learn what it takes to work on them.
        used = used_extensions(study.settings, study.space.model.family.kinds)
        study.set_attributes(extensions_attributes(used))
        with suppress(IntegrityError):  # another process made it in the same moment
            _create(study, same, say)
    stored = claimed_identity(engine, study_id, name)
    check_same(name, {} if stored is None else stored, same)
    _name_metrics(study)


def _recorded_artifacts(storage: BaseStorage, study_id: int) -> Path | None:
    """The folder that the study was made with, so that all hosts agree."""
    attributes = storage.get_study_user_attrs(study_id)
    folder = read_header(attributes).artifacts if HEADER in attributes else None
    return None if folder is None else Path(folder)


def enqueue_design(study: OpenStudy, say: Say, is_lost: Callable[[], bool] = lambda: False) -> None:
    """Make Optuna's waiting trials of a design, in order; those there are kept.

    Optuna writes them one by one, so many take a while: a hundred trials a second or less.

    Args:
        study: it.
        say: told where there are many.
        is_lost: whether another has taken this over, who makes those that are left.
    """
    if not study.designed:
        return
    trials = study.storage.get_all_trials(study.study_id, deepcopy=False)
    made = {read_trial_index(trial.user_attrs): trial._trial_id for trial in reversed(trials)}
    rows = [row for row in study.planned_trials() if row.trial_id is None]
    if len(rows) >= _MANY:
        say(StudyEvent("note", f"writing {len(rows):,} trials to the storage"))
    for first in range(0, len(rows), _AT_ONCE):
        ids: dict[int, int] = {}
        for row in rows[first : first + _AT_ONCE]:
            if is_lost():
                return
            trial_id = made.get(row.index)
            ids[row.index] = _waiting_trial(study, row) if trial_id is None else trial_id
        _attach(study, ids)


def stored_note(study: OpenStudy) -> str:
    """Why the study has fewer trials than it was asked for, or ""."""
    query = select(studies_table.c.note).where(studies_table.c.study_id == study.study_id)
    with study.engine.begin() as connection:
        return str(connection.execute(query).scalar() or "")


def _optuna_study(settings: StudySettings, storage: BaseStorage) -> int:
    import optuna

    optuna.create_study(
        study_name=settings.name,
        storage=storage,
        directions=[OBJECTIVES[name].direction for name in settings.objectives],
        load_if_exists=True,
    )
    return int(storage.get_study_id_from_name(settings.name))


def _name_metrics(study: OpenStudy) -> None:
    """Tell Optuna what the objectives are called, as ``Study.set_metric_names`` does."""
    names, storage = list(study.settings.objectives), study.storage
    if storage.get_study_system_attrs(study.study_id).get(_METRIC_NAMES) != names:
        storage.set_study_system_attr(study.study_id, _METRIC_NAMES, names)


def _refuse_foreign(study: OpenStudy) -> None:
    """A study of that name which has trials, and no plan of them, isn't ours."""
    storage = study.storage
    known = HEADER in storage.get_study_user_attrs(study.study_id)
    if known or storage.get_all_trials(study.study_id, deepcopy=False):
        raise StudyConflictError(
            f"the storage has a study {study.settings.name!r} that archsearch didn't make",
            help="give the study another name, or name another --storage",
        )


def _create(study: OpenStudy, same: dict[str, object], say: Say) -> None:
    search = study.settings.search
    design: Design | None = None
    if study.designed:
        say(StudyEvent("drawing", f"{search.method} design of {search.trials} candidates"))
        design = study_design(study.space, search)
        for line in () if design is None else design_lines(design):
            say(StudyEvent("note", line))
    planned_rows = _planned_rows(study, design)
    study_row = {
        "study_id": study.study_id,
        "planned": len(planned_rows),
        "seeds": search.seeds,
        "space_hash": space_hash(same),
        "settings": json.dumps(same),
        "note": "" if design is None else design.note,
    }
    claimed = claim_rows(study.study_id, len(planned_rows), search.seeds, designed=study.designed)
    with study.engine.begin() as connection:
        mine = studies_table.c.study_id == study.study_id
        # On PostgreSQL two may pass the check at once: the second's insert then breaks on
        # the primary key, and all that it did is undone.
        if connection.execute(select(studies_table.c.study_id).where(mine)).first() is not None:
            return
        # Optuna gives the id of a deleted study out again: nothing of that one may stay.
        connection.execute(delete(trials_table).where(trials_table.c.study_id == study.study_id))
        connection.execute(delete(claims_table).where(claims_table.c.study_id == study.study_id))
        connection.execute(insert(studies_table), [study_row])
        connection.execute(insert(trials_table), planned_rows)
        connection.execute(insert(claims_table), claimed)
    if design is not None:
        _record_design(study, design)


def _planned_rows(study: OpenStudy, design: Design | None) -> list[dict[str, object]]:
    """A row a planned trial: a design has its candidate, an adaptive method proposes it later."""
    empty = {"study_id": study.study_id, "candidate": None, "key": None}
    if design is None:
        return [{**empty, "trial_index": index} for index in range(study.settings.search.trials)]
    return [
        {**empty, "trial_index": index, "candidate": values_to_json(found.values), "key": found.key}
        for index, found in enumerate(design.candidates)
    ]


def _record_design(study: OpenStudy, design: Design) -> None:
    """Keep how good the design is, beside the sampler's options of methods that adapt."""
    study.set_attributes({DESIGN: list(design_lines(design))})


def _waiting_trial(study: OpenStudy, row: PlannedTrial) -> int:
    from optuna.trial import TrialState, create_trial

    values = row.values or {}
    domains = study.space.domains
    plan = plan_record(study.candidate(values).plan)
    template = create_trial(
        state=TrialState.WAITING,
        params={name: encode(domains[name], value) for name, value in values.items()},
        distributions={name: distribution(name, domains[name], adaptive=False) for name in values},
        user_attrs=candidate_attributes(row.index, values, plan),
    )
    return study.storage.create_new_trial(study.study_id, template_trial=template)


def _attach(study: OpenStudy, ids: Mapping[int, int]) -> None:
    """Write Optuna's ids of planned trials, by their index, unless another has."""
    with study.engine.begin() as connection:
        for trial_index, trial_id in ids.items():
            connection.execute(
                update(trials_table)
                .where(
                    rows_of(trials_table, study.study_id, trial_index),
                    trials_table.c.trial_id.is_(None),
                )
                .values(trial_id=trial_id)
            )
