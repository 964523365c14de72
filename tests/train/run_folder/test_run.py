"""The run directory: what it holds, kills, conflicts and locks."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image

from archsearch.errors import InputError, RunConflictError
from archsearch.records import load_run
from archsearch.train import load_model, train_run
from archsearch.train.run_folder.lock import LOCK_FILE, locked
from tests.train.made import drop_checksums, left

FILES = {
    "spec.yaml",
    "config.json",
    "history.csv",
    "metrics.json",
    "model.safetensors",
    "curves.png",
    "pictures.png",
    "strip.png",
}


def start(spec: Path, out: Path, epochs: int, task: str = "reconstruct") -> subprocess.Popen[str]:
    script = Path(__file__).parents[1] / "made.py"
    root = Path(__file__).parents[3]
    return subprocess.Popen(
        [sys.executable, str(script), str(spec), str(out), str(epochs), task],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(root)},
    )


def wait_for(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdout is not None
    for printed in process.stdout:
        if printed.startswith(line):
            return
    raise AssertionError(f"the process ended without `{line}`")


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_a_run_leaves_its_files_and_no_others(made, plan_from, tmp_path: Path) -> None:
    out = tmp_path / "runs" / "first"
    result = train_run(plan_from(made.PLAIN), made.settings(), made.made_pictures(), out)
    assert {path.name for path in out.iterdir()} == FILES
    metrics = json.loads((out / "metrics.json").read_text())
    assert next(iter(metrics)) == "version"
    assert metrics["run"] == "first"
    assert metrics["splits"] == {"train": 80, "val": 10, "test": 10}
    assert metrics["test"]["mse"] == result.test.mse
    assert metrics["baselines"] == {
        "channel_mean": result.baselines.test("channel_mean"),
        "pca": result.baselines.test("pca"),
        "pca_bottleneck": None,
        "patch_pca": result.baselines.test("patch_pca"),
        "untouched": None,
        "linear": None,
        "gray_copy": None,
        "mean_chroma": None,
    }
    rows = csv.DictReader((out / "history.csv").read_text().splitlines())
    assert [row["epoch"] for row in rows] == list("123")
    assert load_run(out).result == result
    for name in ("curves.png", "pictures.png"):
        with Image.open(out / name) as picture:
            assert min(picture.size) > 300


def test_a_finished_run_is_not_trained_again(made, plan_from, tmp_path: Path) -> None:
    plan, settings, pictures = plan_from(made.PLAIN), made.settings(), made.made_pictures()
    first = train_run(plan, settings, pictures, tmp_path / "run")
    seen = []
    again = train_run(plan, settings, pictures, tmp_path / "run", on_epoch=seen.append, threads=2)
    assert again == first
    assert seen == []


def test_a_finished_color_run_gets_the_strip_that_it_lacks(made, plan_from, tmp_path: Path) -> None:
    plan = plan_from(made.NORMED, "colorize-chroma")
    settings, pictures = made.settings("colorize-chroma"), made.made_pictures()
    first = train_run(plan, settings, pictures, tmp_path / "run")
    strip = tmp_path / "run" / "strip.png"
    drawn = strip.read_bytes()
    with Image.open(strip) as picture:
        assert picture.size == ((8 + 9) * 16, 2 * 16)
        assert picture.crop((0, 0, 16, 16)).tobytes() == (
            pictures.images_NCHW[pictures.test[0]].permute(1, 2, 0).numpy().tobytes()
        )
    drop_checksums(tmp_path / "run")
    strip.unlink()
    again = train_run(plan, settings, pictures, tmp_path / "run")
    assert again == first
    assert strip.read_bytes() == drawn


def test_the_trained_net_comes_back(made, plan_from, tmp_path: Path) -> None:
    pictures = made.made_pictures()
    result = train_run(plan_from(made.NORMED), made.settings(), pictures, tmp_path / "run")
    images = pictures.images_NCHW[pictures.test].float() / 255
    model = load_model(tmp_path / "run")
    with torch.no_grad():
        mse = float((model(images) - images).square().mean())
    assert mse == pytest.approx(result.test.mse, rel=1e-5)
    assert model.plan.name == "normed"


@pytest.mark.parametrize(
    ("net", "task"),
    [
        pytest.param("PLAIN", "reconstruct", marks=pytest.mark.full),
        ("NORMED", "reconstruct"),
        pytest.param("DROPPED", "reconstruct", marks=pytest.mark.full),
        ("DROPPED", "denoise"),
        pytest.param("PLAIN", "inpaint", marks=pytest.mark.full),
        ("PLAIN", "colorize-bins"),
    ],
)
def test_after_a_kill_it_goes_on_to_the_same_numbers(made, plan_from, tmp_path, net, task) -> None:
    plan = plan_from(getattr(made, net), task)
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    process = start(tmp_path / "model.yaml", killed, 4, task)
    wait_for(process, "step 13 of 20")  # in the third epoch
    kill(process)
    assert not (killed / "metrics.json").exists()
    assert (killed / "checkpoint.safetensors").exists()
    seen = []
    settings, pictures = made.settings(task, epochs=4), made.made_pictures()
    train_run(plan, settings, pictures, killed, on_epoch=seen.append)
    assert [row.epoch for row in seen] == [3, 4]
    train_run(plan, settings, pictures, whole)
    assert left(killed) == left(whole)
    assert {path.name for path in killed.iterdir()} == FILES


def test_a_second_process_is_refused_while_one_trains(made, plan_from, tmp_path: Path) -> None:
    plan, out = plan_from(made.PLAIN), tmp_path / "run"
    process = start(tmp_path / "model.yaml", out, epochs=400)
    try:
        wait_for(process, "step 1 ")
        with pytest.raises(RunConflictError, match=f"in use by process {process.pid} on "):
            train_run(plan, made.settings(), made.made_pictures(), out)
    finally:
        kill(process)
    assert (out / LOCK_FILE).exists()  # left by the kill, and held by no one
    with pytest.raises(RunConflictError, match=r"train\.epochs is 400 there, 3 here"):
        train_run(plan, made.settings(), made.made_pictures(), out)


def test_a_lock_is_given_back(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(RunConflictError), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_another_config_is_refused_by_name(made, plan_from, tmp_path: Path) -> None:
    plan, pictures, out = plan_from(made.PLAIN), made.made_pictures(), tmp_path / "run"
    train_run(plan, made.settings(epochs=1), pictures, out)
    with pytest.raises(RunConflictError) as raised:
        train_run(plan, made.settings(epochs=2, lr=0.5), pictures, out)
    assert "train.epochs is 1 there, 2 here; train.lr is 0.01 there, 0.5 here" in str(raised.value)
    assert "--out" in raised.value.help


def test_another_model_is_refused_by_its_line(made, plan_from, tmp_path: Path) -> None:
    pictures, out = made.made_pictures(), tmp_path / "run"
    train_run(plan_from(made.PLAIN), made.settings(epochs=1), pictures, out)
    wider = plan_from(made.PLAIN.replace("channels: 4", "channels: 5"))
    with pytest.raises(RunConflictError, match=r"spec\.yaml line \d+ is `.*channels: 4.*` there"):
        train_run(wider, made.settings(epochs=1), pictures, out)


def test_other_pictures_are_refused(made, plan_from, tmp_path: Path) -> None:
    plan, settings, out = plan_from(made.PLAIN), made.settings(epochs=1), tmp_path / "run"
    train_run(plan, settings, made.made_pictures(), out)
    with pytest.raises(RunConflictError, match="its pictures differ"):
        train_run(plan, settings, made.made_pictures(seed=1), out)


def test_a_file_in_the_folders_place_is_told(made, plan_from, tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    with pytest.raises(InputError, match="can't be used as a run directory"):
        train_run(plan_from(made.PLAIN), made.settings(), made.made_pictures(), tmp_path / "run")


def test_another_task_is_refused_by_name(made, plan_from, tmp_path: Path) -> None:
    pictures, out = made.made_pictures(), tmp_path / "run"
    train_run(plan_from(made.PLAIN), made.settings("denoise", epochs=1), pictures, out)
    with pytest.raises(RunConflictError, match=r"task\.name is denoise there, inpaint here"):
        train_run(plan_from(made.PLAIN), made.settings("inpaint", epochs=1), pictures, out)
    stronger = made.settings({"denoise": {"sigma": 0.2}}, epochs=1)
    with pytest.raises(RunConflictError, match=r"task\.sigma is 0\.1 there, 0\.2 here"):
        train_run(plan_from(made.PLAIN), stronger, pictures, out)


def test_a_config_of_earlier_versions_is_read(made, plan_from, tmp_path: Path) -> None:
    plan, settings, out = plan_from(made.PLAIN), made.settings(epochs=1), tmp_path / "run"
    result = train_run(plan, settings, made.made_pictures(), out)
    drop_checksums(out)
    config = json.loads((out / "config.json").read_text())
    assert config["task"] == "reconstruct"
    (out / "config.json").write_text(json.dumps(config | {"task": {"name": "reconstruct"}}))
    assert train_run(plan, settings, made.made_pictures(), out) == result


def test_a_persons_own_spec_is_not_overwritten(made, plan_from, tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text("mine: true\n")
    with pytest.raises(RunConflictError, match="`mine: true` there"):
        train_run(plan_from(made.PLAIN), made.settings(), made.made_pictures(), tmp_path)
    assert (tmp_path / "spec.yaml").read_text() == "mine: true\n"


def test_a_run_that_an_earlier_version_began_ends_as_it_would_have(
    made, plan_from, tmp_path: Path
) -> None:
    """It had neither of two defaults of today; its config.json doesn't name them."""
    before = made.settings(initialization="torch", clip_norm=None)
    plan, pictures = plan_from(made.PLAIN), made.made_pictures()
    whole = train_run(plan, before, pictures, tmp_path / "whole")

    def stop(row: object) -> None:
        raise KeyboardInterrupt

    broken = tmp_path / "broken"
    with pytest.raises(KeyboardInterrupt):
        train_run(plan, before, pictures, broken, on_epoch=stop)
    assert "initialization" not in (broken / "config.json").read_text()
    ended = train_run(plan, made.settings(), pictures, broken)
    assert made.rows(ended) == made.rows(whole)
    assert made.rows(train_run(plan, made.settings(), pictures, broken)) == made.rows(whole)
    other = made.settings(initialization="he")
    with pytest.raises(RunConflictError, match="initialization is torch there, he here"):
        train_run(plan, other, pictures, broken)


@pytest.mark.parametrize(
    "name", ["model.safetensors", "checkpoint.safetensors", "checkpoint-before.safetensors"]
)
def test_a_folder_where_a_file_belongs_is_told_before_the_training(
    made, plan_from, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).mkdir()
    epochs: list[object] = []
    with pytest.raises(InputError, match=f"{name} is a folder, and a file of the run belongs"):
        train_run(
            plan_from(made.PLAIN),
            made.settings(),
            made.made_pictures(),
            tmp_path,
            on_epoch=epochs.append,
        )
    assert epochs == []


def test_a_name_is_no_formula(made, plan_from, tmp_path: Path) -> None:
    """Figures tell the name as it is; read as one, this ended the run after its training."""
    out = tmp_path / r"$\frac$"
    train_run(plan_from(made.PLAIN), made.settings(), made.made_pictures(), out)
    assert {path.name for path in out.iterdir()} == FILES
