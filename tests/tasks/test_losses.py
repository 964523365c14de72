from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from archsearch.config import RunSettings, TrainSettings, load, read_task
from archsearch.errors import InputError
from archsearch.spec.kinds.activation import ActivationName
from archsearch.spec.kinds.upsample import Upsample
from archsearch.spec.shape import Pair
from archsearch.tasks import check_loss
from archsearch.tasks.losses import make_loss

from .tiny import plan_ending_in

MSE = TrainSettings(loss="mse")
BCE = TrainSettings(loss="bce")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(-12, 12), st.floats(0, 1)), min_size=1, max_size=20))
def test_bce_is_that_of_the_logits_in_value_and_gradient(pairs: list[tuple[float, float]]) -> None:
    values, targets = torch.tensor(pairs, dtype=torch.float64).T
    ours, oracle = values.clone().requires_grad_(), values.clone().requires_grad_()
    loss = make_loss(BCE)(torch.sigmoid(ours), targets)
    expected = functional.binary_cross_entropy_with_logits(oracle, targets)
    loss.backward()
    expected.backward()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-9, abs=1e-12)
    torch.testing.assert_close(ours.grad, oracle.grad, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_bce_stays_finite_where_the_sigmoid_ran_into_its_ends(dtype: torch.dtype) -> None:
    logits = torch.tensor([-1e4, -100.0, -88.0, 88.0, 100.0, 1e4], dtype=dtype)
    logits = logits.repeat(3).requires_grad_()
    targets = torch.tensor([0.0, 0.5, 1.0]).repeat_interleave(6)
    loss = make_loss(BCE)(torch.sigmoid(logits), targets)
    loss.backward()
    assert math.isfinite(loss.item())
    assert logits.grad is not None
    assert logits.grad.isfinite().all()


def test_bce_still_pulls_back_an_output_that_is_wrong_and_tiny() -> None:
    logit = torch.tensor([-60.0], requires_grad=True)
    make_loss(BCE)(torch.sigmoid(logit), torch.ones(1)).backward()
    assert logit.grad is not None
    assert logit.grad.item() == pytest.approx(-1.0)


@pytest.mark.parametrize("train", [MSE, BCE])
def test_nan_reaches_the_loss_instead_of_raising(train: TrainSettings) -> None:
    loss = make_loss(train)(torch.tensor([0.5, math.nan]), torch.tensor([0.5, 0.5]))
    assert math.isnan(loss.item())


def test_mse_is_the_mean_of_squares_and_is_not_clamped() -> None:
    output = torch.tensor([[1.5, -0.5]], requires_grad=True)
    loss = make_loss(MSE)(output, torch.tensor([[1.0, 0.0]]))
    loss.backward()
    assert loss.item() == 0.25
    assert output.grad is not None
    assert output.grad.tolist() == [[0.5, -0.5]]  # a clamp would make them 0


@pytest.mark.parametrize("activation", ["none", "relu", "tanh"])
def test_bce_without_a_sigmoid_names_the_last_layer(activation: ActivationName) -> None:
    with pytest.raises(InputError) as caught:
        check_loss(plan_ending_in(activation), RunSettings(train=BCE))
    assert caught.value.what == (
        "train.loss is bce, but the last layer of `tiny` (decoder[0].conv) "
        f"has activation {activation}"
    )
    assert "set `activation: sigmoid` on decoder[0].conv" in caught.value.help


def test_bce_refuses_a_last_layer_that_has_no_activation_at_all() -> None:
    plan = plan_ending_in(None, op=Upsample(Pair(1, 1), "nearest"))
    with pytest.raises(InputError, match="has activation none"):
        check_loss(plan, RunSettings(train=BCE))


@pytest.mark.parametrize(
    ("train", "activation"), [(BCE, "sigmoid"), (MSE, "none"), (MSE, "sigmoid")]
)
def test_a_loss_that_suits_its_output_passes(
    train: TrainSettings, activation: ActivationName
) -> None:
    check_loss(plan_ending_in(activation), RunSettings(train=train))


def test_bce_is_checked_on_a_spec_as_people_write_it(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "specs/acml-nine-layer.yaml").read_text(encoding="utf-8")
    with_sigmoid, without = tmp_path / "with.yaml", tmp_path / "without.yaml"
    with_sigmoid.write_text(text, encoding="utf-8")
    without.write_text(text.replace(", activation: sigmoid", ""), encoding="utf-8")
    check_loss(load(with_sigmoid).plan(), RunSettings(train=BCE))
    with pytest.raises(InputError, match=r"\(decoder\[3\]\.conv\) has activation relu"):
        check_loss(load(without).plan(), RunSettings(train=BCE))


def test_l1_and_huber_are_torchs() -> None:
    output, target = torch.randn(4, 3, 5, 5), torch.rand(4, 3, 5, 5)
    l1 = make_loss(TrainSettings(loss="l1"))(output, target)
    huber = make_loss(TrainSettings(loss="huber"))(output, target)
    error = (output - target).abs()
    assert l1.item() == pytest.approx(error.mean().item(), rel=1e-6)
    expected = torch.where(error <= 0.1, error**2 / 2, 0.1 * (error - 0.05)).mean().item()
    assert huber.item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("activation", "refused"), [("none", ""), ("sigmoid", ""), ("relu", "relu")]
)
def test_classes_need_scores_that_nothing_bends(activation: ActivationName, refused: str) -> None:
    bins = RunSettings(task=read_task("colorize-bins"))
    if not refused:
        check_loss(plan_ending_in(activation), bins)
        return
    with pytest.raises(
        InputError, match=rf"the loss of colorize-bins is .*has activation {refused}"
    ):
        check_loss(plan_ending_in(activation), bins)
