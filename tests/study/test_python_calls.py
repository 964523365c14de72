"""``archsearch.run_study`` and ``load_results``: what Python calls, with progress."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from toys import ToyTrainer, write_study

import archsearch
from archsearch.interactive.board import Moving
from archsearch.interactive.study_progress import study_progress
from archsearch.study import Job, StudyEvent, Trained


def test_it_tells_what_it_does_and_gives_the_record(
    tmp_path: Path, url: str, log: Path, inline: None, capsys: pytest.CaptureFixture[str]
) -> None:
    events: list[StudyEvent] = []
    study = write_study(tmp_path, trials=2)
    trainer = ToyTrainer(log)
    record = archsearch.run_study(study, url, trainer=trainer, on_event=events.append)
    lines = capsys.readouterr().err.splitlines()
    assert "0 of 2 trainings done" in lines
    assert sum("validation MSE" in line for line in lines) == 2
    assert {"ready", "epoch", "trained", "ended"} <= {event.kind for event in events}
    by_name = archsearch.load_results("toys", url)
    assert record == by_name == archsearch.load_results(study, url)
    assert by_name == archsearch.load_results(tmp_path / "study.yaml", url)
    assert len(archsearch.trials_frame(by_name)) == 2
    assert len(archsearch.epochs_frame(by_name)) == 4


def test_it_can_be_silenced(
    tmp_path: Path, url: str, log: Path, inline: None, capsys: pytest.CaptureFixture[str]
) -> None:
    study = write_study(tmp_path, trials=1)
    archsearch.run_study(study, url, trainer=ToyTrainer(log), progress=False)
    assert capsys.readouterr() == ("", "")


@dataclass(frozen=True)
class Rising(ToyTrainer):
    """Notes something of its first epoch alone."""

    def train(self, job: Job) -> Trained:
        assert job.on_note is not None
        job.on_note("constant output")
        return super().train(job)


def test_what_goes_badly_is_told_with_its_epoch(
    tmp_path: Path, url: str, log: Path, inline: None
) -> None:
    events: list[StudyEvent] = []
    study = write_study(tmp_path, trials=1)
    archsearch.run_study(study, url, trainer=Rising(log), on_event=events.append, progress=False)
    epochs = [event for event in events if event.kind == "epoch"]
    assert [event.text for event in epochs] == ["constant output", ""]


class Kept:
    """A board that keeps what it is told."""

    moves = True

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.moving = Moving(0, 0)

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def say(self, line: str) -> None:
        self.lines.append(line)

    def show(self, moving: Moving) -> None:
        self.moving = moving


def test_the_workers_line_has_what_goes_badly(monkeypatch: pytest.MonkeyPatch) -> None:
    board = Kept()
    monkeypatch.setattr("archsearch.interactive.study_progress.open_board", lambda: board)
    with study_progress() as say:
        say(StudyEvent("ready", done=0, total=3))
        place = {"trial": 1, "seed": 0, "worker": 0, "latent_size": 64}
        say(StudyEvent("epoch", "12 % over epoch 2", epoch=3, epochs=9, val_mse=0.5, **place))
    assert board.moving == Moving(
        0,
        3,
        (
            "0/3 trainings",
            "  worker 0: trial 1 seed 0 latent 64 epoch 3/9 MSE 0.50000, 12 % over epoch 2",
        ),
    )
