"""CMA-ES without a stored optimizer, compared with Optuna's own sampler, which stores one."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Callable

import optuna
import pytest
from optuna.samplers import BaseSampler, CmaEsSampler, RandomSampler
from optuna.trial import TrialState

from archsearch.study.search.cma_sampler import GENERATION, CmaSampler

POPSIZE = 5
Params = dict[str, object]


@pytest.fixture(autouse=True)
def quiet() -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)


def optunas(seed: int) -> BaseSampler:
    return CmaEsSampler(
        seed=seed,
        independent_sampler=RandomSampler(seed=seed),
        popsize=POPSIZE,
        warn_independent_sampling=False,
    )


def ours(seed: int) -> BaseSampler:
    return CmaSampler(seed, popsize=POPSIZE)


def ask(study: optuna.Study, make: Callable[[int], BaseSampler]) -> optuna.Trial:
    """A trial by a sampler of its own, as each proposal of a study gets one."""
    study.sampler = make(len(study.trials) * 7919 + 1)
    trial = study.ask()
    trial.suggest_int("channels", 1, 64)
    trial.suggest_int("even", 2, 20, step=3)
    trial.suggest_int("wide", 1, 300, log=True)
    trial.suggest_float("noise", 0.0, 1.0)
    trial.suggest_float("rate", 1e-5, 1e-1, log=True)
    trial.suggest_categorical("norm", ["batch", "none"])
    trial.suggest_int("fixed", 3, 3)
    return trial


def error(params: Params) -> float:
    numbers = [float(value) for value in params.values() if not isinstance(value, str)]
    return sum((x - 7.3) ** 2 for x in numbers) + len(str(params["norm"]))


def history(
    make: Callable[[int], BaseSampler], trials: int, direction: str = "minimize"
) -> list[Params]:
    study = optuna.create_study(direction=direction)
    for number in range(trials):
        trial = ask(study, make)
        if number % 4 == 1:
            study.tell(trial, state=TrialState.PRUNED)  # an infeasible proposal
        elif number % 9 == 5:
            study.tell(trial, state=TrialState.FAIL)
        else:
            study.tell(trial, error(trial.params))
    return [trial.params for trial in study.trials]


def assert_same(mine: Params, theirs: Params) -> None:
    """Equal but for rounding, which a stored optimizer does in another order."""
    assert mine.pop("norm") == theirs.pop("norm")
    assert mine == pytest.approx(theirs, rel=1e-6)


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_proposals_are_those_of_optunas_sampler(direction: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = history(optunas, 60, direction)
    for mine, theirs in zip(history(ours, 60, direction), expected, strict=True):
        assert_same(mine, theirs)


def test_nothing_is_stored_but_the_generation() -> None:
    study = optuna.create_study()
    for _ in range(12):
        trial = ask(study, ours)
        study.tell(trial, error(trial.params))
    stored = [trial.system_attrs for trial in study.trials]
    assert stored[0] == {}  # drawn at random
    assert {GENERATION} == set().union(*stored)
    assert [attributes[GENERATION] for attributes in stored[1:]] == [0] * 5 + [1] * 5 + [2]


def test_a_study_with_stored_optimizers_goes_on_and_leaves_them_alone() -> None:
    study = optuna.create_study()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(14):
            trial = ask(study, optunas)
            study.tell(trial, error(trial.params))
        copied = optuna.create_study()
        for trial in study.trials:
            spoiled = {key: "00" for key in trial.system_attrs if key != GENERATION}
            trial.system_attrs = trial.system_attrs | spoiled
            copied.add_trial(trial)
        expected = ask(study, optunas).params
    assert_same(ask(copied, ours).params, expected)


def test_what_ends_late_changes_no_generation_before() -> None:
    study = optuna.create_study()
    trials = [ask(study, ours)]
    study.tell(trials[0], 1.0)
    waiting = ask(study, ours)  # of generation 0, as the five that end before it
    for _ in range(POPSIZE):
        trial = ask(study, ours)
        study.tell(trial, error(trial.params))
    before = optuna.create_study()
    before.add_trials(study.trials)
    study.tell(waiting, -1e9)  # would be the best of all
    after = optuna.create_study()
    after.add_trials(study.trials)
    before.add_trial(optuna.trial.create_trial(state=TrialState.FAIL))  # the same count
    after.add_trial(optuna.trial.create_trial(state=TrialState.FAIL))
    assert ask(before, ours).params == ask(after, ours).params


@pytest.mark.parametrize("generation", ["80049500", -1, 10**30, None, [0], {"a": 1}, 0.0])
def test_a_stored_generation_that_is_none_is_left_out(generation: object) -> None:
    study = optuna.create_study()
    for _ in range(12):
        trial = ask(study, ours)
        study.tell(trial, error(trial.params))
    spoiled = optuna.create_study()
    for number, trial in enumerate(study.trials):
        if number == 3:
            trial.system_attrs = {GENERATION: generation}
            trial.datetime_complete = datetime.datetime.max
        spoiled.add_trial(trial)
    assert ask(spoiled, ours).params["channels"] in range(1, 65)
