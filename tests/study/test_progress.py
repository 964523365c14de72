"""What people see of a running study."""

from __future__ import annotations

import io
import sys

import pytest

from archsearch.cli.study_progress import study_progress
from archsearch.study import StudyEvent

EVENTS = [
    StudyEvent("drawing", "random design of 4 candidates"),
    StudyEvent("ready", done=1, total=5),
    StudyEvent("started", slot=1, seed=0, worker=0, latent_size=64),
    StudyEvent("epoch", slot=1, seed=0, worker=0, epoch=1, epochs=2, val_mse=0.5, latent_size=64),
    StudyEvent("trained", slot=1, seed=0, worker=0, val_mse=0.0125, seconds=3.2),
    StudyEvent("failed", "the loss is [nan]", slot=2, seed=0, worker=0, seconds=1.0),
    StudyEvent("progress", done=4, total=5),
    StudyEvent("retry", "worker 0 died (signal 9)", worker=0),
    StudyEvent("stopping", "ending 1 running trainings; no other starts"),
    StudyEvent("ended", done=5, total=5, seconds=9.0),
]


def tell(capsys: pytest.CaptureFixture[str]) -> list[str]:
    with study_progress() as say:
        for event in EVENTS:
            say(event)
    return capsys.readouterr().err.splitlines()


def test_plain_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    lines = tell(capsys)
    assert lines[:2] == ["drawing a random design of 4 candidates", "1 of 5 trainings done"]
    assert lines[2].startswith("slot 1 seed 0: validation MSE 0.01250, latent 64, 3.2 s (2/5 train")
    assert lines[3].startswith("slot 2 seed 0: failed: the loss is [nan] (3/5 trainings")
    assert lines[4] == "worker 0 died (signal 9); another takes its place"
    assert lines[5].endswith("no other starts; Ctrl-C again stops at once")
    assert len(lines) == 6


def test_a_display_on_a_terminal_keeps_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    with study_progress() as say:
        for event in EVENTS:
            say(event)
    shown = sys.stderr.getvalue()  # type: ignore[attr-defined]
    assert "slot 2 seed 0: failed: the loss is [nan]" in shown
    assert "5/5 trainings, lowest 0.01250" in shown
