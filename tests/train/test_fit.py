"""A training: what it learns, counts, repeats and refuses."""

import math
from dataclasses import replace

import pytest
import torch

from archsearch.config import DataSettings, RunSettings
from archsearch.config.schedules import SCHEDULES
from archsearch.errors import InputError, RunFailedError
from archsearch.train import fit
from archsearch.train.loop.order import picture_order
from tests.train.made import plain_net, rows


def numbers(trained) -> tuple[object, ...]:
    result = trained.result
    return rows(result), result.val, result.test, result.train_mse


def test_it_learns_and_reports(made, plan_from) -> None:
    epochs, steps = [], []
    trained = fit(
        plan_from(made.PLAIN),
        made.settings(epochs=4, lr=0.03),
        made.made_pictures(),
        on_epoch=epochs.append,
        on_step=lambda done, total: steps.append((done, total)),
    )
    result = trained.result
    assert tuple(epochs) == result.history
    assert [row.epoch for row in epochs] == [1, 2, 3, 4]
    assert steps == [(n, 20) for n in range(1, 21)]
    assert epochs[-1].val_mse < 0.7 * epochs[0].val_mse
    assert result.val.mse == pytest.approx(epochs[-1].val_mse)
    assert result.splits == {"train": 80, "val": 10, "test": 10}
    assert result.images_per_s > 0
    assert result.environment.threads == 1
    assert {"python", "torch", "numpy"} <= set(result.environment.versions)
    assert trained.samples.originals.shape == trained.samples.predicted.shape == (8, 16, 16, 3)
    assert not trained.model.training


def plainly_trained(plan, pictures, epochs: int, lr: float) -> list[float]:
    """The same recipe as a textbook writes it: mean loss of each epoch."""
    model = plain_net(plan, seed=0)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, betas=(0.9, 0.95))
    steps = epochs * math.ceil(len(pictures.train) / 16)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=lr, total_steps=steps)
    losses = []
    for epoch in range(1, epochs + 1):
        model.train()
        order, total = picture_order(len(pictures.train), 0, epoch), 0.0
        for part in order.split(16):
            x = pictures.images_NCHW[pictures.train[part]].float() / 255
            loss = torch.nn.functional.mse_loss(model(x), x)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1)
            optimizer.step()
            schedule.step()
            total += loss.item() * len(x)
        model.eval()
        losses.append(total / len(order))
    return losses


def test_it_takes_the_steps_of_a_plain_loop(made, plan_from) -> None:
    plan, pictures = plan_from(made.NORMED), made.made_pictures(105)
    result = fit(plan, made.settings(epochs=3, lr=0.02), pictures).result
    expected = plainly_trained(plan, pictures, epochs=3, lr=0.02)
    assert [row.train_loss for row in result.history] == pytest.approx(expected, rel=1e-3)


def test_scores_are_the_clamped_mse_of_the_last_weights(made, plan_from) -> None:
    pictures = made.made_pictures()
    unbounded = made.PLAIN.replace(", activation: sigmoid", "")
    trained = fit(plan_from(unbounded), made.settings(), pictures)
    for split, scores in (("val", trained.result.val), ("test", trained.result.test)):
        images = pictures.images_NCHW[getattr(pictures, split)].double() / 255
        with torch.no_grad():
            output = trained.model.double()(images)
        assert float((output.clamp(0, 1) - images).square().mean()) == pytest.approx(
            scores.mse, rel=1e-4
        )
    originals = pictures.images_NCHW[pictures.test[:8]].permute(0, 2, 3, 1)
    assert torch.equal(torch.from_numpy(trained.samples.originals), originals)


def test_the_running_error_counts_each_picture_once_whatever_its_batch(made, plan_from) -> None:
    """With a rate too small to change anything it is the error over the whole split."""
    pictures, plan = made.made_pictures(), plan_from(made.PLAIN)
    still = made.settings(epochs=1, lr=1e-12, batch_size=33)
    trained = fit(plan, still, pictures)
    images = pictures.images_NCHW[pictures.train].float() / 255
    with torch.no_grad():
        expected = float((trained.model(images) - images).square().mean())
    assert trained.result.history[0].train_mse == pytest.approx(expected, rel=1e-5)
    assert trained.result.history[0].train_loss == pytest.approx(expected, rel=1e-5)


def test_the_seed_decides_all_numbers_and_nothing_else_is_touched(made, plan_from) -> None:
    plan, pictures = plan_from(made.NORMED), made.made_pictures()
    before = torch.random.get_rng_state()
    first = fit(plan, made.settings(), pictures, seed=7)
    torch.manual_seed(99)
    again = fit(plan, made.settings(seed=7), pictures)
    other = fit(plan, made.settings(seed=8), pictures)
    assert numbers(first) == numbers(again)
    assert numbers(first) != numbers(other)
    assert first.result.seed == again.result.seed == 7
    torch.random.set_rng_state(before)
    fit(plan, made.settings(), pictures)
    assert torch.equal(before, torch.random.get_rng_state())


def test_the_test_split_is_used_only_after_the_last_epoch(made, plan_from) -> None:
    """Test pictures made unusable: training and validation can't notice."""
    pictures = made.made_pictures()
    spoilt_NCHW = pictures.images_NCHW.clone()
    spoilt_NCHW[pictures.test] = 0
    plan = plan_from(made.PLAIN)
    kept = fit(plan, made.settings(), pictures).result
    spoilt = fit(plan, made.settings(), replace(pictures, images_NCHW=spoilt_NCHW)).result
    assert [row.val_mse for row in kept.history] == [row.val_mse for row in spoilt.history]
    assert kept.val == spoilt.val
    assert kept.test != spoilt.test


def test_standardizing_changes_what_the_net_is_fed(made, plan_from) -> None:
    plan, pictures = plan_from(made.PLAIN), made.made_pictures()
    plain = made.settings()
    shifted = RunSettings(data=DataSettings(standardize=True), train=plain.train)
    assert numbers(fit(plan, plain, pictures)) != numbers(fit(plan, shifted, pictures))


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop"])
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_recipe_trains(made, plan_from, optimizer, schedule) -> None:
    recipe = made.settings(epochs=1, optimizer=optimizer, schedule=schedule, loss="bce")
    result = fit(plan_from(made.PLAIN), recipe, made.made_pictures(60)).result
    assert result.history[0].train_loss > result.history[0].train_mse > 0


def test_plateau_lowers_the_rate_by_what_the_training_came_to(made, plan_from) -> None:
    """Errors that fall by less than 99 % in an epoch are no progress here."""
    told = {"plateau": {"patience": 0, "threshold": 0.99, "factor": 0.5}}
    recipe = made.settings(epochs=4, lr=0.01, schedule=told)
    history = fit(plan_from(made.PLAIN), recipe, made.made_pictures(60)).result.history
    assert [row.lr for row in history] == [0.01, 0.01, 0.005, 0.0025]


def test_a_broken_training_says_where_and_what_to_do(made, plan_from) -> None:
    wild = made.settings(optimizer="sgd", lr=100.0, schedule="constant", epochs=9, clip_norm=None)
    unbounded = plan_from(made.PLAIN.replace(", activation: sigmoid", ""))
    with pytest.raises(RunFailedError, match=r"in epoch 2, step \d+ of 5") as raised:
        fit(unbounded, wild, made.made_pictures())
    assert "train.lr is 100" in raised.value.help


def test_the_smallest_numbers_are_0_while_it_trains_and_as_they_were_afterwards(
    made, plan_from
) -> None:
    """Else a net that dies takes six times as long."""

    def least() -> float:
        return float(torch.tensor(1e-40) * 1)

    seen: list[float] = []
    fit(
        plan_from(made.PLAIN),
        made.settings(epochs=1),
        made.made_pictures(),
        on_step=lambda done, total: seen.append(least()),
    )
    assert set(seen) == {0.0}
    assert least() > 0


def test_running_out_of_memory_is_told(made, plan_from) -> None:
    def allocate(done: int, total: int) -> None:
        torch.empty(2**55)

    with pytest.raises(RunFailedError, match="not enough memory to train `plain`"):
        fit(plan_from(made.PLAIN), made.settings(), made.made_pictures(), on_step=allocate)


def test_other_errors_of_torch_are_not_taken_for_memory(made, plan_from) -> None:
    def break_off(done: int, total: int) -> None:
        raise RuntimeError("something else")

    with pytest.raises(RuntimeError, match="something else"):
        fit(plan_from(made.PLAIN), made.settings(), made.made_pictures(), on_step=break_off)


def test_a_last_single_picture_is_dropped_under_batch_norm(made, plan_from) -> None:
    plan, pictures = plan_from(made.ONE_PIXEL), made.made_pictures()
    steps: list[tuple[int, int]] = []
    fit(
        plan,
        made.settings(batch_size=79, epochs=1),
        pictures,
        on_step=lambda *counts: steps.append(counts),
    )
    assert steps == [(1, 1)]
    with pytest.raises(InputError, match=r"batch norm on encoder\[1\].*batch of 1 picture"):
        fit(plan, made.settings(batch_size=1), pictures)
    alone = made.ONE_PIXEL.replace("norm: batch, activation: relu}", "}\n  - norm: batch")
    with pytest.raises(InputError, match=r"batch norm on encoder\[2\]"):
        fit(plan_from(alone), made.settings(batch_size=1), pictures)


def test_threads_are_used_recorded_and_given_back(made, plan_from) -> None:
    seen = []
    trained = fit(
        plan_from(made.PLAIN),
        made.settings(epochs=1),
        made.made_pictures(),
        threads=2,
        on_step=lambda *_: seen.append(torch.get_num_threads()),
    )
    assert set(seen) == {2}
    assert trained.result.environment.threads == 2
    assert torch.get_num_threads() == 1


def test_pictures_of_another_size_are_refused(made, plan_from) -> None:
    plan = plan_from(made.PLAIN.replace("height: 16", "height: 32"))
    with pytest.raises(InputError, match=r"takes 32×16 pictures, made gives 16×16"):
        fit(plan, made.settings(), made.made_pictures())


def test_an_empty_split_is_refused(made, plan_from) -> None:
    empty = replace(made.made_pictures(), val=torch.arange(0))
    with pytest.raises(InputError, match="empty split"):
        fit(plan_from(made.PLAIN), made.settings(), empty)


def test_bce_without_sigmoid_is_refused(made, plan_from) -> None:
    plan = plan_from(made.PLAIN.replace("sigmoid", "relu"))
    with pytest.raises(InputError, match="loss is bce"):
        fit(plan, made.settings(loss="bce"), made.made_pictures())
