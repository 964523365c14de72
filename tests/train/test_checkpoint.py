"""A training that was broken off ends with the numbers of an unbroken one."""

import logging
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from archsearch.train import fit

KILLED_AFTER = 2


class StopError(Exception):
    pass


def stop_at(epoch: int):
    def on_epoch(record) -> None:
        if record.epoch == epoch:
            raise StopError

    return on_epoch


def numbers(trained) -> tuple[object, ...]:
    result = trained.result
    rows = [row.model_copy(update={"seconds": 0}) for row in result.history]
    weights = [p.tolist() for p in trained.model.state_dict().values()]
    return rows, result.val, result.test, weights


def broken_off(plan, settings, pictures, checkpoint: Path) -> None:
    with pytest.raises(StopError):
        fit(plan, settings, pictures, checkpoint=checkpoint, on_epoch=stop_at(KILLED_AFTER))


@pytest.mark.parametrize("net", ["PLAIN", "NORMED", "DROPPED"])
@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
@pytest.mark.parametrize("schedule", ["constant", "onecycle"])
def test_going_on_gives_the_same_bits(made, plan_from, tmp_path, net, optimizer, schedule) -> None:
    plan, pictures = plan_from(getattr(made, net)), made.made_pictures()
    settings = made.settings(epochs=4, optimizer=optimizer, schedule=schedule, weight_decay=1e-3)
    checkpoint = tmp_path / "checkpoint.safetensors"
    whole = fit(plan, settings, pictures)
    broken_off(plan, settings, pictures, checkpoint)
    seen = []
    resumed = fit(plan, settings, pictures, checkpoint=checkpoint, on_epoch=seen.append)
    assert [row.epoch for row in seen] == [3, 4]
    assert numbers(resumed) == numbers(whole)


def test_a_kill_between_the_last_epoch_and_the_scores_loses_nothing(
    made, plan_from, tmp_path
) -> None:
    plan, pictures = plan_from(made.NORMED), made.made_pictures()
    settings, checkpoint = made.settings(epochs=KILLED_AFTER), tmp_path / "checkpoint.safetensors"
    broken_off(plan, settings, pictures, checkpoint)
    seen = []
    resumed = fit(plan, settings, pictures, checkpoint=checkpoint, on_epoch=seen.append)
    assert seen == []
    assert numbers(resumed) == numbers(fit(plan, settings, pictures))


def test_what_a_checkpoint_holds_is_needed(made, plan_from, tmp_path: Path) -> None:
    """Moments and batch statistics are in the file, by name, beside plain JSON."""
    checkpoint = tmp_path / "checkpoint.safetensors"
    broken_off(plan_from(made.NORMED), made.settings(), made.made_pictures(), checkpoint)
    with safe_open(checkpoint, framework="pt") as file:
        names = set(file.keys())
        assert '"history"' in file.metadata()["archsearch"]
    assert {"model.encoder.0.norm.running_mean", "model.encoder.0.norm.num_batches_tracked"} < names
    assert {"optimizer.0.exp_avg", "optimizer.0.exp_avg_sq", "optimizer.0.step"} < names


def test_the_same_in_four_dimensions_with_channels_last_moments(made, plan_from, tmp_path) -> None:
    """Fused steps read weights and moments in memory order, so the layouts must agree."""
    plan, pictures, settings = plan_from(made.PLAIN), made.made_pictures(), made.settings()
    checkpoint = tmp_path / "checkpoint.safetensors"
    broken_off(plan, settings, pictures, checkpoint)
    from archsearch.train.checkpoint import Progress, restore
    from archsearch.train.fit import _identity, prepare

    training = prepare(plan, settings, pictures, 0, torch.device("cpu"))
    fresh = Progress(identity=_identity(plan, settings, pictures, 0))
    assert len(restore(checkpoint, training.model, training.optimizer, fresh).history) == 2
    for parameter, state in training.optimizer.state.items():
        assert state["exp_avg"].stride() == parameter.stride()
        assert bool(state["exp_avg_sq"].any())


def garble(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def scramble(path: Path) -> None:
    path.write_bytes(b"not a checkpoint at all" * 50)


def strip(path: Path) -> None:
    from safetensors.torch import load_file, save_file

    save_file(load_file(path), path)


def lose_a_moment(path: Path) -> None:
    from safetensors.torch import load_file, save_file

    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
    tensors = load_file(path)
    kept = {name: t for name, t in tensors.items() if not name.startswith("optimizer.0.")}
    save_file(kept, path, metadata=metadata)


@pytest.mark.parametrize("damage", [garble, scramble, strip, lose_a_moment])
def test_a_damaged_checkpoint_is_told_and_left_out(
    made, plan_from, tmp_path, caplog, damage
) -> None:
    plan, settings, pictures = plan_from(made.PLAIN), made.settings(), made.made_pictures()
    checkpoint = tmp_path / "checkpoint.safetensors"
    broken_off(plan, settings, pictures, checkpoint)
    damage(checkpoint)
    seen = []
    with caplog.at_level(logging.WARNING):
        trained = fit(plan, settings, pictures, checkpoint=checkpoint, on_epoch=seen.append)
    assert "training starts anew" in caplog.text
    assert [row.epoch for row in seen] == [1, 2, 3]
    assert numbers(trained) == numbers(fit(plan, settings, pictures))


@pytest.mark.parametrize("other", [{"seed": 1}, {"lr": 0.5}, {"epochs": 4}])
def test_a_checkpoint_of_another_training_is_left_out(
    made, plan_from, tmp_path, caplog, other
) -> None:
    plan, pictures = plan_from(made.PLAIN), made.made_pictures()
    checkpoint = tmp_path / "checkpoint.safetensors"
    broken_off(plan, made.settings(), pictures, checkpoint)
    settings = made.settings(**other)
    trained = fit(plan, settings, pictures, checkpoint=checkpoint)
    assert "of another training" in caplog.text
    assert numbers(trained) == numbers(fit(plan, settings, pictures))
