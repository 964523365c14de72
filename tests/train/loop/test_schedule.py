"""The pure rates against torch's schedulers."""

from typing import Literal

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import SGD, Adam
from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    OneCycleLR,
    ReduceLROnPlateau,
    StepLR,
)

from archsearch.config import TrainSettings
from archsearch.config.schedules import SCHEDULES
from archsearch.train.loop.optimizers import make_optimizer, set_rate
from archsearch.train.loop.schedule import MOMENTUM, Rate, rate_at


def optimizer(name: Literal["adam", "sgd"], lr: float) -> torch.optim.Optimizer:
    """Torch's own, as its schedulers want one."""
    parameters = torch.nn.Linear(1, 1).parameters()
    if name == "sgd":
        return SGD(parameters, lr, momentum=MOMENTUM, nesterov=True)
    return Adam(parameters, lr, (0.9, 0.999))


@pytest.mark.parametrize("name", ["adam", "sgd"])
@pytest.mark.parametrize("steps", [2, 3, 4, 10, 101])
def test_onecycle_is_torchs(name: Literal["adam", "sgd"], steps: int) -> None:
    settings = TrainSettings(lr=0.02, schedule="onecycle")
    theirs = optimizer(name, 1.0)
    scheduler = OneCycleLR(theirs, max_lr=0.02, total_steps=steps)
    for step in range(steps):
        group = theirs.param_groups[0]
        momentum = group["betas"][0] if name == "adam" else group["momentum"]
        assert rate_at(settings, step, steps) == pytest.approx((group["lr"], momentum))
        theirs.step()
        if step < steps - 1:
            scheduler.step()


def test_cosine_is_torchs() -> None:
    theirs = optimizer("sgd", 0.3)
    scheduler = CosineAnnealingLR(theirs, T_max=20)
    for step in range(20):
        ours = rate_at(TrainSettings(lr=0.3, schedule="cosine"), step, 20)
        assert ours == pytest.approx((theirs.param_groups[0]["lr"], 0.9))
        theirs.step()
        scheduler.step()


def test_onecycle_with_other_numbers_is_torchs() -> None:
    told = {
        "pct_start": 0.5,
        "div_factor": 10.0,
        "final_div_factor": 100.0,
        "base_momentum": 0.5,
        "max_momentum": 0.7,
    }
    settings = TrainSettings(lr=0.02, schedule={"onecycle": told})
    theirs = optimizer("sgd", 1.0)
    scheduler = OneCycleLR(theirs, max_lr=0.02, total_steps=20, **told)
    for step in range(20):
        group = theirs.param_groups[0]
        assert rate_at(settings, step, 20) == pytest.approx((group["lr"], group["momentum"]))
        theirs.step()
        if step < 19:
            scheduler.step()


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_cycle_of_few_steps_has_a_rate_at_each(steps: int) -> None:
    settings = TrainSettings(lr=0.02, schedule={"onecycle": {"pct_start": 0.5}})
    assert all(0 < rate_at(settings, step, steps).lr <= 0.02 for step in range(steps))


def test_cosine_ends_where_it_is_told() -> None:
    theirs = optimizer("sgd", 0.3)
    scheduler = CosineAnnealingLR(theirs, T_max=20, eta_min=0.1)
    settings = TrainSettings(lr=0.3, schedule={"cosine": {"eta_min": 0.1}})
    for step in range(20):
        assert rate_at(settings, step, 20).lr == pytest.approx(theirs.param_groups[0]["lr"])
        theirs.step()
        scheduler.step()


@pytest.mark.parametrize(("told", "size"), [({"step_size": 3, "gamma": 0.5}, 3), ({}, 4)])
def test_step_is_torchs(told: dict[str, object], size: int) -> None:
    """By epochs of seven steps; by default after each third of ten epochs."""
    settings = TrainSettings(lr=0.3, epochs=10, schedule={"step": told})
    theirs = optimizer("sgd", 0.3)
    scheduler = StepLR(theirs, size, told.get("gamma", 0.1))
    for epoch in range(10):
        for step in range(7 * epoch, 7 * epoch + 7):
            ours = rate_at(settings, step, 70)
            assert ours == pytest.approx((theirs.param_groups[0]["lr"], 0.9))
        theirs.step()
        scheduler.step()


@given(
    st.lists(st.floats(0.1, 1.0), max_size=30),
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from([0.0, 1e-4, 0.2]),
)
def test_plateau_is_torchs(errors, patience, cooldown, threshold) -> None:
    """A function of the errors alone, whatever the step."""
    told = {"factor": 0.5, "patience": patience, "cooldown": cooldown, "min_lr": 0.02}
    settings = TrainSettings(lr=0.3, schedule={"plateau": {**told, "threshold": threshold}})
    theirs = optimizer("sgd", 0.3)
    scheduler = ReduceLROnPlateau(theirs, threshold=threshold, **told)
    for epoch in range(len(errors)):
        ours = rate_at(settings, 7 * epoch + 3, 7 * len(errors), errors[:epoch])
        assert ours == pytest.approx((theirs.param_groups[0]["lr"], 0.9))
        scheduler.step(errors[epoch])


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize(
    "optimizer", [{"sgd": {"momentum": 0.6}}, {"adam": {"betas": (0.6, 0.99)}}]
)
def test_momentum_that_is_given_holds(name, optimizer) -> None:
    settings = TrainSettings(schedule=name, optimizer=optimizer)
    assert {rate_at(settings, step, 20).momentum for step in range(20)} == {0.6}


def test_constant_never_moves() -> None:
    settings = TrainSettings(lr=0.3, schedule="constant")
    assert {rate_at(settings, step, 9) for step in range(9)} == {(0.3, 0.9)}


def test_a_single_step_is_taken_at_the_peak() -> None:
    assert rate_at(TrainSettings(lr=0.3, schedule="onecycle"), 0, 1).lr == 0.3


@given(st.sampled_from(list(SCHEDULES)), st.integers(1, 10_000), st.data())
def test_the_rate_is_never_over_its_peak_nor_negative(schedule, steps, data) -> None:
    step = data.draw(st.integers(0, steps - 1))
    rate = rate_at(TrainSettings(lr=0.1, schedule=schedule), step, steps)
    assert 0 <= rate.lr <= 0.1 * (1 + 1e-12)


@pytest.mark.parametrize(
    ("name", "key", "told"),
    [("adam", "betas", (0.8, 0.95)), ("adamw", "betas", (0.8, 0.95)), ("sgd", "momentum", 0.8)],
)
def test_the_rate_reaches_the_optimizer(name, key, told) -> None:
    settings = TrainSettings(optimizer=name, lr=0.1)
    ours = make_optimizer(torch.nn.Linear(1, 1).parameters(), settings)
    set_rate(ours, Rate(0.3, 0.8))
    assert ours.param_groups[0]["lr"] == 0.3
    assert ours.param_groups[0][key] == told
