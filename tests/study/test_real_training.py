"""A study as people run it: the command line, torch, pictures, a report's worth of records."""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from real import write_real

from archsearch.config import load
from archsearch.records import load_study, read_pictures
from archsearch.study import RunOptions, run_study

REPO = Path(__file__).parents[2]

STUDY = """
name: real
model: toy.yaml
data: {source: "folder:pictures"}
train: {epochs: 2, batch_size: 16}
space:
  last.conv.channels: {int: [1, 8], log: true}
search: {trials: 3, seeds: 2}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eighty small pictures, a spec and a study."""
    from toys import SPEC

    place = tmp_path_factory.mktemp("real")
    (place / "pictures").mkdir()
    rng = np.random.default_rng(0)
    for index in range(80):
        coarse = rng.integers(0, 255, (2, 2, 3), dtype=np.uint8)
        picture = Image.fromarray(coarse).resize((8, 8), Image.Resampling.BILINEAR)
        picture.save(place / "pictures" / f"{index}.png")
    (place / "toy.yaml").write_text(SPEC)
    (place / "study.yaml").write_text(STUDY)
    return place


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("method", ["random", "tpe"])
def test_the_same_seed_gives_the_same_values_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """One worker, one thread: every number of every epoch."""
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "cache"))
    study = write_real(tmp_path, trials=3, seeds=2, epochs=2, method=method)
    found = []
    for name in ("a", "b"):
        url = f"sqlite:///{tmp_path / name}.db"
        record = run_study(study, url, options=RunOptions(threads=1))
        found.append(
            [
                (trial.values, trial.value, seed.seed, row.train_loss, row.val_mse)
                for trial in record.trials
                for seed in trial.seeds
                if seed.result is not None
                for row in seed.result.history
            ]
        )
    assert found[0] == found[1]
    assert len(found[0]) == 12


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("method", ["random", "tpe"])
def test_auto_channels_follow_gray_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "cache"))
    study = write_real(tmp_path, trials=2, method=method)
    for path in (tmp_path / "pictures").iterdir():
        Image.open(path).convert("L").save(path)
    url = f"sqlite:///{tmp_path / 'gray.db'}"
    record = run_study(study, url, options=RunOptions(threads=1))
    assert [trial.state for trial in record.trials] == ["complete"] * 2
    for trial in record.trials:
        assert trial.values["input.channels"] == 1
        assert trial.plan is not None
        assert "channels: 1, height: 8" in trial.plan.spec
    again = run_study(study, url, options=RunOptions(threads=1))
    assert len(again.trials) == 2


def archsearch(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from archsearch.cli import main\nmain()", *words],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(REPO),
            "ARCHSEARCH_CACHE": str(folder / "cache"),
            "PYTHONWARNINGS": "error::UserWarning:archsearch",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


def test_a_study_from_the_command_line(folder: Path) -> None:
    done = archsearch(folder, "study", "run", "study.yaml", "--workers", "2", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["version"] == 1
    assert told["counts"]["complete"] == 3
    assert "6/6 trainings" in done.stderr
    assert "for the report: archsearch report real" in done.stderr.splitlines()
    assert done.stderr.splitlines()[-1].startswith("  optuna-dashboard sqlite:///runs/studies.db ")

    record = load_study(f"sqlite:///{folder / 'runs' / 'studies.db'}", "real")
    assert record.curves is not None
    components = [point.components for point in record.curves.pca]
    assert {1, 2, 4, 64, 192} <= set(components)
    assert {t.plan.latent_size for t in record.trials if t.plan} <= {
        point.latent_size for point in record.curves.patch_pca
    } & set(components)
    for trial in record.trials:
        for seed in trial.seeds:
            assert seed.result is not None
            assert seed.result.baselines.val("pca") is not None
            png = read_pictures(record, seed)
            assert png is not None
            assert seed.pictures_sha256 == sha256(png).hexdigest()
            with Image.open(io.BytesIO(png)) as strip:
                assert strip.size == (8 * 8, 2 * 8)

    status = archsearch(folder, "study", "status", "real", "--json")
    assert json.loads(status.stdout) == told
    listed = archsearch(folder, "study", "list", "--json")
    assert [study["study"] for study in json.loads(listed.stdout)["studies"]] == ["real"]

    best = archsearch(folder, "study", "best", "study.yaml", "--out", "best.yaml")
    assert best.returncode == 0, best.stderr
    winner = min(record.trials, key=lambda trial: trial.value or 1)
    assert winner.plan is not None
    assert load(folder / "best.yaml").plan().key == winner.plan.key
    named = best.stderr.rpartition("to train it as in the study: archsearch ")[2]
    trained = archsearch(folder, *shlex.split(named), "--json")
    first = winner.seeds[0].result
    assert first is not None
    assert json.loads(trained.stdout)["val"] == first.val.model_dump()

    again = archsearch(folder, "study", "run", "real")
    assert again.returncode == 0, again.stderr
    assert "6 of 6 trainings done" in again.stderr
    assert "real: 3 complete" in again.stdout

    other = archsearch(folder, "study", "run", "study.yaml", "--epochs", "3")
    assert other.returncode == 2
    assert "train.epochs: 2 in the storage, 3 now" in other.stderr
    assert "Traceback" not in other.stderr


def test_exit_codes_of_what_is_not_there(folder: Path) -> None:
    for words in (("status", "nothing"), ("run", "nothing.yaml"), ("best", "nothing")):
        done = archsearch(folder, "study", *words, "--storage", "sqlite:///none.db")
        assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr


def test_pictures_that_are_missing_are_told_before_any_worker_starts(folder: Path) -> None:
    done = archsearch(
        folder, "study", "run", "study.yaml", "--data", "folder:nowhere", "--set",
        "search.trials=2", "--storage", "sqlite:///other.db",
    )  # fmt: skip
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr


COLORS = """
name: colors
model: toy.yaml
data: {source: "folder:pictures"}
task: colorize
train: {epochs: 1, batch_size: 16}
space:
  task: {choice: [colorize, colorize-chroma, colorize-bins]}
  train.loss: {choice: [mse, l1], when: $(task != "colorize-bins")}
search: {method: grid, trials: 5}
"""


@pytest.mark.full
def test_a_study_searches_over_ways_to_put_a_task(folder: Path) -> None:
    """Every variant trained, measured by the same error, with the same baselines."""
    (folder / "colors.yaml").write_text(COLORS)
    done = archsearch(folder, "study", "run", "colors.yaml", "--storage", "sqlite:///colors.db")
    assert done.returncode == 0, done.stderr
    record = load_study(f"sqlite:///{folder / 'colors.db'}", "colors")
    results = [trial.seeds[0].result for trial in record.trials]
    tasks = [trial.values["task"] for trial in record.trials]
    assert sorted(tasks) == sorted(["colorize", "colorize-chroma"] * 2 + ["colorize-bins"])
    assert [result.task for result in results] == tasks
    assert all(result.baselines == results[0].baselines for result in results)
    assert results[0].baselines.val("mean_chroma") > 0
    assert all(result.test.color.delta_e > 0 for result in results)
    strip = Image.open(io.BytesIO(read_pictures(record, record.trials[0].seeds[0])))
    assert strip.size == ((8 + 9) * 8, 2 * 8)


def test_a_task_can_be_given_beside_the_file(folder: Path) -> None:
    words = ("study", "run", "study.yaml", "--storage", "sqlite:///noisy.db", "--trials", "1")
    noisy = ("--task", "denoise", "--set", "task.sigma=0.3", "--seeds", "1", "--epochs", "1")
    done = archsearch(folder, *words, *noisy)
    assert done.returncode == 0, done.stderr
    record = load_study(f"sqlite:///{folder / 'noisy.db'}", "real")
    assert record.settings["task"] == {"denoise": {"sigma": 0.3}}
    result = record.trials[0].seeds[0].result
    assert result.task == "denoise"
    assert result.baselines.val("untouched") > 0.02
