"""``archsearch.fit`` tells what it does, and takes nothing of a wrong type."""

from __future__ import annotations

import re
from pathlib import Path

import numpy
import pytest
import torch

import archsearch
from archsearch.config import RunSettings, read_task
from archsearch.config.settings import TrainSettings
from archsearch.data import Pictures
from archsearch.errors import ArgumentTypeError, InputError
from archsearch.nn import Autoencoder, build
from archsearch.records import EpochRecord
from archsearch.spec import ModelPlan
from archsearch.train import fit as train_fit
from archsearch.train import load_run, train_run

SPEC = """
name: plain
input: {channels: auto, height: 16, width: 16}
encoder:
  - conv: {channels: 4, activation: relu}
  - pool: {}
decoder:
  - upsample: {}
  - conv: {channels: auto, activation: sigmoid}
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> ModelPlan:
    path = tmp_path_factory.mktemp("specs") / "plain.yaml"
    path.write_text(SPEC)
    return archsearch.load(path).plan()


@pytest.fixture(scope="module")
def pictures() -> Pictures:
    images = torch.rand(60, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    train, val, test = torch.arange(60).tensor_split([40, 50])
    return Pictures(
        images_NCHW=images.mul(255).to(torch.uint8),
        train=train,
        val=val,
        test=test,
        mean=(0.5,) * 3,
        std=(0.25,) * 3,
        source="made",
        note="",
        fingerprint="made",
        classes=(),
        labels=None,
    )


def settings(task: str = "reconstruct", **train: object) -> RunSettings:
    recipe = {"epochs": 2, "batch_size": 20} | train
    return RunSettings(task=read_task(task), train=TrainSettings.model_validate(recipe))


def test_a_line_an_epoch_tells_how_it_goes(plan, pictures, capsys) -> None:
    told: list[EpochRecord] = []
    run = archsearch.fit(plan, settings(), pictures, seed=0, on_epoch=told.append)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "plain: reconstruct on made: 40 train, 10 validate, 10 test"
    assert [line.split("  ")[0] for line in lines[1:3]] == ["epoch 1/2", "epoch 2/2"]
    assert f"validation MSE {run.result.val.mse:.5f}" in lines[2]
    assert lines[3].startswith("The net is no better than a guess")
    assert tuple(told) == run.result.history


def test_it_can_be_silenced_and_gives_the_same(plan, pictures, capsys) -> None:
    run = archsearch.fit(plan, settings(), pictures, seed=0, progress=False)
    assert capsys.readouterr() == ("", "")
    assert run.result.val == train_fit(plan, settings(), pictures, seed=0).result.val


def zero_net(plan: ModelPlan, *, seed: int | None = None) -> Autoencoder:
    model = build(plan, seed=seed)
    torch.nn.utils.vector_to_parameters(torch.zeros(plan.params), model.parameters())
    return model


def test_a_constant_output_is_told_with_its_epoch(plan, pictures) -> None:
    notes: list[str] = []
    recipe = settings(lr=1e-9, epochs=1)
    train_fit(plan, recipe, pictures, build=zero_net, on_note=notes.append)
    assert notes == ["constant output"]


def test_nothing_is_told_of_an_output_that_varies(plan, pictures) -> None:
    notes: list[str] = []
    train_fit(plan, settings(epochs=1, lr=1e-9), pictures, seed=0, on_note=notes.append)
    assert notes == []


def test_early_stopping_stands_in_the_line(plan, pictures, capsys) -> None:
    stopping = {"patience": 2, "min_delta": 1.0}  # no epoch falls by that
    archsearch.fit(plan, settings(epochs=5, early_stopping=stopping), pictures, seed=0)
    lines = capsys.readouterr().err.splitlines()
    assert lines[2].endswith("no lower for 1 of 2 epochs")
    assert lines[3].endswith("no lower for 2 of 2 epochs")
    assert lines[4].startswith("stopped after 3 of 5 epochs")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"plan": "plain.yaml"}, r"fit\(plan\) must be a ModelPlan, not the str 'plain.yaml'"),
        ({"settings": TrainSettings()}, r"fit\(settings\) must be a RunSettings, not a TrainSett"),
        ({"pictures": numpy.zeros(3)}, r"fit\(pictures\) must be a Pictures, not a ndarray"),
        ({"seed": "0"}, r"fit\(seed\) must be an int or None, not the str '0'"),
        ({"checkpoint": 3}, r"fit\(checkpoint\) must be a str or PathLike, not the int 3"),
        ({"device": 0}, r"fit\(device\) must be a str or device, not the int 0"),
    ],
)
def test_an_argument_of_a_wrong_type_is_told_with_a_remedy(plan, pictures, change, told) -> None:
    given = {"plan": plan, "settings": settings(), "pictures": pictures} | change
    with pytest.raises(TypeError, match=told) as caught:
        archsearch.fit(**given)
    assert isinstance(caught.value, ArgumentTypeError | InputError)
    assert "help: " in str(caught.value)


def test_the_pictures_of_a_split_are_an_array(pictures: Pictures) -> None:
    test = pictures.arrays("test")
    assert (test.shape, test.dtype) == ((10, 16, 16, 3), numpy.uint8)
    assert (test[0] == pictures.images_NCHW[50].permute(1, 2, 0).numpy()).all()
    assert len(pictures.arrays("train", 3)) == 3
    with pytest.raises(InputError, match="no split 'all'"):
        pictures.arrays("all")  # type: ignore[arg-type]
    assert repr(pictures) == "Pictures('made', 3×16×16: 40 train, 10 val, 10 test)"


def test_a_run_that_was_written_is_read_back_as_fit_gives_it(plan, pictures, tmp_path) -> None:
    result = train_run(plan, settings(), pictures, tmp_path / "run", threads=1)
    run = load_run(str(tmp_path / "run"))
    fitted = train_fit(plan, settings(), pictures, threads=1)
    assert run.result == result
    assert run.settings == settings()
    assert run.plan.key == plan.key
    given = torch.rand(2, 3, 16, 16)
    with torch.no_grad():
        assert torch.equal(run.model(given), fitted.model(given))
    assert run.samples.shown is None
    assert (run.samples.originals == fitted.samples.originals).all()
    assert (run.samples.predicted == fitted.samples.predicted).all()


def test_a_run_of_an_earlier_version_has_no_samples(plan, pictures, tmp_path: Path) -> None:
    train_run(plan, settings(epochs=1), pictures, tmp_path, threads=1)
    metrics = (tmp_path / "metrics.json").read_text()
    without = re.sub(r',\s*"files": \{.*?\}|,\s*"sha256": "\w+"', "", metrics, flags=re.DOTALL)
    (tmp_path / "metrics.json").write_text(without)
    (tmp_path / "strip.png").unlink()
    assert load_run(tmp_path).samples.originals.shape == (0, 16, 16, 3)


def test_what_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no finished run"):
        load_run(tmp_path)
    with pytest.raises(TypeError, match=r"load_run\(folder\) must be a str or PathLike"):
        load_run(3)  # type: ignore[arg-type]


def test_a_checkpoint_is_named_by_a_text_too(plan, pictures, tmp_path: Path) -> None:
    file = tmp_path / "net.safetensors"
    archsearch.fit(plan, settings(epochs=1), pictures, checkpoint=str(file), progress=False)
    assert file.is_file()
