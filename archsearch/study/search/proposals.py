"""Adaptive methods: asking the sampler for a planned trial's candidate."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import Connection, select, update

from archsearch.config import OBJECTIVES
from archsearch.errors import UnreadableError
from archsearch.records import objective_value, plan_record
from archsearch.records.layout import (
    candidate_attributes,
    ended_attributes,
    index_attributes,
    read_trial_index,
)
from archsearch.records.reading import DECODING_ERRORS, first_problem
from archsearch.records.values import values_to_json
from archsearch.space import PROPOSALS_PER_TRIAL, Candidate, Rejection, Value
from archsearch.study.events import Say, StudyEvent
from archsearch.study.search.distributions import decode, distribution
from archsearch.study.search.samplers import make_sampler
from archsearch.study.store.held import Claim
from archsearch.study.store.opened import OpenStudy, PlannedTrial
from archsearch.study.store.schema import (
    DUPLICATE,
    EXHAUSTED,
    OPEN,
    claims_table,
    rows_of,
    studies_table,
    trials_table,
)

if TYPE_CHECKING:
    from optuna import Study, Trial

__all__ = ["propose"]


@dataclass(frozen=True)
class _Proposal:
    """One answer of the sampler: Optuna's trial and what the space says of it."""

    trial: Trial
    outcome: Candidate | Rejection


def propose(study: OpenStudy, claim: Claim, say: Say) -> PlannedTrial | None:
    """Find a feasible candidate for the claimed trial and write it into the plan.

    Infeasible proposals are kept with their violations, in the form that the
    sampler in use learns from (see ``samplers``), and use up no planned trial.

    Returns:
        The trial with its candidate; None where the claim was lost, or no
        feasible candidate came in ``PROPOSALS_PER_TRIAL`` proposals.
    """
    row = study.planned_trial(claim.trial_index)
    for number in range(row.proposals, PROPOSALS_PER_TRIAL):
        proposal = _ask(study, claim, number)
        if isinstance(proposal.outcome, Candidate):
            return _assign(study, claim, proposal.trial, proposal.outcome, say)
        if not _keep_infeasible(study, claim, proposal.trial, proposal.outcome):
            return None
        say(StudyEvent("infeasible", proposal.outcome.rule, trial=proposal.trial.number))
    _exhaust(study, claim)
    return None


def _ask(study: OpenStudy, claim: Claim, number: int) -> _Proposal:
    from optuna import load_study

    search = study.settings.search
    # Seeded by where the proposal stands: a resumed study goes on alike.
    entropy = np.random.SeedSequence((search.seed, claim.trial_index, number))
    seed = int(entropy.generate_state(1)[0])
    optuna_study = load_study(
        study_name=study.settings.name,
        storage=study.storage,
        sampler=make_sampler(search, len(study.space.domains), seed),
    )
    trial, point = _drawn(study, optuna_study, _trial_for(study, claim))
    # All names are asked for, so that the sampler sees one space; those switched off are dropped.
    outcome = study.space.resolve(study.space.active(point))
    known = trial.constraints
    for key, violation in outcome.violations.items():
        if key not in known:
            trial.set_constraint(key, violation)
    return _Proposal(trial, outcome)


def _drawn(study: OpenStudy, optuna_study: Study, trial_id: int) -> tuple[Trial, dict[str, Value]]:
    """The sampler's point for a running trial.

    Raises:
        UnreadableError: the sampler can't work with what the storage holds.
    """
    from optuna import Trial

    point: dict[str, Value] = {}
    try:
        trial = Trial(optuna_study, trial_id)
        for name, domain in study.space.domains.items():
            wanted = distribution(name, domain, adaptive=True)
            point[name] = decode(domain, _suggest(trial, name, wanted))
    except DECODING_ERRORS as error:
        method, name = study.settings.search.method, study.settings.name
        raise UnreadableError(
            f"method {method} can't continue from the trials of {name!r}: {first_problem(error)}",
            help="their records are damaged; run the study under another name",
        ) from error
    return trial, point


def _suggest(trial: Trial, name: str, wanted: object) -> object:
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if isinstance(wanted, CategoricalDistribution):
        return trial.suggest_categorical(name, wanted.choices)
    if isinstance(wanted, FloatDistribution):
        return trial.suggest_float(name, wanted.low, wanted.high, log=wanted.log)
    if isinstance(wanted, IntDistribution):
        return trial.suggest_int(name, wanted.low, wanted.high, step=wanted.step, log=wanted.log)
    raise TypeError(wanted)


def _trial_for(study: OpenStudy, claim: Claim) -> int:
    """A new running trial for the claim, or the one that a dead attempt left half made."""
    from optuna.trial import TrialState, create_trial

    if claim.tries > 1:
        taken = {row.trial_id for row in study.planned_trials()}
        left = study.storage.get_all_trials(
            study.study_id, deepcopy=False, states=(TrialState.RUNNING,)
        )
        for trial in left:
            if (
                read_trial_index(trial.user_attrs) == claim.trial_index
                and trial._trial_id not in taken
            ):
                return trial._trial_id
    # Made with its index in one transaction, so that it can be found again.
    template = create_trial(
        state=TrialState.RUNNING, user_attrs=index_attributes(claim.trial_index)
    )
    return study.storage.create_new_trial(study.study_id, template_trial=template)


def _assign(
    study: OpenStudy, claim: Claim, trial: Trial, candidate: Candidate, say: Say
) -> PlannedTrial | None:
    """Give the planned trial its candidate, or the earlier trial that has the same."""
    # Optuna first: who reads the plan's candidate may count on the trial's record.
    attributes = candidate_attributes(
        claim.trial_index, candidate.values, plan_record(candidate.plan)
    )
    study.set_trial_attributes(trial._trial_id, attributes)
    with study.engine.begin() as connection:
        if not study.claims.holds(connection, claim):
            return None
        earlier = _earlier(study, connection, claim.trial_index, candidate.key)
        _write_candidate(study, connection, claim.trial_index, candidate, trial._trial_id, earlier)
    if earlier is not None:
        original = study.number(study.planned_trial(earlier))
        say(StudyEvent("duplicate", f"trial {original}", trial=trial.number))
    return study.planned_trial(claim.trial_index)


def _earlier(study: OpenStudy, connection: Connection, trial_index: int, key: str) -> int | None:
    """The planned trial with the same candidate, looked for by one process at a time."""
    connection.execute(
        select(studies_table.c.study_id)
        .where(studies_table.c.study_id == study.study_id)
        .with_for_update()
    )
    return connection.execute(
        select(trials_table.c.trial_index)
        .where(
            trials_table.c.study_id == study.study_id,
            trials_table.c.key == key,
            trials_table.c.duplicate_of.is_(None),
            trials_table.c.trial_index != trial_index,
        )
        .order_by(trials_table.c.trial_index)
    ).scalar()


def _write_candidate(
    study: OpenStudy,
    connection: Connection,
    trial_index: int,
    candidate: Candidate,
    trial_id: int,
    earlier: int | None,
) -> None:
    connection.execute(
        update(trials_table)
        .where(rows_of(trials_table, study.study_id, trial_index))
        .values(
            candidate=values_to_json(candidate.values),
            key=candidate.key,
            trial_id=trial_id,
            duplicate_of=earlier,
        )
    )
    if earlier is not None:
        connection.execute(
            update(claims_table)
            .where(rows_of(claims_table, study.study_id, trial_index))
            .values(state=DUPLICATE)
        )


def _keep_infeasible(study: OpenStudy, claim: Claim, trial: Trial, rejection: Rejection) -> bool:
    """Keep an infeasible proposal; False where the claim was lost meanwhile."""
    from optuna.exceptions import UpdateFinishedTrialError
    from optuna.trial import TrialState

    reason = f"{rejection.rule}: {rejection.detail}"
    attributes = candidate_attributes(None, rejection.values, None)
    attributes |= ended_attributes(reason, infeasible=True)
    try:
        study.set_trial_attributes(trial._trial_id, attributes)
        if study.settings.search.described.infeasible == "complete":
            values = _imputed(study, rejection)
            study.storage.set_trial_state_values(trial._trial_id, TrialState.COMPLETE, values)
        else:
            study.storage.set_trial_state_values(trial._trial_id, TrialState.PRUNED)
    except UpdateFinishedTrialError:
        pass  # a second attempt took the same trial over and said the same
    with study.engine.begin() as connection:
        if not study.claims.holds(connection, claim):
            return False
        connection.execute(
            update(trials_table)
            .where(rows_of(trials_table, study.study_id, claim.trial_index))
            .values(proposals=trials_table.c.proposals + 1)
        )
    return True


def _imputed(study: OpenStudy, rejection: Rejection) -> list[float]:
    """Objectives of what wasn't trained, for samplers that want some: they teach nothing.

    Costs are the plan's own where there is one; errors are the median of the
    trained candidates, so that only the violations tell these points apart.
    """
    from optuna.trial import TrialState

    complete = study.storage.get_all_trials(
        study.study_id, deepcopy=False, states=(TrialState.COMPLETE,)
    )
    trained = [trial.values for trial in complete if not trial.user_attrs.get("infeasible")]
    plan = None if rejection.plan is None else plan_record(rejection.plan)
    found: list[float] = []
    for place, name in enumerate(study.settings.objectives):
        own = None if plan is None else objective_value(name, plan, [])
        known = [values[place] for values in trained]
        if own is not None:
            found.append(own)
        else:
            found.append(median(known) if known else OBJECTIVES[name].typical)
    return found


def _exhaust(study: OpenStudy, claim: Claim) -> None:
    """End the search: this trial and all that have no candidate yet get none."""
    note = (
        f"none of {PROPOSALS_PER_TRIAL} proposals for planned trial {claim.trial_index} "
        "was feasible, so the search ends"
    )
    empty = select(trials_table.c.trial_index).where(
        trials_table.c.study_id == study.study_id, trials_table.c.candidate.is_(None)
    )
    with study.engine.begin() as connection:
        if not study.claims.holds(connection, claim):
            return
        connection.execute(
            update(claims_table)
            .where(
                claims_table.c.study_id == study.study_id,
                claims_table.c.trial_index.in_(empty),
                claims_table.c.state == OPEN,
            )
            .values(state=EXHAUSTED)
        )
        connection.execute(
            update(claims_table)
            .where(
                rows_of(claims_table, study.study_id, claim.trial_index),
                claims_table.c.attempt == claim.attempt,
            )
            .values(state=EXHAUSTED)
        )
        connection.execute(
            update(studies_table)
            .where(studies_table.c.study_id == study.study_id)
            .values(note=note)
        )
