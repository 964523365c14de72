"""A study and a run that version 0.1.0 wrote before names and tables changed are read and used.

``tests/records/earlier`` holds them as they were written: the database as SQL, the run without
its two figures.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from archsearch.cli import app
from archsearch.records import load_run, load_study, trial_counts

EARLIER = Path(__file__).parent / "earlier"
URL = "sqlite:///study.db"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run and study in a working directory of their own."""
    place = tmp_path / "here"
    shutil.copytree(EARLIER, place)
    connection = sqlite3.connect(place / "study.db")
    connection.executescript((place / "study.sql").read_text())
    connection.close()
    monkeypatch.chdir(place)
    return place


def done(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.usefixtures("folder")
def test_the_study_is_read_and_gone_on_with() -> None:
    record = load_study(URL, "stored")
    assert record.planned == 3
    assert trial_counts(record)["complete"] == 3
    assert [trial.values for trial in record.trials][:2] == [{"width": 6}, {"width": 9}]
    assert record.trials[1].results[0].baselines.val("untouched") is not None
    assert {result.environment.engine for result in record.results} == {"torch"}
    assert "engine" not in record.settings["train"]
    before = record.model_dump(exclude={"seconds"})
    done("study", "run", "study.yaml", "--storage", URL)
    assert load_study(URL, "stored").model_dump(exclude={"seconds"}) == before
    status = json.loads(done("study", "status", "stored", "--storage", URL, "--json"))
    assert status["counts"]["complete"] == 3


def test_the_study_is_reported(folder: Path) -> None:
    done("report", "stored", "--storage", URL, "--out", "page")
    summary = json.loads((folder / "page" / "summary.json").read_text())
    assert summary["trials"]["complete"] == 3
    assert [trial["number"] for trial in summary["pareto"]]


def test_the_run_is_read_applied_and_made_whole(folder: Path) -> None:
    run = load_run(folder / "run")
    assert run.settings.task.name == "colorize-chroma"
    assert run.settings.train.engine == "auto"
    assert run.result.environment.engine == "torch"
    assert run.result.baselines.test("mean_chroma") is not None
    Image.new("L", (20, 14), 90).save(folder / "gray.png")
    done("apply", "run", "gray.png")
    with Image.open(folder / "gray-colorize-chroma.png") as colored:
        assert (colored.size, colored.mode) == ((20, 14), "RGB")
    kept = {path.name: path.read_bytes() for path in (folder / "run").iterdir()}
    command = "train tiny.yaml --data photos --limit 60 --task colorize-chroma --epochs 1 --out run"
    done(*command.split())
    now = {path.name: path.read_bytes() for path in (folder / "run").iterdir()}
    assert now.keys() - kept.keys() == {"curves.png", "pictures.png"}
    same = {"config.json", "history.csv", "model.safetensors", "spec.yaml", "strip.png"}
    assert {name: now[name] for name in same} == {name: kept[name] for name in same}


def test_the_run_is_trained_again_by_torch_which_was_all_there_was(folder: Path) -> None:
    """Its numbers are those of another torch; the engine's would be others again."""
    (folder / "run" / "model.safetensors").unlink()
    command = "train tiny.yaml --data photos --limit 60 --task colorize-chroma --epochs 1 --out run"
    told = done(*command.split())
    assert "trained by torch" in told
    assert load_run(folder / "run").result.environment.engine == "torch"
