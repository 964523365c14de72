"""kill -9, SIGSTOP and Ctrl-C on real processes: nothing lost, nothing done twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import toys
from sqlalchemy import select
from toys import logged, write_study

from archsearch.records import load_study, trial_counts
from archsearch.study.store.schema import claims_table, trials_table
from archsearch.study.store.storage import open_engine

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no SIGSTOP, and no groups of processes"
)

REPO = Path(__file__).parents[2]


@contextmanager
def running(
    folder: Path, url: str, *, workers: int = 2, seconds: float = 0.1
) -> Iterator[subprocess.Popen[str]]:
    """The study as a process of its own; whatever is left of it is killed at the end."""
    words = [sys.executable, toys.__file__, str(folder), url, str(workers), str(seconds)]
    with subprocess.Popen(
        words,
        cwd=REPO,
        env={**os.environ, "PYTHONPATH": str(REPO)},
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def until(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


def worker_pids(log: Path) -> list[int]:
    """Workers in the order of their latest start of a training."""
    rows = [line.split() for line in log.read_text().splitlines()] if log.exists() else []
    return [int(row[3]) for row in rows if row[0] == "start"]


def ended(url: str) -> set[tuple[str, int]]:
    """(candidate, seed) of every record in the claims."""
    query = (
        select(trials_table.c.candidate, claims_table.c.seed)
        .join(
            trials_table,
            (trials_table.c.study_id == claims_table.c.study_id)
            & (trials_table.c.trial_index == claims_table.c.trial_index),
        )
        .where(claims_table.c.state == "complete")
    )
    with open_engine(url).begin() as connection:
        return {(row.candidate, row.seed) for row in connection.execute(query)}


def check_whole(url: str, log: Path, trainings: int) -> None:
    """Every planned trial has its results, once, and Optuna says the same."""
    record = load_study(url, "toys")
    assert trial_counts(record)["complete"] == len(record.trials) == record.planned
    assert sum(len(trial.seeds) for trial in record.trials) == trainings
    plans = [trial.plan.key for trial in record.trials if trial.plan is not None]
    assert len(set(plans)) == record.planned
    assert len(set(logged(log, "end"))) == trainings


def test_a_killed_worker_is_replaced_and_its_training_done_again(
    tmp_path: Path, url: str, log: Path
) -> None:
    write_study(tmp_path, trials=8)
    with running(tmp_path, url, seconds=0.3) as study:
        until(lambda: len(worker_pids(log)) >= 3)
        os.kill(worker_pids(log)[-1], signal.SIGKILL)
        assert study.wait(60) == 0
    check_whole(url, log, 8)
    assert len(logged(log, "start")) == 9
    assert set(Counter(logged(log, "end")).values()) == {1}


def test_the_only_worker_is_replaced_too(tmp_path: Path, url: str, log: Path) -> None:
    """There is no other that would train what is left."""
    write_study(tmp_path, trials=3)
    with running(tmp_path, url, workers=1, seconds=0.3) as study:
        until(lambda: len(worker_pids(log)) >= 2)
        os.kill(worker_pids(log)[-1], signal.SIGKILL)
        assert study.wait(60) == 0
    check_whole(url, log, 3)
    assert len(set(worker_pids(log))) == 2


def test_a_killed_study_takes_its_workers_along_and_is_gone_on_with(
    tmp_path: Path, url: str, log: Path
) -> None:
    write_study(tmp_path, trials=6, seeds=2)
    with running(tmp_path, url, seconds=0.3) as study:
        until(lambda: len(logged(log, "end")) >= 4)
        study.kill()
        study.wait(10)
        pids = set(worker_pids(log))
        until(lambda: not any(alive(pid) for pid in pids), 10)
    before, started = ended(url), len(logged(log, "start"))
    with running(tmp_path, url, seconds=0.0) as study:
        assert study.wait(60) == 0
    check_whole(url, log, 12)
    again = logged(log, "start")[started:]
    assert len(again) == 12 - len(before), "what had ended is not trained again"


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_stopped_worker_is_overtaken_and_counts_nothing_twice(
    tmp_path: Path, url: str, log: Path
) -> None:
    """Stopped past the heartbeat timeout; then it goes on, and what it brings is surplus."""
    from archsearch.config import load_study as load_file
    from archsearch.study import RunOptions, StudyEvent, run_study

    write_study(tmp_path, trials=5)
    events: list[StudyEvent] = []
    stopped: list[int] = []

    def hear(event: StudyEvent) -> None:
        events.append(event)
        if event.kind == "started" and not stopped:
            until(lambda: len(worker_pids(log)) > 0)
            stopped.append(worker_pids(log)[0])
            os.kill(stopped[0], signal.SIGSTOP)
        if event.kind == "trained" and sum(e.kind == "trained" for e in events) == 5:
            os.kill(stopped[0], signal.SIGCONT)

    options = RunOptions(workers=2, heartbeat_seconds=0.3, heartbeat_timeout=1.0)
    trainer = toys.ToyTrainer(log, seconds=0.5)
    record = run_study(
        load_file(tmp_path / "study.yaml"), url, options=options, trainer=trainer, on_event=hear
    )
    assert [trial.state for trial in record.trials] == ["complete"] * 5
    assert sum(event.kind == "trained" for event in events) == 5
    assert sum(event.kind == "surplus" for event in events) == 1
    assert len(logged(log, "start")) == 6
    check_whole(url, log, 5)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(10))
def test_kills_at_random_moments(tmp_path: Path, url: str, log: Path, seed: int) -> None:
    """One of four workers, or the whole study, some right after a claim."""
    rng = random.Random(seed)  # noqa: S311  moments, not secrets
    write_study(tmp_path, trials=12, seeds=2)
    for _ in range(3):
        with running(tmp_path, url, workers=4, seconds=0.2) as study:
            seen = len(worker_pids(log))
            until(lambda seen=seen: len(worker_pids(log)) > seen or study.poll() is not None)  # type: ignore[misc]
            time.sleep(rng.choice([0.0, rng.uniform(0, 1)]))
            if rng.random() < 0.6:
                with_pid = worker_pids(log)[-1]
                if alive(with_pid):
                    os.kill(with_pid, signal.SIGKILL)
                time.sleep(rng.uniform(0, 1))
            study.kill()
    with running(tmp_path, url, workers=4, seconds=0.0) as study:
        assert study.wait(90) == 0
    check_whole(url, log, 24)


@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.full)]
)
def test_ctrl_c_ends_the_running_trainings_first(
    tmp_path: Path, url: str, log: Path, number: signal.Signals
) -> None:
    write_study(tmp_path, trials=8)
    with running(tmp_path, url, seconds=0.8) as study:
        until(lambda: len(worker_pids(log)) >= 2)
        if number is signal.SIGINT:
            os.killpg(study.pid, number)  # a terminal sends it to the whole group
        else:
            study.send_signal(number)  # as Kubernetes does
        assert study.wait(30) != 0
        assert study.stderr is not None
        assert "KeyboardInterrupt" in study.stderr.read().splitlines()[-1]
    assert len(logged(log, "start")) == len(logged(log, "end")) == len(ended(url)) < 8
    with running(tmp_path, url, seconds=0.0) as study:
        assert study.wait(60) == 0
    check_whole(url, log, 8)
    assert len(logged(log, "start")) == 8


def test_a_second_ctrl_c_stops_at_once_and_gives_the_claims_back(
    tmp_path: Path, url: str, log: Path
) -> None:
    write_study(tmp_path, trials=4)
    with running(tmp_path, url, seconds=60) as study:
        until(lambda: len(worker_pids(log)) >= 2)
        os.killpg(study.pid, signal.SIGINT)
        time.sleep(1)
        assert study.poll() is None, "the first lets the trainings end"
        os.killpg(study.pid, signal.SIGINT)
        assert study.wait(20) != 0
    with open_engine(url).begin() as connection:
        states = Counter(connection.execute(select(claims_table.c.state)).scalars())
        tries = set(
            connection.execute(
                select(claims_table.c.tries).where(claims_table.c.trial_index >= 0)
            ).scalars()
        )
    assert states == {"open": 4, "complete": 1}
    assert tries == {0}
