"""A training that was broken off ends with the numbers of an unbroken one."""

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from archsearch.config.optimizers import OPTIMIZERS
from archsearch.train import fit
from tests.train.made import rows

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
    weights = [p.tolist() for p in trained.model.state_dict().values()]
    return rows(result), result.val, result.test, weights


def broken_off(plan, settings, pictures, checkpoint: Path, **more: object) -> None:
    stop = stop_at(KILLED_AFTER)
    with pytest.raises(StopError):
        fit(plan, settings, pictures, checkpoint=checkpoint, on_epoch=stop, **more)


@pytest.mark.parametrize("net", ["PLAIN", "NORMED", "DROPPED"])
@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
@pytest.mark.parametrize("engine", ["native", "torch"])
def test_going_on_gives_the_same_bits(made, plan_from, tmp_path, net, optimizer, engine) -> None:
    plan, pictures = plan_from(getattr(made, net)), made.made_pictures()
    settings = made.settings(epochs=4, optimizer=optimizer, engine=engine, weight_decay=1e-3)
    checkpoint = tmp_path / "checkpoint.safetensors"
    whole = fit(plan, settings, pictures)
    broken_off(plan, settings, pictures, checkpoint)
    seen = []
    resumed = fit(plan, settings, pictures, checkpoint=checkpoint, on_epoch=seen.append)
    assert [row.epoch for row in seen] == [3, 4]
    assert numbers(resumed) == numbers(whole)
    assert resumed.result.environment.engine == engine


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS.keys() - {"adam", "adamw", "sgd"}))
@pytest.mark.parametrize("engine", ["native", "torch"])
def test_going_on_gives_the_same_bits_with_every_optimizer(
    made, plan_from, tmp_path, optimizer, engine
) -> None:
    plan, pictures = plan_from(made.PLAIN), made.made_pictures()
    settings = made.settings(optimizer=optimizer, engine=engine, weight_decay=1e-3)
    checkpoint = tmp_path / "checkpoint.safetensors"
    broken_off(plan, settings, pictures, checkpoint)
    seen = []
    resumed = fit(plan, settings, pictures, checkpoint=checkpoint, on_epoch=seen.append)
    assert [row.epoch for row in seen] == [3]
    assert numbers(resumed) == numbers(fit(plan, settings, pictures))


@pytest.mark.parametrize(
    "schedule", ["constant", "cosine", "step", {"plateau": {"patience": 0, "threshold": 0.5}}]
)
def test_the_rate_goes_on_where_it_was(made, plan_from, tmp_path, schedule) -> None:
    plan, pictures = plan_from(made.PLAIN), made.made_pictures()
    settings, checkpoint = made.settings(epochs=4, schedule=schedule), tmp_path / "checkpoint"
    broken_off(plan, settings, pictures, checkpoint)
    resumed = fit(plan, settings, pictures, checkpoint=checkpoint)
    assert numbers(resumed) == numbers(fit(plan, settings, pictures))


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
    plan, pictures = plan_from(made.PLAIN), made.made_pictures()
    settings, checkpoint = made.settings(engine="torch"), tmp_path / "checkpoint.safetensors"
    broken_off(plan, settings, pictures, checkpoint)
    from archsearch.train.fit import _identity, prepare
    from archsearch.train.loop.checkpoint import TrainingState, restore

    training = prepare(plan, settings, pictures, 0, torch.device("cpu"))
    fresh = TrainingState(identity=_identity(plan, settings, pictures, 0))
    assert len(restore(checkpoint, training.model, training.optimizer, fresh).history) == 2
    for parameter, state in training.optimizer.state.items():
        assert state["exp_avg"].stride() == parameter.stride()
        assert bool(state["exp_avg_sq"].any())


def garble(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def scramble(path: Path) -> None:
    path.write_bytes(b"not a checkpoint at all" * 50)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def metadata_of(path: Path) -> dict[str, str]:
    with safe_open(path, framework="pt") as file:
        return dict(file.metadata())


def rewrite(path: Path, *, without: str = " ", metadata: dict[str, str] | None = None) -> None:
    """Another file of the same form without a checksum."""
    stored = metadata_of(path)
    del stored["sha256"]
    kept = {name: t for name, t in load_file(path).items() if not name.startswith(without)}
    save_file(kept, path, metadata=stored if metadata is None else metadata)


def strip(path: Path) -> None:
    rewrite(path, metadata={})


def leave_as_earlier_versions(path: Path) -> None:
    """Without a checksum, and without the engine."""
    told = json.loads(metadata_of(path)["archsearch"])
    assert told.pop("engine") == "torch"
    rewrite(path, metadata={"archsearch": json.dumps(told)})


def lose_a_moment(path: Path) -> None:
    rewrite(path, without="optimizer.0.")


def flip_in_a_tensor(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-5] ^= 0x10
    path.write_bytes(content)


DAMAGES = [garble, scramble, empty, strip, lose_a_moment, flip_in_a_tensor]


ONE, BOTH = ("checkpoint.safetensors",), ("checkpoint.safetensors", "checkpoint-before.safetensors")


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(
    ("damaged", "told", "epochs"),
    [(ONE, "resumes from the epoch before", [2, 3]), (BOTH, "training starts anew", [1, 2, 3])],
)
def test_damaged_checkpoints_cost_epochs_and_no_number(  # noqa: PLR0917
    made, plan_from, tmp_path, caplog, damage, damaged, told, epochs
) -> None:
    plan, settings, pictures = plan_from(made.PLAIN), made.settings(), made.made_pictures()
    checkpoint = tmp_path / "checkpoint.safetensors"
    broken_off(plan, settings, pictures, checkpoint)
    for name in damaged:
        damage(tmp_path / name)
    seen = []
    trained = fit(plan, settings, pictures, checkpoint=checkpoint, on_epoch=seen.append)
    assert f"{checkpoint} is ignored: " in caplog.text
    assert told in caplog.text
    assert [row.epoch for row in seen] == epochs
    assert numbers(trained) == numbers(fit(plan, settings, pictures))


def test_what_is_damaged_never_takes_the_place_of_what_is_whole(made, plan_from, tmp_path) -> None:
    """After going on from the epoch before, that one is the one kept."""
    plan, settings, pictures = plan_from(made.PLAIN), made.settings(epochs=4), made.made_pictures()
    checkpoint = tmp_path / "checkpoint.safetensors"
    before = tmp_path / "checkpoint-before.safetensors"
    broken_off(plan, settings, pictures, checkpoint)
    whole = before.read_bytes()
    flip_in_a_tensor(checkpoint)
    with pytest.raises(StopError):
        fit(plan, settings, pictures, checkpoint=checkpoint, on_epoch=stop_at(2))
    assert before.read_bytes() == whole


def test_a_checkpoint_of_earlier_versions_is_gone_on_from_and_told(
    made, plan_from, tmp_path, caplog
) -> None:
    """By torch, which was all they had."""
    plan, settings, pictures = plan_from(made.NORMED), made.settings(), made.made_pictures()
    checkpoint = tmp_path / "checkpoint.safetensors"
    broken_off(plan, settings, pictures, checkpoint, begun="torch")
    leave_as_earlier_versions(checkpoint)
    seen = []
    trained = fit(plan, settings, pictures, checkpoint=checkpoint, on_epoch=seen.append)
    assert caplog.text.count("has no checksum") == 1
    assert [row.epoch for row in seen] == [3]
    assert trained.result.environment.engine == "torch"
    assert numbers(trained) == numbers(fit(plan, settings, pictures, begun="torch"))


@pytest.mark.parametrize("begun", ["native", "torch"])
def test_auto_goes_on_with_the_engine_that_began(made, plan_from, tmp_path, begun) -> None:
    plan, settings, pictures = plan_from(made.NORMED), made.settings(), made.made_pictures()
    checkpoint = tmp_path / "checkpoint.safetensors"
    broken_off(plan, settings, pictures, checkpoint, begun=begun)
    seen = []
    trained = fit(plan, settings, pictures, checkpoint=checkpoint, on_epoch=seen.append)
    assert [row.epoch for row in seen] == [3]
    environment = trained.result.environment
    reason = "the run was begun with torch" if begun == "torch" else None
    assert (environment.engine, environment.engine_reason) == (begun, reason)
    assert numbers(trained) == numbers(fit(plan, settings, pictures, begun=begun))


@pytest.mark.parametrize("asked", ["native", "torch"])
def test_the_other_engine_does_not_go_on(made, plan_from, tmp_path, caplog, asked) -> None:
    """Its numbers are others."""
    plan, settings, pictures = plan_from(made.PLAIN), made.settings(), made.made_pictures()
    checkpoint = tmp_path / "checkpoint.safetensors"
    broken_off(plan, settings, pictures, checkpoint, begun="torch")
    other = made.settings(engine=asked)
    trained = fit(plan, other, pictures, checkpoint=checkpoint)
    assert "it belongs to another training" in caplog.text
    assert numbers(trained) == numbers(fit(plan, other, pictures))


def test_where_the_engine_that_began_is_gone_training_starts_anew(
    made, plan_from, tmp_path, caplog, monkeypatch
) -> None:
    plan, settings, pictures = plan_from(made.PLAIN), made.settings(), made.made_pictures()
    checkpoint = tmp_path / "checkpoint.safetensors"
    broken_off(plan, settings, pictures, checkpoint)
    monkeypatch.setattr("archsearch.engine.support.missing", lambda: "llvmlite isn't installed")
    trained = fit(plan, settings, pictures, checkpoint=checkpoint)
    assert "the native engine wrote it, and torch trains here" in caplog.text
    assert "training starts anew" in caplog.text
    assert numbers(trained) == numbers(fit(plan, made.settings(engine="torch"), pictures))


@pytest.mark.parametrize("other", [{"seed": 1}, {"lr": 0.5}, {"epochs": 4}])
def test_a_checkpoint_of_another_training_is_left_out(
    made, plan_from, tmp_path, caplog, other
) -> None:
    plan, pictures = plan_from(made.PLAIN), made.made_pictures()
    checkpoint = tmp_path / "checkpoint.safetensors"
    broken_off(plan, made.settings(), pictures, checkpoint)
    settings = made.settings(**other)
    trained = fit(plan, settings, pictures, checkpoint=checkpoint)
    assert "to another training" in caplog.text
    assert "starts anew" in caplog.text
    assert numbers(trained) == numbers(fit(plan, settings, pictures))
