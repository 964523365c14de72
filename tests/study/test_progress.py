"""What people see of a running study."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import pytest
from real import REPO

from archsearch.interactive.study_progress import study_progress
from archsearch.study import StudyEvent

EVENTS = [
    StudyEvent("drawing", "random design of 4 candidates"),
    StudyEvent("ready", done=1, total=5),
    StudyEvent("started", trial=1, seed=0, worker=0, latent_size=64),
    StudyEvent("epoch", trial=1, seed=0, worker=0, epoch=1, epochs=2, val_mse=0.5, latent_size=64),
    StudyEvent("trained", trial=1, seed=0, worker=0, val_mse=0.0125, seconds=3.2),
    StudyEvent("failed", "the loss is [nan]", trial=2, seed=0, worker=0, seconds=1.0),
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
    assert lines[2].startswith(
        "trial 1 seed 0: validation MSE 0.01250, latent 64, 3.2 s (2/5 train"
    )
    assert lines[3].startswith("trial 2 seed 0: failed: the loss is [nan] (3/5 trainings")
    assert lines[4] == "worker 0 died (signal 9); another takes its place"
    assert lines[5].endswith("no other starts; Ctrl-C again stops at once")
    assert len(lines) == 6


def test_what_became_of_a_training_is_told_at_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    told = "ended 30 % over epoch 3"
    event = StudyEvent("trained", told, trial=1, seed=0, worker=0, val_mse=0.0125, seconds=3.2)
    with study_progress() as say:
        say(StudyEvent("ready", done=0, total=5))
        say(event)
    assert f"3.2 s; {told} (1/5" in capsys.readouterr().err


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
    assert "trial 2 seed 0: failed: the loss is [nan]" in shown
    assert "5/5 trainings, lowest 0.01250" in shown


def test_a_training_that_was_counted_before_it_was_heard_of_counts_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with study_progress() as say:
        say(StudyEvent("ready", done=0, total=2))
        say(StudyEvent("trained", trial=0, seed=0, worker=0, val_mse=0.5, seconds=1.0))
        say(StudyEvent("progress", done=2, total=2))
        say(StudyEvent("trained", trial=1, seed=0, worker=0, val_mse=0.5, seconds=1.0))
    assert capsys.readouterr().err.splitlines()[-1].endswith("(2/2 trainings, lowest 0.50000)")


PROGRAM = """
from archsearch.interactive.study_progress import study_progress
from archsearch.study import StudyEvent
with study_progress() as say:
    say(StudyEvent("ready", done=0, total=40))
    say(StudyEvent("note", "|ρ| of latent.size with params 0.00, MACs 0.00, encoder depth 0.41, "
        "latent height×width 0.41; mean 0.21 against 0.49, the mean of 100 random designs"))
    for worker in range(2):
        say(StudyEvent("trained", trial=worker, seed=0, worker=worker, val_mse=0.5, seconds=1.0))
    say(StudyEvent("infeasible", "latent.size <= 2048", trial=3))
    for worker in range(2):
        say(StudyEvent("epoch", trial=12, seed=1, worker=worker, latent_size=2048, epoch=10,
            epochs=10, val_mse=0.01234))
"""


def test_nothing_is_cut_or_broken_at_eighty_columns() -> None:
    """On a real terminal: the bar has its line, and no word goes over the edge."""
    reader, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {**os.environ, "TERM": "xterm", "NO_COLOR": "1", "PYTHONPATH": str(REPO)}
    environment.pop("COLUMNS", None)
    subprocess.run([sys.executable, "-c", PROGRAM], stderr=terminal, env=environment, check=True)
    os.close(terminal)
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", _read(reader)).replace("\r", "")
    lines = [line.rstrip() for line in shown.splitlines()]
    assert max(map(len, lines)) <= 80
    assert any(set(line) <= set("━╺╸ ") and line for line in lines)
    assert any(re.fullmatch(r"2/40 trainings, .* left, 1 infeasible", line) for line in lines)
    assert "  worker 1: trial 12 seed 1 latent 2048 epoch 10/10 MSE 0.01234" in lines
    assert "  height×width 0.41; mean 0.21 against 0.49, the mean of 100 random designs" in lines


def _read(terminal: int) -> str:
    parts = []
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # how Linux says that the other end is closed
            part = b""
        if not part:
            os.close(terminal)
            return b"".join(parts).decode()
        parts.append(part)
