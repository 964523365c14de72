"""Trainings that end when the validation error no longer falls, with the best epoch's weights."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from archsearch.config import RunSettings
from archsearch.config.early_stopping import EarlyStopping
from archsearch.nn import build
from archsearch.records import RunResult, convergence, epochs_told, in_brief
from archsearch.report.outcome import outcome
from archsearch.train import fit, load_model, train_run
from archsearch.train.fit import TrainedRun
from tests.train.made import NORMED, made_pictures, rows, settings

WILD = {
    "optimizer": "sgd",
    "schedule": "constant",
    "lr": 1.5,
    "seed": 1,
    "clip_norm": None,
    "initialization": "torch",
}
"""Steps so long that the error goes up and down."""


def told(**stopping: object) -> RunSettings:
    return settings(epochs=12, early_stopping={"patience": 2, **stopping}, **WILD)


def numbers(trained: TrainedRun) -> tuple[object, ...]:
    result = trained.result
    weights = [p.tolist() for p in trained.model.state_dict().values()]
    kept = result.epochs, result.weights_epoch, result.planned_epochs, result.train_mse
    return rows(result), kept, result.val, result.test, weights


def errors(result: RunResult) -> list[float]:
    return [row.val_mse for row in result.history]


@pytest.fixture
def plan(plan_from):
    return plan_from(NORMED)


@pytest.mark.parametrize("engine", ["native", "torch"])
def test_it_stops_and_keeps_the_best_epochs_weights(plan, engine) -> None:
    """They are those that a training of so many epochs ends with."""
    given = told()
    train = given.train.model_copy(update={"engine": engine})
    given = given.model_copy(update={"train": train})
    stopped = fit(plan, given, made_pictures())
    result = stopped.result
    best = errors(result).index(min(errors(result))) + 1
    assert best + 2 == result.epochs == 8
    assert (result.weights_epoch, result.planned_epochs) == (best, 12)
    assert result.val.mse == pytest.approx(min(errors(result)), rel=1e-6)
    assert result.train_mse == result.history[best - 1].train_mse
    short = train.model_copy(update={"epochs": best, "early_stopping": None})
    ended = fit(plan, given.model_copy(update={"train": short}), made_pictures())
    state = ended.model.state_dict()
    assert all(torch.equal(state[k], v) for k, v in stopped.model.state_dict().items())
    assert (result.val, result.test) == (ended.result.val, ended.result.test)


def test_the_last_weights_stay_where_that_is_asked_for(plan) -> None:
    best = fit(plan, told(), made_pictures()).result
    last = fit(plan, told(restore_best_weights=False), made_pictures()).result
    assert errors(last) == errors(best)
    assert (last.weights_epoch, last.planned_epochs) == (None, 12)
    assert last.val.mse == pytest.approx(errors(last)[-1], rel=1e-6)


def test_the_best_weights_are_kept_also_where_all_epochs_are_trained(plan) -> None:
    result = fit(plan, told(patience=12), made_pictures()).result
    assert (result.epochs, result.planned_epochs) == (12, None)
    assert result.val.mse == pytest.approx(min(errors(result)), rel=1e-6)
    ended = convergence(result)
    assert ended is not None
    assert (ended.best_epoch, ended.over_best) == (result.weights_epoch, 0.0)


def test_it_mends_a_training_whose_error_rose(plan) -> None:
    """Which is the remedy that is told there."""
    given = settings(epochs=12, **WILD | {"seed": 3})
    result = fit(plan, given, made_pictures()).result
    assert "ended" in in_brief(result)
    (told_then,) = outcome(result, 16)
    assert "early stopping" in told_then
    train = given.train.model_copy(update={"early_stopping": EarlyStopping(patience=12)})
    mended = fit(plan, given.model_copy(update={"train": train}), made_pictures()).result
    assert errors(mended) == errors(result)
    assert outcome(mended, 16) == []
    assert mended.test.mse < 0.9 * result.test.mse


class StopError(Exception):
    pass


@pytest.mark.parametrize("broken_after", range(1, 9))
def test_going_on_gives_the_same_bits(plan, tmp_path: Path, broken_after) -> None:
    """Also where the best epoch came before, and where the training was over but for its scores."""

    def stop(row) -> None:
        if row.epoch == broken_after:
            raise StopError

    checkpoint = tmp_path / "checkpoint.safetensors"
    whole = fit(plan, told(), made_pictures())
    assert (whole.result.weights_epoch, whole.result.epochs) == (6, 8)
    with pytest.raises(StopError):
        fit(plan, told(), made_pictures(), checkpoint=checkpoint, on_epoch=stop)
    resumed = fit(plan, told(), made_pictures(), checkpoint=checkpoint)
    assert numbers(resumed) == numbers(whole)


def test_a_run_directory_has_the_kept_weights_and_says_so(plan, tmp_path: Path) -> None:
    result = train_run(plan, told(), made_pictures(), tmp_path / "run")
    again = train_run(plan, told(), made_pictures(), tmp_path / "run")
    assert again == result
    trained = fit(plan, told(), made_pictures()).model.state_dict()
    state = load_model(tmp_path / "run").state_dict()
    assert all(torch.equal(state[name], value) for name, value in trained.items())
    assert f"{result.epochs} of 12 epochs, weights of epoch {result.weights_epoch}" == (
        epochs_told(result)
    )
    assert "stopped after" in in_brief(result)


def test_without_it_nothing_is_kept_or_said(plan) -> None:
    result = fit(plan, settings(epochs=2), made_pictures()).result
    assert (result.weights_epoch, result.planned_epochs, result.kept_epoch) == (None, None, 2)
    assert epochs_told(result) == "2 epochs"
    assert in_brief(result) == ""
    assert "early_stopping" not in settings().model_dump_json()


def by_keras(stopping: EarlyStopping, errors: list[float]) -> int | None:
    """The epoch after which Keras' callback ends a training, as its source has it."""
    best, wait = float("inf"), 0
    for epoch, current in enumerate(errors):
        wait += 1
        if current + stopping.min_delta < best:
            best, wait = current, 0
        if wait >= stopping.patience and epoch > 0:
            return epoch + 1
    return None


@given(
    st.lists(st.integers(0, 9), max_size=20),
    st.integers(1, 4),
    st.sampled_from([0.0, 0.25]),
)
def test_it_waits_as_keras_does(steps, patience, min_delta) -> None:
    errors = [step / 8 for step in steps]
    stopping = EarlyStopping(patience=patience, min_delta=min_delta)
    ends = (n for n in range(len(errors) + 1) if stopping.ends_after(errors[:n]))
    assert next(ends, None) == by_keras(stopping, errors)


def test_a_fresh_model_is_another(plan) -> None:
    """So that equal weights above mean something."""
    fresh, trained = build(plan, seed=1), fit(plan, told(), made_pictures()).model
    state = trained.state_dict()
    assert not all(torch.equal(state[name], v) for name, v in fresh.state_dict().items())
