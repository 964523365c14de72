"""Defaults from files: which goes before which, and every command that follows them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from archsearch.cli import main
from archsearch.cli.defaults import BUILT_IN, defaults
from archsearch.config.project import create_project
from archsearch.config.train_command import train_command
from archsearch.errors import InputError
from archsearch.records import load_run, load_study

SPEC = """
name: tiny
input: {channels: auto, height: 8, width: 8}
params: {width: 2}
encoder: [{conv: {channels: $width}}, {pool: {}}]
decoder: [{upsample: {}}, {conv: {channels: auto}}]
"""
STUDY = "name: few\nmodel: tiny.yaml\nspace: {width: {int: [2, 3]}}\nsearch: {trials: 1}\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with pictures, and the user's folder beside it."""
    (project := tmp_path / "project").mkdir()
    (tmp_path / "user").mkdir()
    (project / "tiny.yaml").write_text(SPEC)
    (project / "few.yaml").write_text(STUDY)
    (project / "pictures").mkdir()
    random = np.random.default_rng(0)
    for number in range(20):
        pixels = random.integers(0, 255, (8, 8, 3), np.uint8)
        Image.fromarray(pixels).save(project / f"pictures/{number}.png")
    monkeypatch.setenv("ARCHSEARCH_CONFIG", str(tmp_path / "user"))
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(project)
    return project


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(ended.value.code or 0)


def found() -> dict[str, tuple[object, str]]:
    return {each.name: (each.value, each.source) for each in defaults()}


def test_without_files_all_is_built_in(place: Path) -> None:
    assert found() == {name: (value, "built in") for name, value in BUILT_IN.items()}


def test_the_project_goes_before_the_user_and_that_before_what_is_built_in(place: Path) -> None:
    (place.parent / "user/archsearch.toml").write_text('device = "cuda"\nepochs = 3\n')
    (place / "archsearch.toml").write_text("epochs = 4\n")
    assert found()["device"] == ("cuda", str(place.parent / "user/archsearch.toml"))
    assert found()["epochs"] == (4, str(place / "archsearch.toml"))
    assert found()["data"] == ("cifar10", "built in")


def test_the_environment_goes_before_files(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "archsearch.toml").write_text('storage = "sqlite:///file.db"\n')
    monkeypatch.setenv("ARCHSEARCH_STORAGE", "sqlite:///environment.db")
    assert found()["storage"] == ("sqlite:///environment.db", "$ARCHSEARCH_STORAGE")


def test_paths_start_at_the_files_folder(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'storage = "sqlite:///runs/mine.db"\ndata = "folder:pictures"\n'
    (place / "archsearch.toml").write_text(text)
    assert found()["storage"][0] == "sqlite:///runs/mine.db"
    (place / "below").mkdir()
    monkeypatch.chdir(place / "below")
    assert found()["storage"][0] == f"sqlite:///{place}/runs/mine.db"
    assert found()["data"][0] == f"folder:{place}/pictures"


def test_train_takes_data_and_epochs_unless_options_say_otherwise(place: Path) -> None:
    (place / "archsearch.toml").write_text('data = "folder:pictures"\nepochs = 2\n')
    assert run("train", "tiny.yaml", "--out", "a") == 0
    settings = load_run(place / "a").settings
    assert settings.data.source == f"folder:{place}/pictures"
    assert settings.train.epochs == 2
    assert run("train", "tiny.yaml", "--out", "b", "--set", "train.epochs=1") == 0
    assert load_run(place / "b").settings.train.epochs == 1


def test_a_printed_command_trains_the_same_under_any_defaults(place: Path) -> None:
    (place / "archsearch.toml").write_text('data = "folder:pictures"\nepochs = 2\n')
    run("train", "tiny.yaml", "--out", "a")
    settings = load_run(place / "a").settings
    (place / "archsearch.toml").write_text('data = "photos"\nepochs = 7\n')
    command = train_command("tiny.yaml", settings, out="b").split()[1:]
    assert run(*command) == 0
    assert load_run(place / "b").settings == settings


def test_a_studys_own_settings_go_before_files(place: Path) -> None:
    text = 'data = "folder:pictures"\nepochs = 2\nstorage = "sqlite:///mine.db"\n'
    (place / "archsearch.toml").write_text(text)
    assert run("study", "run", "few.yaml", "--workers", "0") == 0
    settings = load_study("sqlite:///mine.db", "few").settings
    assert settings["data"]["source"] == f"folder:{place}/pictures"
    assert settings["train"]["epochs"] == 2
    own = "name: own\ndata: {source: photos}\ntrain: {epochs: 1}\n"
    (place / "own.yaml").write_text(STUDY.replace("name: few\n", own))
    assert run("study", "run", "own.yaml", "--workers", "0") == 0
    settings = load_study("sqlite:///mine.db", "own").settings
    assert (settings["data"]["source"], settings["train"]["epochs"]) == ("photos", 1)


def test_commands_on_studies_find_the_storage(place: Path, capsys) -> None:
    (place / "archsearch.toml").write_text('data = "photos"\nstorage = "sqlite:///mine.db"\n')
    run("study", "run", "few.yaml", "--workers", "0")
    assert "archsearch study worker few\n" in capsys.readouterr().err
    for words in (["study", "list"], ["study", "status", "few"], ["space", "few"]):
        assert run(*words) == 0
        assert "few" in capsys.readouterr().out


@pytest.mark.parametrize("verb", ["train", "apply", "encode", "study"])
def test_every_command_that_computes_follows_the_device(place: Path, capsys, verb: str) -> None:
    (place / "archsearch.toml").write_text('data = "photos"\ndevice = "mars"\n')
    words = {
        "train": ["train", "tiny.yaml"],
        "apply": ["apply", "a", "b.png"],
        "encode": ["encode", "a", "b.png"],
        "study": ["study", "run", "few.yaml"],
    }[verb]
    assert run(*words) == 2
    assert "there is no device 'mars'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "what", "help"),
    [
        ("epoch = 3", "there is no setting `epoch`", "did you mean `epochs`?"),
        ("epochs = 0", "epochs = 0 is not allowed", ""),
        ('epochs = "3"', "epochs = '3' is not allowed", ""),
        ("data = 3", "data = 3 is not allowed", ""),
        ("data = ", "can't be read", 'a line is like data = "photos"'),
        ("data = \xff", "can't be read", 'a line is like data = "photos"'),
    ],
)
def test_a_mistake_in_a_file_is_told(place: Path, text: str, what: str, help: str) -> None:
    (place / "archsearch.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError) as caught:
        defaults()
    assert what in caught.value.what
    assert caught.value.what.startswith(str(place / "archsearch.toml"))
    assert help in caught.value.help
    assert caught.value.help


def test_where_each_comes_from_is_printed(place: Path, capsys) -> None:
    (place / "archsearch.toml").write_text("epochs = 4\n")
    assert run("config") == 0
    assert capsys.readouterr().out.splitlines() == [
        "data     cifar10                    built in",
        "storage  sqlite:///runs/studies.db  built in",
        "device   cpu                        built in",
        f"epochs   4                          {place / 'archsearch.toml'}",
        "",
        f"project  {place / 'archsearch.toml'}",
        f"yours    {place.parent / 'user/archsearch.toml'} (not there)",
    ]
    assert run("config", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["settings"]["epochs"] == {"value": 4, "from": str(place / "archsearch.toml")}
    assert told["files"] == {"project": str(place / "archsearch.toml"), "user": None}


def test_no_password_of_a_file_is_shown(place: Path, capsys) -> None:
    storage = "postgresql://ann:s3cret@nowhere.invalid/nets"
    (place / "archsearch.toml").write_text(f'storage = "{storage}"\n')
    for words in (
        ["config"],
        ["config", "--json"],
        ["study", "list"],
        ["--debug", "study", "list"],
    ):
        run(*words)
        captured = capsys.readouterr()
        assert "s3cret" not in captured.out + captured.err
        assert "nowhere.invalid" in captured.out + captured.err


def test_the_file_of_a_new_project_is_valid_once_uncommented(place: Path) -> None:
    create_project(place)
    assert found()["epochs"][1] == "built in"
    path = place / "archsearch.toml"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line[2:] for line in lines[1:]))
    assert {source for _, source in found().values()} == {str(path)}
