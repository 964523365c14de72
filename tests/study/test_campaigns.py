"""Many processes, kills, stops and restarts under real trainings of tiny nets."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from postgres import Server
from real import check_exact, command, finished, write_real
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from archsearch.study import RunOptions, StudyEvent, run_study
from archsearch.study.store.owner import process_start
from archsearch.study.store.schema import claims_table
from archsearch.study.store.storage import open_engine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "cache"))


class Watch:
    """Looks into the claims while a study runs: which process holds which claim."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        self.seen: set[str] = set()

    def holders(self) -> dict[str, int]:
        """Process ids by the token of the attempt."""
        query = select(claims_table.c.attempt, claims_table.c.pid).where(
            claims_table.c.trial_index >= 0, claims_table.c.state == "claimed"
        )
        with self._engine.begin() as connection:
            return {row.attempt: row.pid for row in connection.execute(query)}

    def next_claim(self, seconds: float = 300) -> int | None:
        """The process of a claim that wasn't there before; None if none comes."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            new = {a: pid for a, pid in self.holders().items() if a not in self.seen}
            self.seen |= set(new)
            if new:
                return next(iter(new.values()))
            time.sleep(0.005)
        return None

    def done(self) -> int:
        query = select(claims_table.c.trial_index).where(
            claims_table.c.trial_index >= 0, claims_table.c.state == "complete"
        )
        with self._engine.begin() as connection:
            return len(connection.execute(query).all())


SIZES = [
    pytest.param("sqlite", 3, 2, id="sqlite-3x2", marks=pytest.mark.full),
    pytest.param("postgresql", 3, 2, id="postgresql-3x2"),
    pytest.param("sqlite", 32, 20, id="sqlite-32x20", marks=pytest.mark.full),
    pytest.param("postgresql", 16, 20, id="postgresql-16x20", marks=pytest.mark.full),
]


@pytest.mark.parametrize(("kind", "processes", "each"), SIZES)
def test_totals_are_exact(
    tmp_path: Path, url: str, request: pytest.FixtureRequest, kind: str, processes: int, each: int
) -> None:
    url = url if kind == "sqlite" else request.getfixturevalue("postgres").url()
    trials = processes * each
    events: list[StudyEvent] = []
    options = RunOptions(workers=processes, threads=1, artifacts=tmp_path / "pictures")
    run_study(write_real(tmp_path, trials=trials), url, options=options, on_event=events.append)
    check_exact(url, trials, tries={1})
    kinds = Counter(event.kind for event in events)
    assert kinds["trained"] == kinds["started"] == trials
    assert kinds["surplus"] == kinds["retry"] == kinds["failed"] == 0
    trained = Counter((event.trial, event.seed) for event in events if event.kind == "started")
    assert set(trained.values()) == {1}


@pytest.mark.parametrize(
    ("kind", "seed", "kills"),
    [
        pytest.param("sqlite", 0, 2, id="sqlite-2"),
        pytest.param("sqlite", 1, 10, id="sqlite-10", marks=pytest.mark.full),
        pytest.param("postgresql", 2, 10, id="postgresql-10", marks=pytest.mark.full),
    ],
)
@pytest.mark.full
def test_workers_killed_at_random_moments(
    tmp_path: Path, url: str, request: pytest.FixtureRequest, kind: str, seed: int, kills: int
) -> None:
    """kill -9 of one of four (two where there are few kills), every other right after a claim."""
    url = url if kind == "sqlite" else request.getfixturevalue("postgres").url()
    rng = random.Random(seed)  # noqa: S311  moments, not secrets
    trials, killed = kills * 5, 0
    write_real(tmp_path, trials=trials, epochs=240)
    workers = "4" if kills > 2 else "2"
    words = ("study", "run", "study.yaml", "--storage", url, "--workers", workers)
    with command(tmp_path, *words) as study:
        until_there(url)
        watch = Watch(url)
        while killed < kills and study.poll() is None:
            pid = watch.next_claim()
            assert pid is not None, "no worker claimed anything"
            if killed % 2:
                time.sleep(rng.uniform(0, 1))
            if process_start(pid) is None:
                continue  # killed before, and it had made this claim just then
            os.kill(pid, signal.SIGKILL)
            killed += 1
        code, told = finished(study, 900)
    assert code == 0, told
    assert killed == kills
    assert told.count("died (signal 9); another takes its place") == kills
    check_exact(url, trials)


def until_there(url: str) -> None:
    """Wait for the study's tables and rows."""
    end = time.monotonic() + 180
    while time.monotonic() < end:
        try:
            with open_engine(url).begin() as connection:
                if connection.execute(select(claims_table.c.trial_index)).first() is not None:
                    return
        except SQLAlchemyError:
            pass
        time.sleep(0.1)
    raise AssertionError("no study came to be")


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.full)])
def test_a_worker_stopped_past_the_heartbeat_timeout_counts_nothing_twice(
    tmp_path: Path, url: str, request: pytest.FixtureRequest, kind: str
) -> None:
    url = url if kind == "sqlite" else request.getfixturevalue("postgres").url()
    study = write_real(tmp_path, trials=5, epochs=40)
    events: list[StudyEvent] = []
    stopped: list[int] = []

    def hear(event: StudyEvent) -> None:
        events.append(event)
        if event.kind == "epoch" and not stopped:
            holding = set(Watch(url).holders().values()) & {pid_of(url, event)}
            for pid in holding:  # none where the news of an ended training comes late
                stopped.append(pid)
                os.kill(pid, signal.SIGSTOP)
        if event.kind == "trained" and sum(e.kind == "trained" for e in events) == 5:
            os.kill(stopped[0], signal.SIGCONT)

    options = RunOptions(workers=2, threads=1, heartbeat_seconds=0.3, heartbeat_timeout=2.0)
    run_study(study, url, options=options, on_event=hear)
    check_exact(url, 5)
    kinds = Counter(event.kind for event in events)
    assert (kinds["trained"], kinds["surplus"], kinds["started"]) == (5, 1, 6)


def pid_of(url: str, event: StudyEvent) -> int:
    query = select(claims_table.c.pid).where(
        claims_table.c.trial_index == event.trial, claims_table.c.seed == event.seed
    )
    with open_engine(url).begin() as connection:
        return int(connection.execute(query).scalar_one())


@pytest.mark.parametrize(
    "restarts", [1, pytest.param(4, marks=pytest.mark.full)], ids=["once", "four-times"]
)
@pytest.mark.full
def test_a_database_restarted_in_the_middle_of_trials(
    tmp_path: Path, postgres: Server, restarts: int
) -> None:
    """Away for longer than the heartbeat timeout: nobody is given up for it."""
    url = postgres.url()
    trials = 4 + 4 * restarts
    study = write_real(tmp_path, trials=trials, epochs=240)
    events: list[StudyEvent] = []
    trained, problems = threading.Semaphore(0), []

    def hear(event: StudyEvent) -> None:
        events.append(event)
        if event.kind == "trained":
            trained.release()

    def restart() -> None:
        try:
            for number in range(restarts):
                assert trained.acquire(timeout=120)
                postgres.stop("immediate" if number % 2 else "fast")
                time.sleep(3)
                postgres.start()
        except Exception as problem:
            problems.append(problem)

    operator = threading.Thread(target=restart)
    operator.start()
    options = RunOptions(workers=2, threads=1, heartbeat_seconds=0.5, heartbeat_timeout=2.5)
    run_study(study, url, options=options, on_event=hear)
    operator.join()
    assert not problems
    check_exact(url, trials, tries={1})
    kinds = Counter(event.kind for event in events)
    assert kinds["trained"] == trials
    assert kinds["surplus"] == kinds["retry"] == kinds["failed"] == 0


@pytest.mark.full
def test_a_database_that_stays_away_ends_the_study_and_it_goes_on_later(
    tmp_path: Path, postgres: Server
) -> None:
    from archsearch.errors import RunFailedError

    url = postgres.url()
    study = write_real(tmp_path, trials=4, epochs=20)
    options = RunOptions(workers=1, threads=1, retry_seconds=2.0)

    def hear(event: StudyEvent) -> None:
        if event.kind == "trained":
            postgres.stop()

    try:
        with pytest.raises(RunFailedError, match=r"was away for 2 s: .*refused") as caught:
            run_study(study, url, options=options, on_event=hear)
    finally:
        postgres.start()
    assert "***" in caught.value.what
    run_study(study, url, options=options)
    check_exact(url, 4)
