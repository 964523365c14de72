"""Studies read out of real databases."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import optuna
import pytest

from archsearch.errors import InputError
from archsearch.records import (
    StudyRecord,
    layout,
    list_studies,
    load_study,
    read_pictures,
    trial_counts,
)
from tests.records.storage import frozen, stored
from tests.synthetic import StudyRecipe, synthetic_study

MIXED = StudyRecipe(complete=4, collapsed=1, failed=1, pruned=1, infeasible=2, waiting=1)


@pytest.fixture(autouse=True)
def quiet():
    optuna.logging.set_verbosity(optuna.logging.ERROR)


def timeless(study):
    """The study without the moments that the storage gave its trials."""
    moments = {"started": None, "ended": None}
    trials = tuple(trial.model_copy(update=moments) for trial in study.trials)
    return study.model_copy(update={"trials": trials})


def test_trials_know_when_they_ran(tmp_path):
    before = time.time()
    study = synthetic_study(StudyRecipe(complete=2))
    first = load_study(stored(study, tmp_path / "studies.db"), study.name).trials[0]
    assert before - 1 <= first.started <= first.ended <= time.time()
    assert first.seeds[0].ended == study.trials[0].seeds[0].ended


def test_a_study_comes_back_as_it_was_written(tmp_path):
    study = synthetic_study(MIXED)
    url = stored(study, tmp_path / "studies.db")
    assert timeless(load_study(url, study.name)) == study
    assert list_studies(url) == (study.name,)


def test_a_password_in_a_stored_command_is_not_read(tmp_path):
    """Earlier versions knew fewer forms of storages, and stored such a command as it was."""
    typed = "archsearch study run a.yaml --storage 'host=db password=s3cret'"
    study = synthetic_study(StudyRecipe(complete=1)).model_copy(update={"command": typed})
    read = load_study(stored(study, tmp_path / "studies.db"), study.name)
    assert read.command == "archsearch study run a.yaml --storage '***'"


def test_counts_add_up_to_the_planned_trials(tmp_path):
    study = synthetic_study(StudyRecipe(complete=3, failed=1, infeasible=2, untouched=5))
    counts = trial_counts(load_study(stored(study, tmp_path / "studies.db"), study.name))
    assert counts["waiting"] == 5
    assert sum(counts.values()) - counts["infeasible"] == study.planned == 9


def test_a_missing_database_is_named_and_not_made(tmp_path):
    path = tmp_path / "runs" / "studies.db"
    with pytest.raises(InputError, match=r"no storage at .*studies\.db"):
        load_study(f"sqlite:///{path}", "anything")
    assert not path.parent.exists()


def test_a_missing_study_is_not_made_and_the_nearest_is_named(tmp_path):
    study = synthetic_study(StudyRecipe(complete=1, name="latent-vs-mse"))
    url = stored(study, tmp_path / "studies.db")
    before = (tmp_path / "studies.db").read_bytes()
    with pytest.raises(InputError, match="no study 'latent-vs-mes'") as caught:
        load_study(url, "latent-vs-mes")
    assert "did you mean 'latent-vs-mse'?" in caught.value.help
    assert (tmp_path / "studies.db").read_bytes() == before


def test_studies_of_others_are_not_listed(tmp_path):
    url = stored(synthetic_study(StudyRecipe(complete=1)), tmp_path / "studies.db")
    backend = optuna.storages.RDBStorage(url)
    optuna.create_study(storage=backend, study_name="foreign")
    backend.remove_session()
    backend.engine.dispose()
    assert list_studies(url) == ("synthetic",)
    with pytest.raises(InputError, match="no study 'foreign'"):
        load_study(url, "foreign")


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to be read as one" * 9])
def test_a_file_that_is_no_storage_is_an_input_error(tmp_path, content):
    path = tmp_path / "studies.db"
    path.write_bytes(content)
    with pytest.raises(InputError, match="can't read"):
        load_study(f"sqlite:///{path}", "anything")
    assert path.read_bytes() == content


def test_a_server_that_is_not_there_is_an_input_error_without_the_password():
    with pytest.raises(InputError, match="can't read postgresql") as caught:
        list_studies("postgresql+nodriver://user:geheim@127.0.0.1:1/x")
    assert "geheim" not in str(caught.value)


def test_a_url_that_is_none_is_an_input_error():
    with pytest.raises(InputError, match="not a storage URL"):
        list_studies("runs/studies.db")


def add(study: StudyRecord, url: str, attributes: dict[str, object], index: int) -> None:
    """One more running attempt at a planned trial."""
    backend = optuna.storages.RDBStorage(url)
    made = optuna.load_study(study_name=study.name, storage=backend)
    running = study.trials[0].model_copy(update={"state": "running", "value": None, "seeds": ()})
    made.add_trial(frozen(running, index, attributes))
    backend.remove_session()
    backend.engine.dispose()


def dead_process() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


@pytest.mark.parametrize(
    ("host", "pid", "age", "state"),
    [
        (socket.gethostname(), os.getpid(), 9e9, "running"),
        (socket.gethostname(), None, 0, "waiting"),
        ("elsewhere", 1, 10, "running"),
        ("elsewhere", 1, 1e4, "waiting"),
    ],
    ids=["here and alive", "here and dead", "elsewhere and fresh", "elsewhere and stale"],
)
def test_a_trial_runs_while_its_claim_lives(tmp_path, host, pid, age, state):
    study = synthetic_study(StudyRecipe(complete=1, untouched=1))
    url = stored(study, tmp_path / "studies.db")
    process = dead_process() if pid is None else pid
    claim = layout.Claim(host=host, pid=process, seed=0, beat=time.time() - age)
    add(study, url, layout.claim_attributes(claim), index=1)
    assert load_study(url, study.name).trials[-1].state == state


def test_a_released_claim_leaves_a_waiting_trial(tmp_path):
    study = synthetic_study(StudyRecipe(complete=1, untouched=1))
    url = stored(study, tmp_path / "studies.db")
    add(study, url, layout.claim_attributes(None), index=1)
    assert load_study(url, study.name).trials[-1].state == "waiting"


def test_surplus_attempts_at_a_planned_trial_are_dropped(tmp_path):
    study = synthetic_study(StudyRecipe(complete=2))
    url = stored(study, tmp_path / "studies.db")
    add(study, url, {}, index=0)
    add(study, url, {}, index=17)
    assert timeless(load_study(url, study.name)) == study


def test_relative_artifacts_stand_beside_the_database(tmp_path):
    study = synthetic_study(StudyRecipe(complete=1))
    url = stored(study, tmp_path / "studies.db", artifacts="artifacts")
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / "strip").write_bytes(b"png")
    loaded = load_study(url, study.name)
    assert loaded.artifacts == str(tmp_path / "artifacts")
    seed = loaded.trials[0].seeds[0]
    assert read_pictures(loaded, seed.model_copy(update={"pictures": "strip"})) == b"png"
    for lost in ("gone", "../studies.db", str(tmp_path / "studies.db"), None):
        assert read_pictures(loaded, seed.model_copy(update={"pictures": lost})) is None


def test_reading_writes_nothing_and_leaves_no_lock(tmp_path):
    study = synthetic_study(StudyRecipe(complete=2))
    url = stored(study, tmp_path / "studies.db")
    load_study(url, study.name)
    assert [path.name for path in tmp_path.iterdir()] == ["studies.db"]
    with closing(sqlite3.connect(tmp_path / "studies.db", timeout=0.1)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        connection.rollback()


def test_loading_a_study_loads_no_torch(tmp_path):
    url = stored(synthetic_study(StudyRecipe(complete=2)), tmp_path / "studies.db")
    script = (
        "import sys; from archsearch.records import load_study; "
        "light = not {'optuna', 'pandas', 'sqlalchemy'} & set(sys.modules); "
        f"load_study({url!r}, 'synthetic'); print(light, 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stdout.split() == ["True", "False"]
