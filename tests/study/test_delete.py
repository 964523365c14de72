"""Deleting a study: its own part of the storage and its pictures, and nothing else."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from toys import ToyTrainer, write_study

from archsearch.cli import main
from archsearch.errors import InputError
from archsearch.records import list_studies, load_study
from archsearch.study import RunOptions, Trained, run_study
from archsearch.study.delete import count_trials, delete_study
from archsearch.study.store.artifacts import PROBE
from archsearch.study.store.owner import Owner
from archsearch.study.store.schema import claims_table, studies_table, trials_table
from archsearch.study.store.storage import open_engine

pytestmark = pytest.mark.usefixtures("inline")


class Drawing(ToyTrainer):
    """Gives a picture too."""

    def train(self, job: object) -> Trained:
        return Trained(super().train(job).result, b"a picture")  # type: ignore[arg-type]


@pytest.fixture
def two(tmp_path: Path, either_url: str, log: Path) -> str:
    for name in ("first", "second"):
        study = write_study(tmp_path, name=name, trials=2, seeds=1)
        run_study(
            study, either_url, trainer=Drawing(log), options=RunOptions(artifacts=tmp_path / "kept")
        )
    return either_url


def pictures(folder: Path) -> int:
    return len(list(folder.iterdir()))


def test_a_study_goes_with_its_pictures_and_the_other_stays(two: str, tmp_path: Path) -> None:
    (tmp_path / "kept" / "someone-elses.png").touch()
    before = load_study(two, "second")
    assert (count_trials(two, "first"), pictures(tmp_path / "kept")) == (2, 2 * 3 + 1)
    delete_study(two, "first")
    assert list_studies(two) == ("second",)
    assert load_study(two, "second") == before
    assert pictures(tmp_path / "kept") == 3 + 1
    engine = open_engine(two)
    with engine.begin() as connection:
        for table in (claims_table, trials_table, studies_table):
            assert len(set(connection.execute(select(table.c.study_id)).scalars())) == 1
    engine.dispose()
    with pytest.raises(InputError, match="no study 'first'"):
        delete_study(two, "first")


def test_files_that_a_database_names_and_nobody_here_made_stay(tmp_path, url, log) -> None:
    """Who may write into a database could name any file as a picture or as the probe."""
    kept = tmp_path / "kept"
    study = write_study(tmp_path, name="first", trials=1, seeds=1)
    run_study(study, url, trainer=Drawing(log), options=RunOptions(artifacts=kept))
    others = {
        str(tmp_path / "thesis.txt"): tmp_path / "thesis.txt",
        "../above.txt": tmp_path / "above.txt",
        "someone-elses.png": kept / "someone-elses.png",
        "../probe.txt": tmp_path / "probe.txt",
    }
    for other in others.values():
        other.touch()
    *pictured, probe = map(json.dumps, others)
    naming = text(
        "insert into trial_system_attributes (trial_id, key, value_json)"
        " select trial_id, :key, :told from trials"
    )
    engine = open_engine(url)
    with engine.begin() as connection:
        for place, name in enumerate(pictured):
            told = f'{{"artifact_id": {name}}}'
            connection.execute(naming, {"key": f"artifacts:{place}", "told": told})
        probing = text("update study_user_attributes set value_json = :told where key = :key")
        connection.execute(probing, {"key": PROBE, "told": probe})
    engine.dispose()
    delete_study(url, "first")
    assert [name for name, other in others.items() if not other.exists()] == []


def test_the_name_is_free_again(two: str, tmp_path: Path, log: Path) -> None:
    delete_study(two, "first")
    again = write_study(tmp_path, name="first", trials=3, seeds=1)
    assert len(run_study(again, two, trainer=ToyTrainer(log)).trials) == 3


@pytest.mark.parametrize("owner", [Owner.this_process(), Owner("another-host", 1, "then", 0)])
def test_while_workers_live_it_is_refused_and_nothing_is_lost(two, tmp_path, owner) -> None:
    engine = open_engine(two)
    with engine.begin() as connection:
        connection.execute(
            update(claims_table)
            .where(claims_table.c.trial_index == 0)
            .values(
                state="claimed", host=owner.host, pid=owner.pid, started=owner.started,
                heartbeat=4e9,
            )
        )  # fmt: skip
    before = pictures(tmp_path / "kept")
    with pytest.raises(InputError, match=f"being trained by process {owner.pid} on"):
        delete_study(two, "first")
    assert list_studies(two) == ("first", "second")
    assert pictures(tmp_path / "kept") == before
    with engine.begin() as connection:
        mine = claims_table.c.study_id == 1, claims_table.c.trial_index == 0
        beat = connection.execute(select(claims_table.c.heartbeat).where(*mine)).scalar_one()
    assert beat < 4e9, "one that lies ahead would live until then"
    engine.dispose()


def test_after_a_kill_in_between_the_same_call_goes_on(two: str, monkeypatch) -> None:
    from optuna.storages import RDBStorage

    plain = RDBStorage.delete_study
    monkeypatch.setattr(RDBStorage, "delete_study", lambda *_: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        delete_study(two, "first")
    monkeypatch.setattr(RDBStorage, "delete_study", plain)
    delete_study(two, "first")
    assert list_studies(two) == ("second",)


@pytest.mark.parametrize(
    "case", [([], "n\n", 1, 2), ([], "", 1, 2), ([], "yes\n", 0, 1), (["--yes"], "", 0, 1)]
)
def test_the_command_asks(tmp_path, url, log, monkeypatch, capsys, case) -> None:
    words, answer, code, left = case
    for name in ("first", "second"):
        run_study(write_study(tmp_path, name=name, trials=2), url, trainer=ToyTrainer(log))
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    with pytest.raises(SystemExit) as ended:
        main(["study", "delete", "first", "--storage", url, *words])
    out, err = capsys.readouterr()
    assert ((ended.value.code or 0), len(list_studies(url)), out) == (code, left, "")
    assert ("delete study 'first' with 2 trials from" in err) == (not words)
