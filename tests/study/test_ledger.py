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

from archsearch.study.store.claims import MOST_DEATHS, Claim, Ledger, claim_rows
from archsearch.study.store.owner import Owner, process_start
from archsearch.study.store.schema import claims, slots, studies
from archsearch.study.store.storage import open_engine


@pytest.fixture
def url(either_url: str) -> str:
    """Every claim here is tested on both kinds of database."""
    return either_url


def make_ledger(
    url: str, *, count: int = 3, seeds: int = 1, designed: bool = True, grace: float = 120.0
) -> Ledger:
    """A study of ``count`` slots whose setup is done."""
    ledger = Ledger(open_engine(url), 1, grace=grace)
    with ledger.engine.begin() as connection:
        connection.execute(
            insert(studies),
            [{"study_id": 1, "slots": count, "seeds": seeds, "space_hash": "", "settings": "{}"}],
        )
        candidate = "{}" if designed else None
        connection.execute(
            insert(slots),
            [{"study_id": 1, "slot": s, "candidate": candidate} for s in range(count)],
        )
        connection.execute(insert(claims), claim_rows(1, count, seeds, designed=designed))
    setup = ledger.claim(Owner.this_process())
    assert setup is not None
    assert setup.is_setup
    ledger.finish(setup, "", failed=False, seconds=0.0)
    return ledger


def dead_owner() -> Owner:
    """A process of this host that has ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        started = process_start(process.pid)
        assert started is not None
    return Owner(Owner.this_process().host, process.pid, started, 0)


def elsewhere() -> Owner:
    """A process that can't be seen from here."""
    return Owner("another-host", 1, "unknown", 0)


def claim(ledger: Ledger, owner: Owner | None = None) -> Claim:
    taken = ledger.claim(owner or Owner.this_process())
    assert taken is not None
    return taken


def test_designs_go_seed_major_and_adaptive_methods_slot_major(tmp_path: Path) -> None:
    designed = make_ledger(f"sqlite:///{tmp_path / 'a.db'}", count=2, seeds=2)
    order = [claim(designed) for _ in range(4)]
    assert [(c.slot, c.seed) for c in order] == [(0, 0), (1, 0), (0, 1), (1, 1)]
    adaptive = make_ledger(f"sqlite:///{tmp_path / 'b.db'}", count=2, seeds=2, designed=False)
    first = claim(adaptive)
    assert (first.slot, first.seed) == (0, 0)
    second = claim(adaptive)
    assert (second.slot, second.seed) == (1, 0), "slot 0 has no candidate yet"
    with adaptive.engine.begin() as connection:
        connection.execute(update(slots).where(slots.c.slot == 0).values(candidate="{}"))
    third = claim(adaptive)
    assert (third.slot, third.seed) == (0, 1)
    assert adaptive.claim(Owner.this_process()) is None


def test_nothing_is_claimed_before_the_setup_is_done(url: str) -> None:
    ledger = make_ledger(url)
    with ledger.engine.begin() as connection:
        connection.execute(update(claims).where(claims.c.slot == -1).values(state="open"))
    setup = claim(ledger)
    assert setup.is_setup
    assert ledger.claim(Owner.this_process()) is None
    ledger.finish(setup, "", failed=False, seconds=0.0)
    assert claim(ledger).slot == 0


def test_a_claim_writes_the_first_heartbeat(url: str) -> None:
    ledger = make_ledger(url)
    before = time.time()
    taken = claim(ledger)
    with ledger.engine.begin() as connection:
        row = connection.execute(select(claims).where(claims.c.slot == taken.slot)).one()
    assert before <= row.heartbeat <= time.time()
    assert (row.pid, row.attempt) == (Owner.this_process().pid, taken.attempt)


def test_a_dead_process_of_this_host_is_noticed_at_once(url: str) -> None:
    ledger = make_ledger(url, count=1)
    first = claim(ledger, dead_owner())
    assert ledger.live_slots() == set()
    again = claim(ledger)
    assert (again.slot, again.tries) == (first.slot, 2)


def test_a_pid_in_use_again_is_not_taken_for_its_first_owner(url: str) -> None:
    ledger = make_ledger(url, count=1)
    mine = Owner.this_process()
    claim(ledger, Owner(mine.host, mine.pid, "another start", 0))
    assert claim(ledger).tries == 2


def test_a_living_process_keeps_its_claim(url: str) -> None:
    ledger = make_ledger(url, count=1)
    claim(ledger)
    assert ledger.claim(Owner.this_process(1)) is None
    assert ledger.live_slots() == {0}


def test_a_process_elsewhere_is_given_up_after_the_grace_time_only(url: str) -> None:
    ledger = make_ledger(url, count=1, grace=1.0)
    first = claim(ledger, elsewhere())
    assert ledger.claim(Owner.this_process()) is None
    time.sleep(0.6)
    assert ledger.beat(first)
    time.sleep(0.6)
    assert ledger.claim(Owner.this_process()) is None, "it has just beaten"
    time.sleep(0.6)
    assert claim(ledger).tries == 2


def test_time_that_the_server_was_down_counts_against_nobody(postgres: Server) -> None:
    """The last sign of life is long ago, and no other could be given since."""
    ledger = make_ledger(postgres.url(), count=1, grace=30.0)
    first = claim(ledger, elsewhere())
    with ledger.engine.begin() as connection:
        connection.execute(update(claims).values(heartbeat=claims.c.heartbeat - 60))
    postgres.stop()
    postgres.start()
    assert ledger.claim(Owner.this_process()) is None
    assert ledger.beat(first)


def test_only_the_attempt_that_holds_the_claim_can_end_it(url: str) -> None:
    """A worker stopped past the grace time, and going on: its result is surplus."""
    ledger = make_ledger(url, count=1, grace=0.05)
    slow = claim(ledger, elsewhere())
    time.sleep(0.1)
    quick = claim(ledger)
    assert not ledger.beat(slow)
    assert not ledger.release(slow)
    assert not ledger.finish(slow, '"slow"', failed=False, seconds=1.0)
    assert ledger.finish(quick, '"quick"', failed=False, seconds=1.0)
    assert not ledger.finish(quick, '"twice"', failed=False, seconds=1.0)
    with ledger.engine.begin() as connection:
        row = connection.execute(select(claims).where(claims.c.slot == 0)).one()
    assert (row.state, row.record) == ("complete", '"quick"')


def test_a_released_claim_is_open_and_its_try_does_not_count(url: str) -> None:
    ledger = make_ledger(url, count=1)
    assert ledger.release(claim(ledger))
    assert claim(ledger).tries == 1


def test_a_training_that_kills_its_process_again_and_again_fails(url: str) -> None:
    ledger = make_ledger(url, count=2, seeds=2)
    gone, mine = dead_owner(), Owner.this_process()
    alone = Owner(gone.host, gone.pid, gone.started, 0, mine.pid, mine.started)
    for _ in range(MOST_DEATHS):
        assert claim(ledger, alone).slot == 0
    assert claim(ledger).slot == 1
    progress = ledger.progress()
    assert (progress.failed, progress.running, progress.open) == (1, 1, 1)


def test_a_study_that_is_killed_as_a_whole_counts_as_nobodys_death(url: str) -> None:
    ledger = make_ledger(url, count=2)
    gone = dead_owner()
    with_parent = Owner(gone.host, gone.pid, gone.started, 0, gone.pid, gone.started)
    for _ in range(MOST_DEATHS + 3):
        assert claim(ledger, with_parent).slot == 0


def test_a_failed_seed_skips_the_candidates_open_ones(url: str) -> None:
    ledger = make_ledger(url, count=2, seeds=3)
    first = claim(ledger)
    ledger.finish(first, "{}", failed=True, seconds=1.0)
    left = [claim(ledger) for _ in range(3)]
    assert [(c.slot, c.seed) for c in left] == [(1, 0), (1, 1), (1, 2)]


def test_time_is_counted_once_however_many_count_it(url: str) -> None:
    ledger = make_ledger(url)
    ledger.tick()
    began, start = time.time(), ledger.progress().seconds
    with ThreadPoolExecutor(4) as pool:
        for _ in range(10):
            list(pool.map(lambda _: ledger.tick(), range(4)))
            time.sleep(0.02)
    ledger.tick()
    assert ledger.progress().seconds - start == pytest.approx(time.time() - began, abs=0.1)


def test_a_pause_is_not_counted(url: str) -> None:
    ledger = make_ledger(url)
    with ledger.engine.begin() as connection:
        connection.execute(update(studies).values(ticked=time.time() - 3600, seconds=5.0))
    ledger.tick()
    assert ledger.progress().seconds == 5.0


def _claim_all(url: str, results: str, gate: str) -> None:
    ledger = Ledger(open_engine(url), 1)
    owner = Owner.this_process()
    while not Path(gate).exists():
        time.sleep(0.001)
    taken = []
    while (found := ledger.claim(owner)) is not None:
        taken.append(f"{found.slot} {found.seed}\n")
        ledger.finish(found, "{}", failed=False, seconds=0.0)
    with Path(results).open("a") as file:
        file.write("".join(taken))


@pytest.mark.parametrize(
    "processes", [4, pytest.param(32, marks=pytest.mark.full)], ids=["four", "thirty-two"]
)
def test_processes_that_claim_at_once_get_each_row_once(
    tmp_path: Path, url: str, processes: int
) -> None:
    count, seeds = 10 * processes, 2
    make_ledger(url, count=count, seeds=seeds)
    results, gate = tmp_path / "claimed", tmp_path / "go"
    context = multiprocessing.get_context("spawn")
    crew = [
        context.Process(target=_claim_all, args=(url, str(results), str(gate)))
        for _ in range(processes)
    ]
    for process in crew:
        process.start()
    time.sleep(2)
    gate.touch()
    for process in crew:
        process.join(120)
        assert process.exitcode == 0
    got = Counter(results.read_text().splitlines())
    assert len(got) == count * seeds
    assert set(got.values()) == {1}
