"""Studies of which a part is damaged or of a newer version: told by name, the rest is read."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import optuna
import pytest

from archsearch.cli import main
from archsearch.errors import InputError, NewerVersionError, UnreadableError
from archsearch.records import load_run, load_studies, load_study, trial_counts
from archsearch.records.reading import DECODING_ERRORS
from tests.records.storage import mutated, stored
from tests.report.pages import warnings_of
from tests.synthetic import StudyRecipe, synthetic_study

NAME = "synthetic"


@pytest.fixture(autouse=True)
def quiet():
    optuna.logging.set_verbosity(optuna.logging.ERROR)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database of two studies of five trials: ``synthetic`` and ``zweite``."""
    path = tmp_path_factory.mktemp("whole") / "s.db"
    for name in (NAME, "zweite"):
        stored(synthetic_study(StudyRecipe(complete=4, waiting=1, name=name)), path)
    return path.read_bytes()


@pytest.fixture
def database(tmp_path: Path, whole: bytes) -> Path:
    """A copy of it, to be damaged."""
    path = tmp_path / "s.db"
    path.write_bytes(whole)
    return path


def change(database: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(database)) as opened, opened:
        assert opened.execute(statement, values).rowcount > 0


def spoil(database: Path, key: str, stored_text: str, *, number: int = 0) -> None:
    """Replace an attribute of the first study's trial, as its JSON."""
    change(
        database,
        "update trial_user_attributes set value_json = ? where key = ? and trial_id ="
        " (select trial_id from trials where study_id = 1 and number = ?)",
        stored_text,
        key,
        number,
    )


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = 0
    try:
        main(words)
    except SystemExit as ended:
        code = int(ended.code or 0)
    said = capsys.readouterr()
    assert "bug in archsearch" not in said.err
    assert "Traceback" not in said.err
    return code, said.out, said.err


NEWER = json.dumps(json.dumps({"version": 99}))
BROKEN = {
    "no record": ("seed:0", json.dumps('{"seed": 0, "state": "compl'), "its seed:0"),
    "a field less": ("seed:0", json.dumps('{"state": "complete"}'), "its seed:0"),
    "a newer record": ("seed:0", NEWER, "newer archsearch (version 99"),
    "a newer plan": ("plan", NEWER, "newer archsearch (version 99"),
    "no values": ("values", json.dumps('{"width": {}}'), "its values"),
    "no JSON": ("plan", '"{', "damaged"),
    "no slot": ("plan", "", "damaged"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_one_broken_record_is_named_and_the_others_are_read(database, capsys, broken):
    key, text, told = broken
    spoil(database, key, text)
    url = f"sqlite:///{database}"
    study = load_study(url, NAME)
    (passed,) = study.unreadable
    assert (passed.name, passed.trial) == ("trial 0", 0)
    assert told in passed.reason
    assert [trial.number for trial in study.trials] == [1, 2, 3, 4]
    assert trial_counts(study)["waiting"] == 1
    code, out, _ = run(capsys, "study", "status", NAME, "--storage", url)
    assert code == 0
    assert "3 complete, 1 waiting" in out
    assert "skipped: trial 0: " in out
    code, out, err = run(capsys, "study", "best", NAME, "--storage", url)
    assert code == 0
    assert "skipped: trial 0: " in err
    code, out, _ = run(capsys, "study", "list", "--storage", url, "--json")
    assert code == 0
    listed = json.loads(out)
    assert [each["study"] for each in listed["studies"]] == [NAME, "zweite"]
    assert listed["studies"][0]["unreadable"][0]["name"] == "trial 0"


def test_an_infeasible_proposal_that_cannot_be_read_uses_up_no_planned_trial(database):
    recipe = StudyRecipe(complete=2, infeasible=3, untouched=1, name="searched")
    url = stored(synthetic_study(recipe), database)
    change(
        database,
        "update trial_user_attributes set value_json = '\"{\"' where key = 'values' and trial_id in"
        " (select trial_id from trial_user_attributes where key = 'infeasible')",
    )
    study = load_study(url, "searched")
    assert len(study.unreadable) == 3
    counts = trial_counts(study)
    assert (counts["complete"], counts["waiting"]) == (2, 1)


def test_a_text_that_is_no_utf8_is_named_and_the_others_are_read(database):
    spoil(database, "plan", "x")
    change(
        database,
        "update trial_user_attributes set value_json = cast(x'22fffe22' as text)"
        " where value_json = 'x'",
    )
    study = load_study(f"sqlite:///{database}", NAME)
    assert [each.name for each in study.unreadable] == ["trial 0"]
    assert len(study.trials) == 4


@pytest.mark.parametrize(
    ("header", "error", "told"),
    [
        ('{"version": 99}', NewerVersionError, "written by a newer archsearch (version 99"),
        ('{"version": "x"}', UnreadableError, "it is damaged (its version is 'x')"),
        ("{", UnreadableError, "damaged"),
        ("{}", UnreadableError, "settings: Field required"),
    ],
)
def test_a_study_that_cannot_be_read_hides_no_other(database, capsys, header, error, told):
    change(
        database,
        "update study_user_attributes set value_json = ? where key = 'archsearch' and study_id = 1",
        json.dumps(header),
    )
    url = f"sqlite:///{database}"
    with pytest.raises(error) as caught:
        load_study(url, NAME)
    assert told in caught.value.what
    found, unreadable = load_studies(url)
    assert [study.name for study in found] == ["zweite"]
    assert [each.name for each in unreadable] == [f"study {NAME!r}"]
    code, out, err = run(capsys, "study", "list", "--storage", url)
    assert code == 0
    assert out.startswith("zweite: 4 complete")
    assert f"skipped: study {NAME!r}: " in err
    assert run(capsys, "study", "status", NAME, "--storage", url)[0] == 2
    assert run(capsys, "study", "status", "zweite", "--storage", url)[0] == 0


def test_a_storage_of_which_no_study_can_be_read_is_an_error(database, capsys):
    change(database, "update study_user_attributes set value_json = '1'")
    code, out, err = run(capsys, "study", "list", "--storage", f"sqlite:///{database}")
    assert (code, out) == (2, "")
    assert "no study in" in err


def test_broken_linear_codes_are_passed_over(database):
    study = synthetic_study(StudyRecipe(complete=1, name="curved"))
    assert study.curves is not None
    url = stored(study, database)
    change(
        database,
        "update study_user_attributes set value_json = ? where key = 'archsearch:curves'",
        NEWER,
    )
    read = load_study(url, "curved")
    assert read.curves is None
    assert [each.name for each in read.unreadable] == ["the linear codes"]
    assert trial_counts(read) == trial_counts(study)


def test_the_report_says_which_trials_are_left_out(database):
    for number in (1, 2):
        spoil(database, "seed:0", NEWER, number=number)
    study = load_study(f"sqlite:///{database}", NAME)
    said = warnings_of(study)
    told = said["unreadable-records"]
    assert told.startswith("2 stored records can’t be read and are left out: trial 1 (its seed:0")
    assert "; trial 2 (" in told


def test_a_run_of_a_newer_archsearch_is_refused(tmp_path):
    (tmp_path / "metrics.json").write_text('{"version": 99}')
    with pytest.raises(NewerVersionError, match=r"metrics\.json: written by a newer archsearch"):
        load_run(tmp_path)


@pytest.mark.parametrize(
    "seeds", [range(36), pytest.param(range(36, 900), marks=pytest.mark.full)], ids=["few", "many"]
)
def test_whatever_is_damaged_no_command_ends_as_a_fault(database, whole, capsys, seeds):
    """Bytes of a real database are changed at random; each command reads it or says so."""
    commands, codes = (["list"], ["status", NAME], ["best", NAME]), []
    for seed in seeds:
        database.write_bytes(mutated(whole, random.Random(seed)))  # noqa: S311 - no secret
        words = commands[seed % 3]
        code, out, err = run(capsys, "study", *words, "--storage", f"sqlite:///{database}")
        assert code in {0, 2, 3}, (seed, words, err)
        assert out if code == 0 else "error: " in err
        codes.append(code)
    assert {0, 2} <= set(codes)


def test_errors_that_are_no_damage_stay_what_they_are(database, monkeypatch):
    """Only what Optuna and SQLAlchemy raise is taken for damage; a fault of ours is none."""

    def faulty(*_: object) -> object:
        raise KeyError("a fault")

    monkeypatch.setattr("archsearch.records.stored._now", faulty)
    with pytest.raises(DECODING_ERRORS) as caught:
        load_study(f"sqlite:///{database}", NAME)
    assert not isinstance(caught.value, InputError)
