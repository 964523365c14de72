"""``archsearch init``: files that are valid and run, and nothing of others' overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from archsearch.cli import app, main
from archsearch.config import load, load_study
from archsearch.config.checking import check_files
from archsearch.config.gallery import templates
from archsearch.config.project import create_project
from archsearch.errors import InputError
from archsearch.space import SearchSpace, study_design
from archsearch.space.points import collect, random_points

ALL = [each.name for each in templates()]


def invoke(*words: str) -> str:
    done = CliRunner().invoke(app, ["init", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def all_templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One project to which every template was added."""
    folder = tmp_path_factory.mktemp("all")
    for name in ALL:
        create_project(folder, name)
    return folder


def test_every_template_has_another_name() -> None:
    assert len(set(ALL)) == len(ALL) >= 23


def test_every_template_is_valid(all_templates: Path) -> None:
    checked = check_files([all_templates])
    assert checked.diagnostics == ()
    assert {path.stem for path in checked.files if path.parent.name == "studies"} == set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_every_template_has_candidates(all_templates: Path, name: str) -> None:
    study = load_study(all_templates / f"studies/{name}.yaml")
    space, search = SearchSpace.of(study.settings, study.model), study.settings.search
    design = study_design(space, search)
    if design is None:
        points = random_points(space, 200, 0)
        found = collect(space, points, wanted=6, limit=200).candidates
    else:
        found = design.candidates
    assert len(found) >= min(search.trials, 6)
    assert len({each.key for each in found}) == len(found)


def test_a_study_around_a_spec_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    create_project(tmp_path, "tiny-latent")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "cache"))
    few = ["--trials", "2", "--seeds", "1", "--epochs", "1", "--limit", "60", "--json"]
    with pytest.raises(SystemExit) as ended:
        main(["study", "run", "studies/tiny-latent.yaml", *few])
    assert not ended.value.code
    assert json.loads(capsys.readouterr().out)["counts"]["complete"] == 2
    ignored = {name.strip("/") for name in (tmp_path / ".gitignore").read_text().split()}
    others = {path.name for path in tmp_path.iterdir()} - ignored
    assert others == {"specs", "studies", "schemas", "cache", ".gitignore", "archsearch.toml"}


def test_files_name_schemas_that_are_there(all_templates: Path) -> None:
    files = [*all_templates.glob("specs/*.yaml"), *all_templates.glob("studies/*.yaml")]
    assert len(files) > len(ALL)
    for path in files:
        head = path.read_text().splitlines()[0]
        assert head.startswith("# yaml-language-server: $schema=")
        assert json.loads((path.parent / head.partition("=")[2]).read_text())


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine\n")
    made = create_project(tmp_path, "unet")
    assert made.kept == (Path(".gitignore"),)
    assert (tmp_path / ".gitignore").read_text() == "mine\n"
    (tmp_path / "specs/unet.yaml").write_text("name: mine\n")
    (tmp_path / "studies/unet.yaml").unlink()
    with pytest.raises(InputError, match=r"specs.unet\.yaml exists already"):
        create_project(tmp_path, "unet")
    assert (tmp_path / "specs/unet.yaml").read_text() == "name: mine\n"
    assert not (tmp_path / "studies/unet.yaml").exists()


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    made = create_project(tmp_path)
    assert create_project(tmp_path).kept == made.written


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file, not a folder"):
        create_project(tmp_path / "file")


def test_an_unknown_template_gets_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        create_project(tmp_path / "new", "unett")
    assert caught.value.help == "did you mean `unet`? `archsearch init --list` lists them"
    assert not (tmp_path / "new").exists()


def test_the_list_has_every_template() -> None:
    lines = invoke("--list").splitlines()
    assert [line.split()[:2] for line in lines] == [
        [each.name, "study" if each.study else "spec"] for each in templates()
    ]
    told = json.loads(invoke("--list", "--json"))["templates"]
    assert [each["name"] for each in told] == ALL
    assert all(each["description"] for each in told)


def test_what_was_written_is_told(tmp_path: Path) -> None:
    told = json.loads(invoke(str(tmp_path / "nets"), "--json"))
    assert [path for path in told["written"] if not Path(path).is_file()] == []
    assert load(told["spec"]).name == "dense-code"
    assert load_study(told["study"]).settings.name == told["template"] == "quickstart"


def test_without_a_folder_the_help_is_told() -> None:
    with pytest.raises(InputError, match="DIR is missing"):
        CliRunner().invoke(app, ["init"], catch_exceptions=False)
