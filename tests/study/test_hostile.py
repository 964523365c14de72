"""A study's database is data: nothing that is stored there is ever run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import hostile
import pytest
from real import check_exact, command, finished, write_real

REPO = Path(__file__).parents[2]

METHODS = ["tpe:none", "nsga2:none", "gp:none", "cmaes:none"]
PRUNERS = ["random:median", "random:asha", "random:hyperband"]


def program(folder: Path, cases: list[str]) -> str:
    done = subprocess.run(
        [sys.executable, hostile.__file__, str(folder), *cases],
        cwd=REPO,
        env={**os.environ, "PYTHONPATH": str(REPO), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.full
def test_no_sampler_and_no_pruner_unpickles_what_is_stored(tmp_path: Path) -> None:
    """Loading a pickle is forbidden there, whether it is the attacker's or the sampler's own."""
    lines = program(tmp_path, METHODS + PRUNERS).splitlines()
    assert [line.split()[0] for line in lines] == METHODS + PRUNERS
    assert all(" went on: 13 ended" in line or " told: method " in line for line in lines)
    assert sum("went on" in line for line in lines) >= len(PRUNERS)
    assert not list(tmp_path.rglob("UNPICKLED"))


@pytest.mark.parametrize(
    "method", ["cmaes", *(pytest.param(m, marks=pytest.mark.full) for m in ("tpe", "nsga2", "gp"))]
)
def test_a_worker_that_joins_a_hostile_database_runs_nothing_of_it(
    tmp_path: Path, method: str
) -> None:
    study, url = write_real(tmp_path, method=method, trials=13), f"sqlite:///{tmp_path}/studies.db"
    hostile.trained(study, url, tmp_path / "log", most=11)
    hostile.poison(tmp_path / "studies.db", tmp_path / "UNPICKLED")
    code, said = finished(command(tmp_path, "study", "worker", "real", "--storage", url))
    assert not (tmp_path / "UNPICKLED").exists()
    if method == "cmaes":
        assert code == 0, said
        check_exact(url, 13)
    else:
        assert code == 2
        assert f"method {method} can't continue from the trials of 'real'" in said
