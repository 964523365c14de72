"""What a study says where the disk of its pictures or of its database is full."""

from __future__ import annotations

import errno
import io
import sqlite3
import tempfile
from collections.abc import Mapping
from pathlib import Path

import optuna.artifacts
import pytest
from sqlalchemy.exc import OperationalError
from toys import ToyTrainer, write_study

from archsearch.errors import InputError, RunFailedError
from archsearch.records import trial_counts
from archsearch.records.layout import HEADER
from archsearch.study import Job, StudyEvent, Trained, run_study
from archsearch.study.store.artifacts import PROBE
from archsearch.study.store.opened import OpenStudy
from archsearch.study.store.retry import RetryPolicy
from archsearch.study.store.storage import open_engine
from archsearch.study.store.whole_artifacts import WholeArtifacts


class Drawing(ToyTrainer):
    """Gives a picture too."""

    def train(self, job: Job) -> Trained:
        return Trained(super().train(job).result, b"a picture")


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("disk", ["kept", "temporary"])
def test_pictures_that_are_lost_are_told_and_the_training_is_kept(
    tmp_path: Path, url: str, log: Path, monkeypatch: pytest.MonkeyPatch, disk: str
) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    whose = tmp_path / "artifacts" if disk == "kept" else tempfile.gettempdir()
    if disk == "kept":
        monkeypatch.setattr(optuna.artifacts, "upload_artifact", full)
    else:
        monkeypatch.setattr(tempfile, "mkdtemp", full)
    events: list[StudyEvent] = []
    study = write_study(tmp_path, trials=2)
    record = run_study(study, url, trainer=Drawing(log), on_event=events.append)
    assert trial_counts(record)["complete"] == 2
    notes = [event.text for event in events if event.kind == "note"]
    lost = [note for note in notes if note.startswith(f"a training's pictures are lost: {whose} ")]
    assert lost
    assert all("No space left on device (9 bytes are needed, " in note for note in lost)


def test_a_picture_that_the_disk_does_not_take_whole_is_not_left_in_part(tmp_path: Path) -> None:
    class Full(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().read(2)

    store = WholeArtifacts(tmp_path)
    with pytest.raises(OSError, match="No space"):
        store.write("half", Full(b"a picture"))
    assert not [*tmp_path.iterdir()]
    store.write("whole", io.BytesIO(b"a picture"))
    assert (tmp_path / "whole").read_bytes() == b"a picture"


@pytest.mark.parametrize(("first", "left"), [(PROBE, 0), (HEADER, 1)])
def test_a_study_has_one_probe_however_often_the_database_is_full(
    tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch, first: str, left: int
) -> None:
    def full(study: OpenStudy, attributes: Mapping[str, object]) -> None:
        if first in attributes:
            raise OperationalError("insert", None, sqlite3.OperationalError("disk is full"))
        kept(study, attributes)

    kept = OpenStudy.set_attributes
    monkeypatch.setattr(OpenStudy, "set_attributes", full)
    study, url = write_study(tmp_path), f"sqlite:///{tmp_path}/s.db"
    with pytest.raises(RunFailedError, match="disk is full"):
        run_study(study, url, trainer=ToyTrainer(log))
    assert len([*(tmp_path / "artifacts").iterdir()]) == left
    monkeypatch.undo()
    run_study(study, url, trainer=ToyTrainer(log))
    assert len([*(tmp_path / "artifacts").iterdir()]) == 1


def test_a_database_that_is_removed_meanwhile_is_told_of(tmp_path: Path, log: Path) -> None:
    path = tmp_path / "studies.db"

    def remove(event: StudyEvent) -> None:
        if event.kind == "started":
            path.unlink(missing_ok=True)

    study = write_study(tmp_path, trials=20)
    with pytest.raises(RunFailedError, match=r"\(the file was removed or replaced meanwhile\)"):
        run_study(study, f"sqlite:///{path}", trainer=ToyTrainer(log, seconds=3.0), on_event=remove)


def test_what_can_not_be_written_is_told_as_the_system_does(tmp_path: Path) -> None:
    file = tmp_path / "studies.db"
    file.mkdir()
    with pytest.raises(InputError, match=r"studies\.db can't be written: Is a directory"):
        open_engine(f"sqlite:///{file}")


def test_a_full_disk_of_the_database_is_told_with_its_room(tmp_path: Path) -> None:
    def write() -> None:
        full = sqlite3.OperationalError("database or disk is full")
        raise OperationalError("insert", None, full)

    told = r"disk is full \([\d,]+ bytes are free\)"
    with pytest.raises(RunFailedError, match=told):
        RetryPolicy(f"sqlite:///{tmp_path / 'studies.db'}", seconds=0)(write)
