"""``archsearch report``, from a real database to files."""

from __future__ import annotations

import json
import re
import webbrowser
from pathlib import Path

import numpy as np
import optuna
import pytest
import typer
from typer.testing import CliRunner

from archsearch.cli.app import main
from archsearch.cli.report import report
from archsearch.config import RunSettings, load
from archsearch.errors import InputError
from archsearch.records import RunRecord, write_run
from archsearch.spec import to_yaml
from tests.records.storage import stored
from tests.synthetic import StudyRecipe, synthetic_result, synthetic_study

app = typer.Typer()
app.command()(report)


@pytest.fixture
def storage(tmp_path, monkeypatch):
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    monkeypatch.chdir(tmp_path)
    return stored(synthetic_study(StudyRecipe(complete=6)), tmp_path / "studies.db")


@pytest.fixture
def short(tmp_path, monkeypatch):
    """A study of one trial, whose page is soon drawn."""
    monkeypatch.chdir(tmp_path)
    return stored(synthetic_study(StudyRecipe(complete=1)), tmp_path / "studies.db")


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0
    assert done.stderr == ""
    return done.stdout


def test_it_prints_the_answer_and_the_page(storage):
    said = run("synthetic", "--storage", storage)
    assert re.match(r"(Yes|Little or none|Not shown|Too few)\b", said)
    page = Path(said.splitlines()[-1])
    assert page == Path("reports/synthetic/index.html")
    assert page.is_file()
    assert {path.name for path in page.parent.iterdir()} == {
        "index.html", "report.md", "summary.json", "trials.csv", "epochs.csv", "figures",
    }  # fmt: skip


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """The addresses that a browser was asked for; none is there, so it can't open them."""
    found: list[str] = []

    def open_address(address: str) -> bool:
        found.append(address)
        return len(found) > 1

    monkeypatch.setattr(webbrowser, "open", open_address)
    return found


def test_the_page_is_opened_only_on_request(short, opened, capsys):
    page = Path("reports/synthetic/index.html").resolve()
    words = ("synthetic", "--storage", short)
    code, plain, _ = ended(capsys, *words)
    assert (code, opened) == (0, [])
    code, said, warned = ended(capsys, *words, "--open")
    assert (code, opened) == (0, [page.as_uri()])
    assert said == plain
    assert warned == "no browser could be opened; the page is reports/synthetic/index.html\n"
    assert ended(capsys, *words, "--open", "--json")[::2] == (0, "")
    assert len(opened) == 2


def test_a_browser_that_fails_is_no_error(short, monkeypatch, capsys):
    def fail(address: str) -> bool:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "open", fail)
    code, _, warned = ended(capsys, "synthetic", "--storage", short, "--open")
    assert code == 0
    assert warned.startswith("no browser could be opened")


def test_json_is_the_summary(short):
    said = json.loads(run("synthetic", "--storage", short, "--out", "here", "--json"))
    kept = json.loads(Path("here/summary.json").read_text("utf-8"))
    assert said == kept | {"index": str(Path("here/index.html"))}
    assert next(iter(said)) == "version"


def test_a_study_file_stands_for_its_name(short):
    Path("model.yaml").write_text(
        "input: {channels: auto, height: 8, width: 8}\nparams: {width: 4}\n"
        "encoder:\n- conv: {channels: $width}\ndecoder:\n- conv: {channels: auto}\n"
    )
    Path("study.yaml").write_text(
        "name: synthetic\nmodel: model.yaml\nspace: {width: {int: [2, 8]}}\n"
    )
    assert run("study.yaml", "--storage", short).endswith("reports/synthetic/index.html\n")


def test_a_name_that_is_no_folder_name_gets_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    study = synthetic_study(StudyRecipe(complete=1, name="../a b/<c>"))
    said = run("../a b/<c>", "--storage", stored(study, tmp_path / "studies.db"))
    assert said.endswith("reports/a-b-c/index.html\n")


def test_a_missing_study_and_a_folder_are_input_errors(storage, tmp_path):
    with pytest.raises(InputError, match="did you mean 'synthetic'"):
        run("synthetik", "--storage", storage)
    with pytest.raises(InputError, match="is a folder"):
        run(str(tmp_path), "--storage", storage)
    with pytest.raises(InputError, match=r"no storage at runs/studies\.db"):
        run("synthetic")
    assert not Path("runs").exists()
    assert not Path("reports").exists()


def ended(capsys, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the whole command line."""
    with pytest.raises(SystemExit) as end:
        main(["report", *arguments])
    return int(end.value.code or 0), *capsys.readouterr()


@pytest.mark.parametrize(
    "recipe", [StudyRecipe(complete=0, failed=3, untouched=1), StudyRecipe(complete=0, pruned=2)]
)
def test_without_a_complete_trial_the_page_is_written_and_the_exit_code_is_3(
    recipe, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    url = stored(synthetic_study(recipe), tmp_path / "studies.db")
    code, said, warned = ended(capsys, "synthetic", "--storage", url)
    assert code == 3
    page = Path(said.splitlines()[-1])
    assert "Too few: no architecture with a result" in page.read_text("utf-8")
    assert said.startswith("Too few: ")
    assert warned.startswith(
        "error: no trial of synthetic is complete\n  help: the page is written"
    )
    code, said, _ = ended(capsys, "synthetic", "--storage", url, "--json")
    assert code == 3
    assert json.loads(said)["trials"]["complete"] == 0


def test_a_comparison_ends_with_3_only_where_no_study_has_a_complete_trial(
    storage, tmp_path, capsys
):
    for name in ("empty", "broken"):
        stored(
            synthetic_study(StudyRecipe(complete=0, failed=2, name=name)), tmp_path / "studies.db"
        )
    code, _, warned = ended(capsys, "empty", "broken", "--compare", "--storage", storage)
    assert (code, "no trial of empty, broken" in warned) == (3, True)
    assert ended(capsys, "synthetic", "empty", "--compare", "--storage", storage)[::2] == (0, "")


def test_several_studies_are_compared(storage, tmp_path):
    other = synthetic_study(StudyRecipe(complete=6, name="other", seed=1))
    stored(other, tmp_path / "studies.db")
    said = run("synthetic", "other", "--compare", "--storage", storage)
    assert said.startswith("No difference shown: rank correlation ")
    assert "\n\nThe lowest validation error is " in said
    assert said.endswith("reports/synthetic-other/index.html\n")
    with pytest.raises(InputError, match="needs several studies"):
        run("synthetic", "--compare", "--storage", storage)
    with pytest.raises(InputError, match="2 names: synthetic, other"):
        run("synthetic", "other", "--storage", storage)


def test_run_folders_are_reported_side_by_side(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(
        "input: {channels: auto, height: 16, width: 16}\nencoder:\n- pool: {}\n"
        "decoder:\n- upsample: {}\n"
    )
    spec = to_yaml(load("net.yaml").plan())
    for seed in range(2):
        result = synthetic_result(
            np.random.default_rng(seed), 0.004, latent=192, seed=seed, epochs=2, collapsed=False
        )
        record = RunRecord(name=f"net-{seed}", spec=spec, settings=RunSettings(), result=result)
        write_run(Path(f"net-{seed}"), record)
    said = run("net-0", "net-1")
    assert said.startswith("net has a mean validation error of 0.00400")
    assert said.endswith("reports/net-0-net-1/index.html\n")
    assert Path("reports/net-0-net-1/runs.csv").is_file()
