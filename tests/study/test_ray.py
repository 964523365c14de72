"""A real Ray cluster of two nodes on this machine, one of which is lost on the way."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from postgres import Server
from real import REPO, check_exact, write_real

from archsearch.study import RayOptions, RunOptions, StudyEvent, run_study

ray = pytest.importorskip("ray", reason="Ray isn't installed: pip install 'archsearch[ray]'")

pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own, about its future defaults


@pytest.fixture
def cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Any]:
    """A head with room for one worker; a parameter is Ray's own setting of calls that fail."""
    from ray.cluster_utils import Cluster

    if hasattr(request, "param"):
        monkeypatch.setenv("RAY_testing_rpc_failure", json.dumps(request.param))
        monkeypatch.setenv("RAY_testing_rpc_failure_avoid_intra_node_failures", "false")
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", f"{REPO}{os.pathsep}{Path(__file__).parent}")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_worker_niceness", "0")  # else other tests leave workers no time
    started = Cluster()
    add_node(started, include_dashboard=False)
    monkeypatch.delenv("RAY_testing_rpc_failure", raising=False)  # this process calls unharmed
    yield started
    ray.shutdown()
    started.shutdown()


def add_node(cluster: Any, **options: object) -> Any:
    """A node for one worker; Ray gives it half a minute to start, too little on a busy machine."""
    for again in (True, True, False):
        try:
            return cluster.add_node(num_cpus=1, object_store_memory=80 << 20, **options)
        except Exception as error:  # Ray raises no kind of its own here
            if not again or "timed out during startup" not in str(error):
                raise
    raise AssertionError


@pytest.mark.full
def test_a_lost_node_is_survived(tmp_path: Path, postgres: Server, cluster: Any) -> None:
    url = postgres.url()
    study = write_real(tmp_path, trials=12, epochs=320)
    lost = add_node(cluster)
    cluster.wait_for_nodes()
    events: list[StudyEvent] = []
    removed = threading.Event()

    def hear(event: StudyEvent) -> None:
        events.append(event)
        both = {e.worker for e in events if e.kind == "epoch"} == {0, 1}
        if both and not removed.is_set():
            removed.set()
            cluster.remove_node(lost, allow_graceful=False)
            add_node(cluster)

    options = RunOptions(
        workers=2,
        engine="ray",
        ray=RayOptions(cluster.address, cpus=1),
        heartbeat_seconds=0.5,
        heartbeat_timeout=5.0,
    )
    began = time.monotonic()
    run_study(study, url, options=options, on_event=hear)
    assert removed.is_set(), "both nodes trained"
    assert time.monotonic() - began < 200
    check_exact(url, 12)
    kinds = Counter(event.kind for event in events)
    assert (kinds["trained"], kinds["retry"]) == (12, 1)
    assert kinds["failed"] == kinds["surplus"] == 0
    (loss,) = [place for place, event in enumerate(events) if event.kind == "retry"]
    after = {event.worker for event in events[loss:] if event.kind == "started"}
    assert events[loss].worker in after, "its worker was placed anew"


BROKEN_CALLS = {
    "CoreWorkerService.grpc_client.PushTask": {
        "num_failures": 12,
        "req_failure_prob": 30,
        "resp_failure_prob": 30,
    }
}
"""A worker's calls fail at first, on the way to the mailbox or on the way back."""


@pytest.mark.parametrize("cluster", [BROKEN_CALLS], indirect=True)
def test_a_mailbox_out_of_reach_for_a_moment_stops_nobody_and_counts_nothing_twice(
    tmp_path: Path, postgres: Server, cluster: Any
) -> None:
    url = postgres.url()
    study = write_real(tmp_path, trials=4, epochs=2)
    events: list[StudyEvent] = []
    options = RunOptions(
        workers=1,
        engine="ray",
        ray=RayOptions(cluster.address, cpus=1),
        heartbeat_seconds=0.5,
        heartbeat_timeout=5.0,
    )
    run_study(study, url, options=options, on_event=events.append)
    check_exact(url, 4, tries={1})
    kinds = Counter(event.kind for event in events)
    assert (kinds["started"], kinds["trained"], kinds["retry"]) == (4, 4, 0)
    assert kinds["epoch"] == 8, "whatever Ray drops comes again, and nothing twice"


def test_a_cluster_that_is_not_there_is_told(tmp_path: Path, postgres: Server) -> None:
    from archsearch.errors import InputError

    study = write_real(tmp_path, trials=1)
    options = RunOptions(engine="ray", ray=RayOptions("127.0.0.1:1"))
    with pytest.raises(InputError, match=r"no Ray cluster at 127\.0\.0\.1:1"):
        run_study(study, postgres.url(), options=options)
