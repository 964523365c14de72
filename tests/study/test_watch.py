"""``archsearch study watch``: looks on from before a study begins to its end."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.storages._rdb import models
from real import REPO
from sqlalchemy import create_engine, text
from toys import ToyTrainer, write_study

from archsearch.cli import main
from archsearch.cli.study_watch import _Lines
from archsearch.cli.text_scatter import text_scatter
from archsearch.cli.watch_view import place, view
from archsearch.errors import InputError
from archsearch.records import load_study
from archsearch.study import Job, Trained, run_study
from archsearch.study.store.progress import StudyProgress
from archsearch.study.watched import WatchedStudy, WorkingOn, watched_study
from tests.synthetic import StudyRecipe, synthetic_study


def watched(
    *, complete: int = 20, open: int = 60, running: int = 2, seconds: float = 100, **budget: float
) -> WatchedStudy:
    """A study in the middle, with as many workers as running trainings."""
    record = synthetic_study(StudyRecipe(complete=complete, waiting=open // 2))
    settings = record.settings | {"budget": budget}
    return WatchedStudy(
        record=record.model_copy(update={"settings": settings}),
        progress=StudyProgress(
            total=2 * complete + open + running,
            open=open,
            running=running,
            complete=2 * complete,
            failed=0,
            longest=9.0,
            seconds=seconds,
        ),
        working=tuple(WorkingOn(i, "a-host", 21 + i, 1, 64) for i in range(running)),
        mean_seconds=10.0,
    )


@pytest.mark.parametrize(("width", "height"), [(80, 24), (40, 12), (120, 50), (80, 5)])
def test_the_view_keeps_to_the_terminal(width: int, height: int) -> None:
    lines = view(watched(), width=width, height=height)
    assert len(lines) <= height
    if width >= 80:
        assert max(map(len, lines)) < width


def test_the_view_tells_best_scatter_workers_and_time_left() -> None:
    study = watched()
    lines = view(study, width=80, height=24)
    best = min(study.record.trials, key=lambda trial: trial.value or 1)
    assert lines[2].startswith(f"40/102 trainings, lowest {best.value:.5f} (trial {best.number})")
    assert lines[2].endswith("2 workers, 5 min left")
    assert any(line.startswith(f"  best: trial {best.number}, ") for line in lines)
    assert sum("●" in line for line in lines) == 2  # the legend, and the point
    assert lines[-2:] == [
        "worker 0 on a-host: trial 21 seed 1, latent 64",
        "worker 1 on a-host: trial 22 seed 1, latent 64",
    ]


def test_many_workers_leave_room_for_the_rest() -> None:
    lines = view(watched(running=40), width=80, height=24)
    assert lines[-1] == "and 34 more"
    assert any("●" in line for line in lines)


def test_time_is_left_while_someone_works_and_no_longer_than_the_budget() -> None:
    assert watched().seconds_left == pytest.approx(10 * 62 / 2)
    assert watched(running=0).seconds_left is None
    assert watched(minutes=2, seconds=100).seconds_left == pytest.approx(20)
    assert "no worker" in place(watched(running=0))


def test_a_study_has_ended_when_nothing_is_left_or_no_time() -> None:
    assert watched(open=0, running=0).ended
    assert not watched().ended
    assert not watched(running=0).ended
    assert watched(running=0, minutes=1, seconds=59).ended
    assert not watched(running=1, minutes=1, seconds=59).ended


POINTS = st.lists(st.tuples(st.floats(1, 1e6), st.floats(1e-9, 1e3)), min_size=1, max_size=30)


@given(POINTS, st.integers(20, 120), st.integers(5, 30))
def test_a_scatter_keeps_to_its_size_and_shows_the_best(points, width: int, height: int) -> None:
    best = min(range(len(points)), key=lambda i: points[i][1])
    lines = text_scatter(points, width=width, height=height, best=best)
    assert len(lines) == height
    assert max(map(len, lines)) <= max(width, 26)
    row = next(i for i, line in enumerate(lines) if "●" in line)
    assert row == height - 3 or len({y for _, y in points}) == 1


class Looks:
    """Counts how often somebody looked at a study, and waits for that."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        monkeypatch.setattr("archsearch.study.watched.watched_study", self.look)
        monkeypatch.setattr("archsearch.cli.study_watch._SHARE", 0)

    def look(self, storage: str, name: str) -> WatchedStudy:
        try:
            return watched_study(storage, name)
        finally:
            self.count += 1

    def wait(self, more: int) -> None:
        wanted, end = self.count + more, time.monotonic() + 60
        while self.count < wanted and time.monotonic() < end:
            time.sleep(0.01)


def test_in_a_pipe_it_waits_tells_changes_and_ends_with_the_summary(
    tmp_path: Path,
    url: str,
    log: Path,
    inline: None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    study, looks = write_study(tmp_path, trials=2), Looks(monkeypatch)

    class Seen(ToyTrainer):
        def train(self, job: Job) -> Trained:
            looks.wait(2)  # one may be under way
            return super().train(job)

    def later() -> None:
        looks.wait(1)
        run_study(study, url, trainer=Seen(log))

    running = threading.Thread(target=later)
    running.start()
    with pytest.raises(SystemExit) as ended:
        main(["study", "watch", "toys", "--storage", url, "--every", "0.1"])
    running.join()
    assert not ended.value.code
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert lines[0] == f"waiting for toys: no storage at {tmp_path / 'studies.db'}"
    counts = [re.fullmatch(r"toys: (\d)/2 trainings.*, 1 worker.*", line) for line in lines]
    assert [int(count[1]) for count in counts if count] == [0, 1]
    assert any(line.endswith("s left") for line in lines)
    assert "toys: 2 complete; 2 trainings ended" in told.out
    assert "\x1b" not in told.out
    with pytest.raises(SystemExit):
        main(["study", "watch", str(tmp_path / "study.yaml"), "--storage", url])
    assert capsys.readouterr().out.startswith("toys: 2 complete; 2 trainings ended")


def test_it_tells_who_trains_what(tmp_path: Path, url: str, log: Path, inline: None) -> None:
    seen: list[WatchedStudy] = []

    class Looking(ToyTrainer):
        def train(self, job: Job) -> Trained:
            seen.append(watched_study(url, "toys"))
            return super().train(job)

    run_study(write_study(tmp_path, trials=2), url, trainer=Looking(log))
    record = load_study(url, "toys")
    plans = {trial.number: trial.plan for trial in record.trials}
    (first,), (second,) = (study.working for study in seen)
    assert (first.trial, second.trial) == (0, 1)
    assert first.latent_size == plans[0].latent_size
    assert seen[0].mean_seconds is None
    assert seen[1].mean_seconds is not None
    assert seen[1].done == 1


def test_a_storage_that_is_just_being_made_is_left_alone(url: str) -> None:
    engine = create_engine(url)
    models.BaseModel.metadata.create_all(engine)
    with pytest.raises(InputError, match="just being made"):
        load_study(url, "toys")
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from version_info")) == 0
    engine.dispose()


def test_on_a_terminal_it_leaves_nothing_behind(tmp_path: Path, url: str) -> None:
    reader, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {**os.environ, "TERM": "xterm", "NO_COLOR": "1", "PYTHONPATH": str(REPO)}
    environment.pop("COLUMNS", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "archsearch", "study", "watch", "toys", "--storage", url],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment,
        cwd=tmp_path,
    )
    os.close(terminal)
    shown = b""
    while b"Ctrl-C ends this view" not in shown:
        shown += os.read(reader, 65536)
    process.send_signal(signal.SIGINT)
    try:
        while part := os.read(reader, 65536):
            shown += part
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(reader)
    assert process.wait() == 130
    before, _, rest = shown.decode().partition("\x1b[?1049h")
    inside, _, after = rest.partition("\x1b[?1049l")
    assert "waiting for toys" in inside
    for outside in (before, after):
        assert re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", outside).strip() == ""


def test_a_pipe_has_each_line_when_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.BytesIO()
    buffered = io.TextIOWrapper(io.BufferedWriter(pipe), encoding="utf-8")  # type: ignore[arg-type]
    monkeypatch.setattr("sys.stdout", buffered)
    _Lines().show(watched())
    assert pipe.getvalue().decode().startswith("synthetic: 40/102 trainings")
