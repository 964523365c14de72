"""Runs and workers on a database of which a part is damaged or of a newer version."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing, nullcontext, suppress
from pathlib import Path

import pytest
from hostile import SPACE, trained
from toys import ToyTrainer, write_study

import archsearch.study.run as study_run
from archsearch.cli import main
from archsearch.config import StudyFile
from archsearch.config import load as load_model
from archsearch.errors import (
    InputError,
    NewerVersionError,
    NothingCompletedError,
    RunFailedError,
    UnreadableError,
)
from archsearch.records import list_studies, load_study, trial_counts
from archsearch.study import RunOptions, Say, StudyEvent, run_study
from archsearch.study.store.opened import OpenStudy
from archsearch.study.store.retry import RetryPolicy
from archsearch.study.store.storage import open_engine, open_storage
from archsearch.study.store.stored import awaited_study, stored_study
from archsearch.study.workers.messages import MessageReader
from archsearch.study.workers.process import WorkerPlan, work_and_report
from tests.records.storage import mutated


def change(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / "studies.db")) as opened, opened:
        assert opened.execute(statement, values).rowcount > 0


@pytest.fixture
def half(tmp_path: Path, url: str, log: Path) -> StudyFile:
    """A study of four candidates, of which two were trained."""
    study = write_study(tmp_path, trials=4, space=SPACE)
    trained(study, url, log, most=2)
    return study


@pytest.mark.usefixtures("inline")
def test_the_candidate_of_an_unpublished_trial_ends_no_run(
    half: StudyFile, tmp_path: Path, url: str, log: Path
) -> None:
    """Nor does the first trial's, of which a worker takes a plan to make itself ready."""
    change(tmp_path, "update archsearch_slots set candidate = '{', closed = 0 where slot = 0")
    heard: list[StudyEvent] = []
    record = run_study(half, url, trainer=ToyTrainer(log), on_event=heard.append)
    assert trial_counts(record)["complete"] == 4
    notes = [event.text for event in heard if event.kind == "note"]
    told = "planned trial 0 is skipped: the candidate of planned trial 0"
    assert any(note.startswith(told) for note in notes)


@pytest.mark.usefixtures("inline")
def test_a_broken_record_in_the_storage_ends_no_run(
    half: StudyFile, tmp_path: Path, url: str, log: Path
) -> None:
    change(tmp_path, "update archsearch_claims set record = '{', published = 0 where slot = 0")
    change(tmp_path, "update archsearch_slots set closed = 0 where slot = 0")
    heard: list[StudyEvent] = []
    record = run_study(half, url, trainer=ToyTrainer(log), on_event=heard.append)
    assert trial_counts(record)["complete"] == 4
    notes = [event.text for event in heard if event.kind == "note"]
    assert any(
        note.startswith("planned trial 0 is skipped: the record of seed 0") for note in notes
    )


def test_a_broken_candidate_fails_alone(
    half: StudyFile, tmp_path: Path, url: str, log: Path
) -> None:
    change(tmp_path, "update archsearch_slots set candidate = '{' where slot = 2")
    counts = trial_counts(trained(half, url, log))
    assert (counts["complete"], counts["failed"]) == (3, 1)
    (failed,) = (t for t in load_study(url, "toys").trials if t.state == "failed")
    assert "the candidate of planned trial 2 can't be read: it is damaged" in failed.reason


def test_a_broken_trial_of_another_ends_no_worker(
    half: StudyFile, tmp_path: Path, url: str, log: Path
) -> None:
    change(
        tmp_path,
        "update trial_user_attributes set value_json = ? where key = 'seed:0'",
        json.dumps('{"version": 99}'),
    )
    study = trained(half, url, log)
    assert trial_counts(study)["complete"] == 2  # those trained since
    assert [each.name for each in study.unreadable] == ["trial 0", "trial 1"]


def test_a_study_of_a_newer_archsearch_is_refused(
    half: StudyFile, tmp_path: Path, url: str, log: Path
) -> None:
    change(tmp_path, "update archsearch_studies set settings = json_set(settings, '$.version', 99)")
    for attempt in (lambda: stored_study(url, "toys"), lambda: trained(half, url, log)):
        with pytest.raises(
            NewerVersionError, match=r"settings of study .*: written by a newer archsearch"
        ):
            attempt()


@pytest.mark.parametrize("text", ["{", "[]", "", '{"version": -1}'])
def test_broken_settings_in_the_storage_are_named(
    half: StudyFile, tmp_path: Path, url: str, log: Path, text: str
) -> None:
    change(tmp_path, "update archsearch_studies set settings = ?", text)
    for attempt in (lambda: stored_study(url, "toys"), lambda: trained(half, url, log)):
        with pytest.raises(
            UnreadableError, match=r"the stored settings of .* can't be read: it is damaged"
        ):
            attempt()


def test_settings_that_this_version_cannot_read_leave_the_best_spec(
    half: StudyFile, tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(
        tmp_path,
        "update study_user_attributes set value_json = json_quote(json_set(json_extract("
        "value_json, '$'), '$.settings.train.later', 1)) where key = 'archsearch'",
    )
    with pytest.raises(SystemExit) as ended:
        main(["study", "best", "toys", "--storage", url, "--out", str(tmp_path / "best.yaml")])
    assert ended.value.code == 2
    assert "the settings of study 'toys' can't be read: " in capsys.readouterr().err
    assert load_model(tmp_path / "best.yaml").plan().latent.size


def test_no_worker_waits_for_a_damaged_study(
    half: StudyFile, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(tmp_path, "update archsearch_studies set settings = '{'")
    monkeypatch.delattr("time.sleep")
    with pytest.raises(UnreadableError):
        awaited_study(url, "toys", seconds=60)


def test_broken_baselines_are_named(half: StudyFile, tmp_path: Path, url: str, log: Path) -> None:
    change(
        tmp_path,
        "update study_user_attributes set value_json = ? where key = 'archsearch:baselines'",
        json.dumps('{"1x2x3": 4}'),
    )
    with pytest.raises(UnreadableError, match="the study's baselines can't be read"):
        trained(half, url, log)


class Heard:
    """The end of a pipe that a worker speaks into, in its own process."""

    def __init__(self, say: Say) -> None:
        self._reader = MessageReader(say)

    def send_bytes(self, message: bytes) -> None:
        self._reader.read(message)

    def poll(self) -> bool:
        return False


def work(study: OpenStudy, plan: WorkerPlan, options: RunOptions, say: Say, _: None) -> None:
    """One worker in this process, with its errors told as a process tells them."""
    if work_and_report(plan, 0, Heard(say)):
        raise RunFailedError("the worker ended without a word")


@pytest.mark.parametrize(
    ("method", "seeds"),
    [
        ("cmaes", range(4)),
        pytest.param("cmaes", range(4, 150), marks=pytest.mark.full),
        pytest.param("random", range(150), marks=pytest.mark.full),
    ],
)
def test_whatever_is_damaged_a_run_goes_on_or_says_so(
    tmp_path: Path,
    url: str,
    log: Path,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    seeds: range,
) -> None:
    study = write_study(tmp_path, trials=4, space=SPACE, method=method)
    trained(study, url, log, most=3)
    whole = (tmp_path / "studies.db").read_bytes()
    monkeypatch.setattr(study_run, "_work", work)
    monkeypatch.setattr(study_run, "_starter", lambda *_: nullcontext())
    for seed in seeds:
        changed = mutated(whole, random.Random(seed))  # noqa: S311 - no secret
        (tmp_path / "studies.db").write_bytes(changed)
        with suppress(InputError, NothingCompletedError):  # any other error is a fault
            run_study(study, url, trainer=ToyTrainer(log))


def test_a_worker_joins_no_damaged_database(
    half: StudyFile, tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    database = tmp_path / "studies.db"
    content = bytearray(database.read_bytes())
    content[4096 : 4096 * 4] = bytes(4096 * 3)
    database.write_bytes(content)
    for words in (["worker", "toys"], ["run", "toys"], ["run", str(tmp_path / "study.yaml")]):
        with pytest.raises(SystemExit) as ended:
            main(["study", *words, "--storage", url])
        assert ended.value.code == 2
        assert "can't be read: the database is damaged" in capsys.readouterr().err


def test_what_optuna_cannot_decode_is_damage_and_a_fault_of_ours_is_none(
    half: StudyFile, tmp_path: Path, url: str
) -> None:
    change(
        tmp_path, "update study_user_attributes set value_json = '{' where key = 'archsearch:base'"
    )
    retry, storage = RetryPolicy(url, seconds=0), open_storage(url)
    with pytest.raises(UnreadableError, match=r"the database is damaged \(JSONDecodeError"):
        retry(lambda: storage.get_study_user_attrs(1))
    with pytest.raises(UnreadableError, match=r"the database is damaged \(JSONDecodeError"):
        load_study(url, "toys")
    with pytest.raises(json.JSONDecodeError):
        retry(lambda: json.loads("{"))


@pytest.mark.parametrize("opening", [open_engine, open_storage, list_studies])
def test_a_damaged_schema_is_told_as_damage(
    half: StudyFile, tmp_path: Path, url: str, opening: Callable[[str], object]
) -> None:
    database = tmp_path / "studies.db"
    content = database.read_bytes()
    database.write_bytes(content.replace(b"CREATE TABLE studies", b"CREATE TABLX studies"))
    with pytest.raises(UnreadableError, match="can't be read: the database is damaged"):
        opening(url)


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize(
    "damage",
    [
        "update archsearch_claims set state = 'complet' where slot = -1",
        "update archsearch_claims set state = 'opem' where slot = 3",
    ],
    ids=["setup", "training"],
)
def test_nobody_waits_for_what_never_opens(
    half: StudyFile,
    tmp_path: Path,
    url: str,
    log: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: str,
) -> None:
    pauses = iter(range(50))
    monkeypatch.setattr("archsearch.study.workers.worker.time.sleep", lambda _: next(pauses))
    change(tmp_path, damage)
    with pytest.raises(UnreadableError, match=r"can't be continued: . of its trainings are open"):
        run_study(half, url, trainer=ToyTrainer(log))
