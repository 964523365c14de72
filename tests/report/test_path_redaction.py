"""A handed-in page names no folder of the machine it was made on."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archsearch.report import write_comparison, write_report
from archsearch.report.path_redaction import short_command, short_path, short_prose, without_paths
from tests.report.pages import hostile_study, only_the_chart
from tests.synthetic import StudyRecipe, synthetic_study

HERE, HOME = Path("/home/ann/nets"), Path("/home/ann")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/ann/nets/specs/net.yaml", "specs/net.yaml"),
        ("/home/ann/photos", "~/photos"),
        ("/mnt/disk/photos", "…/photos"),
        ("folder:/mnt/disk/photos", "folder:…/photos"),
        ("--data=folder:/mnt/disk/photos", "--data=folder:…/photos"),
        ("data.source=folder:/mnt/photos", "data.source=folder:…/photos"),
        ("sqlite:////mnt/disk/runs.db", "sqlite:///…/runs.db"),
        ("sqlite:///runs/studies.db", "sqlite:///runs/studies.db"),
        (r"C:\Users\ann\specs\net.yaml", "…/net.yaml"),
        ("/home/annabel/photos", "…/photos"),
        ("postgresql://db/nets", "postgresql://db/nets"),
        ("specs/net.yaml", "specs/net.yaml"),
        ("cifar10", "cifar10"),
        ("80/10/10", "80/10/10"),
        ("", ""),
    ],
)
def test_one_word(text, shown):
    assert short_path(text, here=HERE, home=HOME) == shown


def test_a_root_as_home_or_working_directory_shortens_nothing_to_the_whole_path():
    assert short_path("/mnt/disk/photos", here=Path("/"), home=Path("/")) == "…/photos"


def test_a_command_stays_one():
    told = "archsearch study run s.yaml --data 'folder:/mnt/my disk/photos' --set 'a b'=1"
    assert short_command(told) == "archsearch study run s.yaml --data folder:…/photos --set 'a b=1'"
    assert short_command("archsearch study run 's y.yaml'") == "archsearch study run 's y.yaml'"
    assert short_command("it's not a command /mnt/x") == "it's not a command /mnt/x"


@given(st.lists(st.text(st.sampled_from("ab/:=.~…' \\"), min_size=1), max_size=4))
def test_a_shortened_command_has_as_many_words(words):
    assert len(shlex.split(short_command(shlex.join(words)))) == len(words)


def test_prose_keeps_what_is_no_path():
    assert short_prose("loss became NaN in epoch 2") == "loss became NaN in epoch 2"
    assert short_prose("3/4 of val/mse at 10 images/s, and/or /tmp") == (
        "3/4 of val/mse at 10 images/s, and/or /tmp"
    )
    told = "FileNotFoundError: '/mnt/my disk/a.png' (see /var/log/x.txt)"
    assert short_prose(told) == "FileNotFoundError: '…/a.png' (see …/x.txt)"


@pytest.fixture
def study():
    made = synthetic_study(StudyRecipe(complete=6, failed=1))
    trials = tuple(
        trial.model_copy(
            update={
                "reason": "OSError: /secret/place/model.part is full",
                "seeds": tuple(
                    seed.model_copy(update={"pictures": "grid"}) for seed in trial.seeds
                ),
            }
        )
        for trial in made.trials
    )
    settings = {
        **made.settings,
        "model": "/secret/place/family.yaml",
        "data": {"source": "folder:/secret/place/cifar10"},
    }
    command = "archsearch study run /secret/place/study.yaml --storage sqlite:////secret/place/a.db"
    return made.model_copy(
        update={
            "trials": trials,
            "settings": settings,
            "command": command,
            "artifacts": "/secret/place/artifacts",
        }
    )


def test_no_file_of_a_report_names_a_folder_of_the_machine(study, tmp_path, monkeypatch):
    only_the_chart(monkeypatch)
    write_report(study, tmp_path / "one")
    write_comparison([study, study], tmp_path / "two")
    for path in tmp_path.rglob("*.*"):
        if path.suffix in (".html", ".json", ".csv", ".md"):
            assert "secret" not in path.read_text("utf-8"), path
    page = (tmp_path / "one" / "index.html").read_text("utf-8")
    assert "archsearch study run …/study.yaml --storage sqlite:///…/a.db" in page
    assert "folder:…/cifar10" in page
    assert "kept in …/artifacts" in page.replace("&#34;", '"')


def test_pictures_are_still_read_from_where_they_are_and_words_of_users_stay(study):
    assert without_paths(study).artifacts == study.artifacts
    told = {**study.settings, "name": "/a/b", "description": "/a/b or not"}
    kept = without_paths(study.model_copy(update={"settings": told})).settings
    assert (kept["name"], kept["description"]) == ("/a/b", "/a/b or not")


def test_hostile_texts_do_no_harm():
    assert without_paths(hostile_study()).settings["name"] == hostile_study().settings["name"]
