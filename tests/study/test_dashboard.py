"""optuna-dashboard on a study's storage, started by the command that archsearch prints."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from postgres import PASSWORD
from real import REPO
from toys import ToyTrainer, write_study

from archsearch.cli.study_text import dashboard_lines
from archsearch.records import load_study, trial_counts
from archsearch.study import RunOptions, run_study

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no groups of processes"
)

pytest.importorskip("optuna_dashboard", reason="pip install 'archsearch[dev]' brings it")

WIDE = """
  first.conv.channels: {int: [1, 64]}
  last.conv.channels: {int: [1, 256], log: true}
"""


@contextmanager
def served(command: str, folder: Path) -> Iterator[str]:
    """The address of a dashboard started by ``command`` in a shell, as a person starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with subprocess.Popen(
        ["bash", "-c", f"{command} --port {port}"],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(REPO)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as dashboard:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(dashboard.pid, signal.SIGKILL)


def fetched(address: str, seconds: float = 60) -> dict[str, object]:
    end = time.monotonic() + seconds
    while True:
        try:
            with urlopen(address, timeout=30) as answer:  # noqa: S310  a server of this test
                return json.load(answer)  # type: ignore[no-any-return]
        except (URLError, ConnectionError):
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize(
    "objectives", [pytest.param("[val.mse]", marks=pytest.mark.full), "[val.mse, latent.size]"]
)
def test_the_dashboard_serves_a_study(
    tmp_path: Path, either_url: str, log: Path, objectives: str
) -> None:
    study = write_study(
        tmp_path, method="nsga2", space=WIDE, constraints="[latent.size <= 256]", trials=6, seeds=2,
        more=f"objectives: {objectives}",
    )  # fmt: skip
    options = RunOptions(artifacts=tmp_path / "pictures")
    record = run_study(study, either_url, options=options, trainer=ToyTrainer(log, broken="raise"))
    counts = trial_counts(load_study(either_url, "toys"))
    line = dashboard_lines(record, either_url)[-1].strip()
    assert "s3cret" not in line
    if "postgresql" in either_url:
        assert shlex.split(line)[0] == "PGPASSWORD=..."
        line = line.replace("...", shlex.quote(PASSWORD))
    with served(line, tmp_path) as address:
        (known,) = fetched(f"{address}/api/studies")["study_summaries"]  # type: ignore[misc]
        assert known["study_name"] == "toys"
        assert len(known["directions"]) == objectives.count(",") + 1
        found = fetched(f"{address}/api/studies/{known['study_id']}")
    trials = found["trials"]
    assert isinstance(trials, list)
    infeasible = [t for t in trials if {"key": "infeasible", "value": "True"} in t["user_attrs"]]
    states = Counter(t["state"] for t in trials if t not in infeasible)
    assert len(infeasible) == counts["infeasible"] > 0
    assert states["Complete"] == counts["complete"]
    assert states["Fail"] == counts["failed"]
    assert sum(states.values()) == 6
    assert found["objective_names"] == objectives.strip("[]").split(", ")
    attributes = {one["key"] for one in found["union_user_attrs"] if one["sortable"]}
    assert {"latent_size", "bottleneck_size", "params", "macs", "val_mse", "test_mse"} <= attributes
    by_number = {trial.number: trial for trial in record.trials}
    for told in trials:
        if told["state"] == "Complete" and told not in infeasible:
            assert told["values"][0] == pytest.approx(by_number[told["number"]].value)
