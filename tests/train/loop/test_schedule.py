"""The pure rates against torch's schedulers."""

from typing import Literal

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import SGD, Adam
from torch.optim.lr_scheduler import CosineAnnealingLR, OneCycleLR

from archsearch.config import TrainSettings
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


def test_constant_never_moves() -> None:
    settings = TrainSettings(lr=0.3, schedule="constant")
    assert {rate_at(settings, step, 9) for step in range(9)} == {(0.3, 0.9)}


def test_a_single_step_is_taken_at_the_peak() -> None:
    assert rate_at(TrainSettings(lr=0.3, schedule="onecycle"), 0, 1).lr == 0.3


@given(st.sampled_from(["constant", "cosine", "onecycle"]), st.integers(1, 10_000), st.data())
def test_the_rate_is_never_over_its_peak_nor_negative(schedule, steps, data) -> None:
    step = data.draw(st.integers(0, steps - 1))
    rate = rate_at(TrainSettings(lr=0.1, schedule=schedule), step, steps)
    assert 0 <= rate.lr <= 0.1 * (1 + 1e-12)


@pytest.mark.parametrize(
    ("name", "key", "told"),
    [("adam", "betas", (0.8, 0.999)), ("adamw", "betas", (0.8, 0.999)), ("sgd", "momentum", 0.8)],
)
def test_the_rate_reaches_the_optimizer(name, key, told) -> None:
    settings = TrainSettings(optimizer=name, lr=0.1)
    ours = make_optimizer(torch.nn.Linear(1, 1).parameters(), settings)
    set_rate(ours, Rate(0.3, 0.8))
    assert ours.param_groups[0]["lr"] == 0.3
    assert ours.param_groups[0][key] == told
