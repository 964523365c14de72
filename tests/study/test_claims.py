"""Claims as conditional updates: each of these fails when the condition is left out."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from postgres import Server
from sqlalchemy import insert, select, update

from archsearch.study.store.claim_rows import claim_rows
from archsearch.study.store.claims import MOST_CRASHES, Claims
from archsearch.study.store.clock import now
from archsearch.study.store.held import Claim
from archsearch.study.store.owner import Owner, process_start
from archsearch.study.store.schema import claims_table, studies_table, trials_table
from archsearch.study.store.storage import open_engine


@pytest.fixture
def url(either_url: str) -> str:
    """Every claim here is tested on both kinds of database."""
    return either_url


def make_claims(
    url: str,
    *,
    count: int = 3,
    seeds: int = 1,
    designed: bool = True,
    heartbeat_timeout: float = 120.0,
) -> Claims:
    """A study of ``count`` planned trials whose setup is done."""
    claims = Claims(open_engine(url), 1, heartbeat_timeout=heartbeat_timeout)
    with claims.engine.begin() as connection:
        connection.execute(
            insert(studies_table),
            [{"study_id": 1, "planned": count, "seeds": seeds, "space_hash": "", "settings": "{}"}],
        )
        candidate = "{}" if designed else None
        connection.execute(
            insert(trials_table),
            [{"study_id": 1, "trial_index": s, "candidate": candidate} for s in range(count)],
        )
        connection.execute(insert(claims_table), claim_rows(1, count, seeds, designed=designed))
    setup = claims.claim(Owner.this_process())
    assert setup is not None
    assert setup.is_setup
    claims.finish(setup, "", failed=False, seconds=0.0)
    return claims


def moment(claims: Claims) -> float:
    """The time by the clock that counts."""
    with claims.engine.begin() as connection:
        return float(connection.scalar(select(now(claims.engine))) or 0.0)


def dead_owner() -> Owner:
    """A process of this host that has ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        started = process_start(process.pid)
        assert started is not None
    return Owner(Owner.this_process().host, process.pid, started, 0)


def elsewhere() -> Owner:
    """A process that can't be seen from here."""
    return Owner("another-host", 1, "unknown", 0)


def claim(claims: Claims, owner: Owner | None = None) -> Claim:
    taken = claims.claim(owner or Owner.this_process())
    assert taken is not None
    return taken


def test_designs_go_seed_major_and_adaptive_methods_trial_major(tmp_path: Path) -> None:
    designed = make_claims(f"sqlite:///{tmp_path / 'a.db'}", count=2, seeds=2)
    order = [claim(designed) for _ in range(4)]
    assert [(c.trial_index, c.seed) for c in order] == [(0, 0), (1, 0), (0, 1), (1, 1)]
    adaptive = make_claims(f"sqlite:///{tmp_path / 'b.db'}", count=2, seeds=2, designed=False)
    first = claim(adaptive)
    assert (first.trial_index, first.seed) == (0, 0)
    second = claim(adaptive)
    assert (second.trial_index, second.seed) == (1, 0), "trial 0 has no candidate yet"
    with adaptive.engine.begin() as connection:
        connection.execute(
            update(trials_table).where(trials_table.c.trial_index == 0).values(candidate="{}")
        )
    third = claim(adaptive)
    assert (third.trial_index, third.seed) == (0, 1)
    assert adaptive.claim(Owner.this_process()) is None


def test_nothing_is_claimed_before_the_setup_is_done(url: str) -> None:
    claims = make_claims(url)
    with claims.engine.begin() as connection:
        connection.execute(
            update(claims_table).where(claims_table.c.trial_index == -1).values(state="open")
        )
    setup = claim(claims)
    assert setup.is_setup
    assert claims.claim(Owner.this_process()) is None
    claims.finish(setup, "", failed=False, seconds=0.0)
    assert claim(claims).trial_index == 0


def test_a_claim_writes_the_first_heartbeat(url: str) -> None:
    claims = make_claims(url)
    before = moment(claims)
    taken = claim(claims)
    with claims.engine.begin() as connection:
        row = connection.execute(
            select(claims_table).where(claims_table.c.trial_index == taken.trial_index)
        ).one()
    assert before <= row.heartbeat <= moment(claims)
    assert (row.pid, row.attempt) == (Owner.this_process().pid, taken.attempt)


def test_a_dead_process_of_this_host_is_noticed_at_once(url: str) -> None:
    claims = make_claims(url, count=1)
    first = claim(claims, dead_owner())
    again = claim(claims)
    assert (again.trial_index, again.tries) == (first.trial_index, 2)


def test_a_pid_in_use_again_is_not_taken_for_its_first_owner(url: str) -> None:
    claims = make_claims(url, count=1)
    mine = Owner.this_process()
    claim(claims, Owner(mine.host, mine.pid, "another start", 0))
    assert claim(claims).tries == 2


def test_a_living_process_keeps_its_claim(url: str) -> None:
    claims = make_claims(url, count=1)
    claim(claims)
    assert claims.claim(Owner.this_process(1)) is None


def test_a_process_elsewhere_is_given_up_after_the_heartbeat_timeout_only(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = 0.0
    for name in ("claims", "held"):
        module = f"archsearch.study.store.{name}.now"
        monkeypatch.setattr(module, lambda engine: now(engine) + passed)
    claims = make_claims(url, count=1, heartbeat_timeout=120.0)
    first = claim(claims, elsewhere())
    assert claims.claim(Owner.this_process()) is None
    passed = 70.0
    assert claims.heartbeat(first)
    passed = 140.0
    assert claims.claim(Owner.this_process()) is None, "its heartbeat has just come"
    passed = 210.0
    assert claim(claims).tries == 2


def test_time_that_the_server_was_down_counts_against_nobody(postgres: Server) -> None:
    """The last sign of life is long ago, and no other could be given since."""
    claims = make_claims(postgres.url(), count=1, heartbeat_timeout=30.0)
    first = claim(claims, elsewhere())
    with claims.engine.begin() as connection:
        connection.execute(update(claims_table).values(heartbeat=claims_table.c.heartbeat - 60))
    postgres.stop()
    postgres.start()
    assert claims.claim(Owner.this_process()) is None
    assert claims.heartbeat(first)


def test_what_another_process_has_locked_is_not_stuck(postgres: Server) -> None:
    """As by one that was suspended while it claimed: who waits must not give the study up."""
    claims = make_claims(postgres.url(), count=1)
    with claims.engine.begin() as suspended:
        suspended.execute(select(claims_table).with_for_update()).all()
        assert claims.claim(Owner.this_process()) is None
        assert not claims.is_stuck()
    claims.finish(claim(claims), "{}", failed=False, seconds=1.0)
    assert claims.is_stuck(), "all is done"


def test_only_the_attempt_that_holds_the_claim_can_end_it(url: str) -> None:
    """A worker stopped past the heartbeat timeout, and going on: its result is surplus."""
    claims = make_claims(url, count=1, heartbeat_timeout=0.05)
    slow = claim(claims, elsewhere())
    time.sleep(0.1)
    quick = claim(claims)
    assert not claims.heartbeat(slow)
    assert not claims.finish(slow, '"slow"', failed=False, seconds=1.0)
    assert claims.finish(quick, '"quick"', failed=False, seconds=1.0)
    assert not claims.finish(quick, '"twice"', failed=False, seconds=1.0)
    with claims.engine.begin() as connection:
        row = connection.execute(select(claims_table).where(claims_table.c.trial_index == 0)).one()
    assert (row.state, row.record) == ("complete", '"quick"')


def test_a_training_that_kills_its_process_again_and_again_fails(url: str) -> None:
    claims = make_claims(url, count=2, seeds=2)
    gone, mine = dead_owner(), Owner.this_process()
    alone = Owner(gone.host, gone.pid, gone.started, 0, mine.pid, mine.started)
    for _ in range(MOST_CRASHES):
        assert claim(claims, alone).trial_index == 0
    assert claim(claims).trial_index == 1
    progress = claims.progress()
    assert (progress.failed, progress.running, progress.open) == (1, 1, 1)


def test_a_study_that_is_killed_as_a_whole_counts_as_nobodys_crash(url: str) -> None:
    claims = make_claims(url, count=2)
    gone = dead_owner()
    with_parent = Owner(gone.host, gone.pid, gone.started, 0, gone.pid, gone.started)
    for _ in range(MOST_CRASHES + 3):
        assert claim(claims, with_parent).trial_index == 0


def test_a_failed_seed_skips_the_candidates_open_ones(url: str) -> None:
    claims = make_claims(url, count=2, seeds=3)
    first = claim(claims)
    claims.finish(first, "{}", failed=True, seconds=1.0)
    left = [claim(claims) for _ in range(3)]
    assert [(c.trial_index, c.seed) for c in left] == [(1, 0), (1, 1), (1, 2)]


def test_time_is_counted_once_however_many_count_it(url: str) -> None:
    claims = make_claims(url)
    claims.tick()
    began, start = time.time(), claims.progress().seconds
    with ThreadPoolExecutor(4) as pool:
        for _ in range(10):
            list(pool.map(lambda _: claims.tick(), range(4)))
            time.sleep(0.02)
    claims.tick()
    assert claims.progress().seconds - start == pytest.approx(time.time() - began, abs=0.1)


def test_a_pause_is_not_counted(url: str) -> None:
    claims = make_claims(url)
    long_ago = moment(claims) - 3600
    with claims.engine.begin() as connection:
        connection.execute(update(studies_table).values(ticked=long_ago, seconds=5.0))
    claims.tick()
    assert claims.progress().seconds == 5.0


@pytest.mark.parametrize("jump", [86_400.0, -86_400.0], ids=["forward", "back"])
def test_a_clock_that_is_set_ends_no_claim_and_stops_no_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    claims = make_claims(f"sqlite:///{tmp_path / 'set.db'}", count=1)
    first = claim(claims, elsewhere())
    claims.tick()
    before, time_of_day = claims.progress().seconds, time.time
    monkeypatch.setattr(time, "time", lambda: time_of_day() + jump)
    time.sleep(0.2)
    claims.tick()
    assert 0.2 <= claims.progress().seconds - before < 5
    assert claims.claim(Owner.this_process()) is None
    assert claims.heartbeat(first)


def test_times_of_before_the_machine_started_anew_hold_nothing_up(url: str) -> None:
    """They lie ahead of its clock, as those of a server whose clock was set back."""
    claims = make_claims(url, count=1, heartbeat_timeout=0.3)
    claim(claims, elsewhere())
    ahead = moment(claims) + 1e6
    with claims.engine.begin() as connection:
        connection.execute(update(claims_table).values(heartbeat=ahead))
        connection.execute(update(studies_table).values(ticked=ahead, seconds=5.0))
    claims.tick()
    assert claims.claim(Owner.this_process()) is None, "whether it lives isn't known yet"
    time.sleep(0.4)
    claims.tick()
    assert 5.4 <= claims.progress().seconds < 10
    assert claim(claims).tries == 2


def _claim_all(url: str, results: str, gate: str) -> None:
    claims = Claims(open_engine(url), 1)
    owner = Owner.this_process()
    while not Path(gate).exists():
        time.sleep(0.001)
    taken = []
    while (found := claims.claim(owner)) is not None:
        taken.append(f"{found.trial_index} {found.seed}\n")
        claims.finish(found, "{}", failed=False, seconds=0.0)
    with Path(results).open("a") as file:
        file.write("".join(taken))


@pytest.mark.parametrize(
    "processes", [4, pytest.param(32, marks=pytest.mark.full)], ids=["four", "thirty-two"]
)
def test_processes_that_claim_at_once_get_each_row_once(
    tmp_path: Path, url: str, processes: int
) -> None:
    count, seeds = 10 * processes, 2
    make_claims(url, count=count, seeds=seeds)
    results, gate = tmp_path / "claimed", tmp_path / "go"
    context = multiprocessing.get_context("spawn")
    pool = [
        context.Process(target=_claim_all, args=(url, str(results), str(gate)))
        for _ in range(processes)
    ]
    for process in pool:
        process.start()
    time.sleep(2)
    gate.touch()
    for process in pool:
        process.join(120)
        assert process.exitcode == 0
    got = Counter(results.read_text().splitlines())
    assert len(got) == count * seeds
    assert set(got.values()) == {1}
