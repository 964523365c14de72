"""What a package of one's own declares works in every command, as archsearch's own does."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from .conftest import Run

SPEC = """\
name: excited
input: {channels: auto, height: 16, width: 16}
params: {width: 8}
encoder:
- conv: {channels: $width, activation: relu}
- squeeze_excite: {reduction: 4}
- pool: {}
- conv: {channels: 4, activation: relu}
decoder: {mirror: encoder, last: {activation: sigmoid}}
"""
STUDY = """\
name: sharp
model: excited.yaml
data: {source: "shapes:200"}
task: super-resolution
train: {epochs: 1}
space:
  encoder[1].squeeze_excite.reduction: {choice: [2, 4]}
  width: {choice: [4, 8]}
search: {method: grid, trials: 4}
objectives: [val.mse, val.edge]
"""
USED = {
    "kinds.squeeze_excite": "archsearch-example 1.0",
    "metrics.edge": "archsearch-example 1.0",
    "sources.shapes": "archsearch-example 1.0",
    "tasks.super-resolution": "archsearch-example 1.0",
}


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "excited.yaml").write_text(SPEC)
    (tmp_path / "study.yaml").write_text(STUDY)


def test_check_show_and_schema_know_the_names(archsearch: Run) -> None:
    done = archsearch("check", "excited.yaml", "study.yaml")
    assert (done.returncode, done.stderr) == (0, "2 files, no problems\n")
    shown = json.loads(archsearch("show", "excited.yaml", "--json").stdout)
    layers = [(layer["kind"], layer["params"]) for layer in shown["layers"]]
    assert layers[1] == ("squeeze_excite", 2 * 8 * 2 + 2 + 8)
    assert '"squeeze_excite"' in archsearch("schema", "model").stdout
    schema = archsearch("schema", "study").stdout
    assert '"super-resolution"' in schema
    assert '"val.edge"' in schema
    assert "shapes:COUNT" in archsearch("data", "list").stdout


def test_without_the_package_they_are_unknown_words(archsearch: Run) -> None:
    done = archsearch("check", "excited.yaml", "study.yaml", installed=False)
    assert done.returncode == 2
    for told in ("no layer kind `squeeze_excite`", "no task `super-resolution`", "val.edge"):
        assert told in done.stdout


def test_mistakes_in_them_are_told_like_any_others(archsearch: Run, tmp_path: Path) -> None:
    wrong = SPEC.replace("reduction: 4", "reduction: 5").replace("pool: {}", "squeze_excite: {}")
    (tmp_path / "wrong.yaml").write_text(wrong)
    done = archsearch("check", "wrong.yaml")
    assert "squeeze_excite can't divide 8 channels by 5" in done.stdout
    assert "did you mean `squeeze_excite`?" in done.stdout
    odd = STUDY.replace("super-resolution", "{super-resolution: {factor: 3}}")
    (tmp_path / "odd.yaml").write_text(odd)
    assert "can't shrink 16 pixels by 3" in archsearch("check", "odd.yaml").stdout


def test_a_run_is_trained_and_applied_and_says_what_it_needs(
    archsearch: Run, tmp_path: Path
) -> None:
    options = ("--data", "shapes:200", "--task", "super-resolution", "--epochs", "1")
    done = archsearch("train", "excited.yaml", *options, "--set", "train.metrics=[edge]")
    assert done.returncode == 0, done.stderr
    for told in ("untouched input", "edge error"):
        assert told in done.stdout
    metrics = json.loads((tmp_path / "runs" / "excited" / "metrics.json").read_text())
    assert metrics["extensions"] == USED
    assert metrics["test"]["metrics"]["edge"] > 0
    assert 0 < metrics["baselines"]["untouched"] < metrics["baselines"]["channel_mean"]
    picture = np.random.default_rng(0).integers(0, 256, (24, 40, 3), dtype=np.uint8)
    Image.fromarray(picture).save(tmp_path / "photo.png")
    done = archsearch("apply", "runs/excited", "photo.png")
    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "photo-super-resolution.png") as result:
        assert result.size == (40, 24)
    done = archsearch("apply", "runs/excited", "photo.png", installed=False)
    assert done.returncode == 2
    assert "install archsearch-example 1.0 here" in done.stderr


@pytest.mark.full
def test_a_study_with_two_workers_and_its_report(archsearch: Run, tmp_path: Path) -> None:
    done = archsearch("study", "run", "study.yaml", "--workers", "2")
    assert done.returncode == 0, done.stderr
    status = json.loads(archsearch("study", "status", "sharp", "--json").stdout)
    assert status["counts"]["complete"] == 4
    done = archsearch("report", "sharp", "--out", "page")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "page" / "index.html").read_text()
    assert "super-resolution" in page
    assert "val_edge" in (tmp_path / "page" / "trials.csv").read_text().splitlines()[0]
    for command in (
        ("study", "worker", "sharp"),
        ("report", "sharp"),
        ("study", "status", "sharp"),
    ):
        done = archsearch(*command, installed=False)
        assert done.returncode == 2
        for name in USED:
            assert f"{name} of archsearch-example 1.0" in done.stderr


def test_a_broken_package_is_told_by_its_name(archsearch: Run, site: Path, tmp_path: Path) -> None:
    module = site / "archsearch_example" / "squeeze_excite.py"
    whole = module.read_text()
    module.write_text("1 / 0\n")
    try:
        done = archsearch("check", "excited.yaml")
    finally:
        module.write_text(whole)
    assert done.returncode == 2
    told = "the layer kind `squeeze_excite` of archsearch-example 1.0 can't be loaded"
    assert told in done.stderr
    assert "Traceback" not in done.stderr
