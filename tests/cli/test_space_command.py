"""``archsearch space`` and ``study run --dry-run``."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from archsearch.cli import app

ROOT = Path(__file__).parents[2]
SPEC = """
input: {channels: auto, height: 8, width: 8}
encoder:
  - conv: {channels: 4}
    name: early
  - pool: {}
  - conv: {channels: 4}
    name: last
decoder:
  - upsample: {}
  - conv: {channels: auto, activation: sigmoid}
"""
STUDY = """
model: net.yaml
data: {source: photos, limit: 200}
train: {epochs: 2, batch_size: 8}
space:
  early.conv.channels: {int: [1, 8]}
  last.conv.channels: {int: [1, 8]}
constraints: [latent.size <= 64, early.height > 4]
search: {method: METHOD, trials: 6, seeds: 2}
"""
KEYS = {
    "version",
    "configurations",
    "sampled",
    "feasible_share",
    "distinct",
    "rules",
    "latent_size",
    "correlations",
}


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(SPEC)
    path = tmp_path / "small.yaml"
    path.write_text(STUDY.replace("METHOD", "stratified"))
    return path


def told(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_the_space_as_json(study: Path) -> None:
    found = json.loads(told("space", str(study), "--json"))
    assert set(found) >= KEYS
    assert next(iter(found)) == "version"
    assert (found["configurations"], found["sampled"], found["distinct"]) == (64, 64, 32)
    assert found["feasible_share"] == 0.5
    assert found["rules"] == {"latent.size <= 64": 0.5}
    assert set(found["latent_size"]) >= {"min", "max", "quantiles"}
    assert (found["latent_size"]["min"], found["latent_size"]["max"]) == (16, 64)
    assert set(found["correlations"]) >= {"params", "macs", "last.conv.channels"}
    assert found["cost"]["trainings"] == 12
    assert found["cost"]["minutes"] is None


def test_an_infinite_space_has_null_configurations(study: Path) -> None:
    study.write_text(
        study.read_text().replace("constraints", "  train.lr: {float: [0.001, 0.1]}\nconstraints")
    )
    found = json.loads(told("space", str(study), "--json"))
    assert found["configurations"] is None


def test_the_space_for_people(study: Path) -> None:
    text = told("space", str(study))
    assert "64 configurations; examined all of them" in text
    assert "50.0%  latent.size <= 64" in text
    assert "is not below 64" in text
    assert "mean of 100 random designs" in text
    assert "can detect     a true |ρ| of 0." in text
    assert "in four of five such studies" in text
    assert "12 trainings" in text
    assert not (study.parent / "runs").exists()


def test_calibration_predicts_minutes(study: Path) -> None:
    found = json.loads(told("space", str(study), "--json", "--calibrate"))
    minutes = found["cost"]["minutes"]
    assert 0 < minutes < 5


def test_a_dry_run_lists_what_would_be_trained_and_writes_nothing(study: Path) -> None:
    text = told("study", "run", str(study), "--dry-run")
    assert "stratified, 6 candidates × 2 seeds" in text
    assert "early.conv.channels = " in text
    assert "nothing was trained or written" in text
    plan = json.loads(told("study", "run", str(study), "--dry-run", "--trials", "4", "--json"))
    assert len(plan["candidates"]) == plan["trials"] == 4
    assert {path.name for path in study.parent.iterdir()} == {"net.yaml", "small.yaml"}


def test_a_dry_run_of_a_search_says_that_it_has_no_design(study: Path) -> None:
    study.write_text(STUDY.replace("METHOD", "tpe"))
    assert "tpe chooses each candidate by the results so far" in told(
        "study", "run", str(study), "--dry-run"
    )


def test_a_grid_larger_than_the_trials_says_so(study: Path) -> None:
    study.write_text(STUDY.replace("METHOD", "grid"))
    text = " ".join(told("space", str(study)).split())
    assert "the grid has 64 points: the 6 taken are spread over it, and " in text
    assert "others could be trained, too" in text
    study.write_text(STUDY.replace("METHOD", "grid").replace("trials: 6", "trials: 64"))
    assert "the grid has" not in told("space", str(study))


def test_a_space_of_one_point_has_no_correlations(study: Path) -> None:
    text = STUDY.replace("METHOD", "random").replace("[1, 8]", "[3, 3]")
    study.write_text(text)
    shown = told("space", str(study))
    assert shown.startswith("small: 1 configuration; examined all of them\n")
    assert "1 architecture\n" in shown
    assert set(json.loads(told("space", str(study), "--json"))["correlations"].values()) == {None}


def test_a_rule_is_told_in_its_own_direction(study: Path) -> None:
    study.write_text(STUDY.replace("METHOD", "random").replace("latent.size <=", "latent.size >"))
    assert re.search(r"[0-9]+ is not above 64", told("space", str(study)))


def test_a_storage_is_named_by_the_environment_too(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for `study` and `report`: the study by its name, without its files."""
    url = f"sqlite:///{study.parent / 'elsewhere.db'}"
    monkeypatch.setenv("ARCHSEARCH_STORAGE", url)
    told("study", "run", str(study), "--workers", "0")
    study.unlink()
    assert told("space", "small").startswith("small: 64 configurations")
    written = CliRunner().invoke(app, ["report", "small", "--out", "page"])
    assert "small" in str(written.exception), "it was found, without a complete trial"
    assert Path("page/index.html").exists()


def test_space_loads_no_torch() -> None:
    code = (
        "import sys\nfrom archsearch.cli import app\n"
        "try:\n    app(['space', 'studies/quickstart.yaml', '--json'], standalone_mode=False)\n"
        "except SystemExit:\n    pass\n"
        "sys.stderr.write(' '.join(m for m in ('torch', 'optuna') if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert json.loads(done.stdout)["distinct"] == 12
    assert done.stderr == ""
