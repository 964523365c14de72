"""A kill at any file operation leaves a run that goes on, or one that is whole."""

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

PLACES = {"nothing": 66, "model.safetensors": 26, "history.csv": 26, "curves.png": 17}
"""How many file operations there are, by what a finished run lost before."""


def killed(
    made, tmp_path: Path, places: list[str], engine: str = "native"
) -> list[dict[str, object]]:
    tmp_path.mkdir(exist_ok=True)
    spec = tmp_path / "model.yaml"
    spec.write_text(made.NORMED)
    script, root = Path(__file__).parent / "killed.py", Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, str(script), str(spec), str(tmp_path), engine, *places],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(root)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(found: list[dict[str, object]]) -> None:
    for line in found:
        said, harm = str(line["said"]), str(line["harm"])
        assert line["killed"], line
        assert line["same"], line
        known = said == "whole" or "no finished run in" in said
        still_lost = re.search(f"/{re.escape(harm)} (is missing|was changed or damaged)", said)
        assert known or (still_lost and "archsearch train" in said), line


def test_a_kill_at_some_file_operations(made, tmp_path: Path) -> None:
    """Near the end of a first training, and near the end of making its history again."""
    chosen = random.Random(16)  # noqa: S311 - a campaign that can be repeated
    places = [f"nothing:{place}" for place in chosen.sample(range(30, 66), 4)]
    places += [f"history.csv:{place}" for place in chosen.sample(range(13, 27), 3)]
    check(killed(made, tmp_path / "native", places))
    check(killed(made, tmp_path / "torch", places[2:6], "torch"))


@pytest.mark.full
@pytest.mark.parametrize("engine", ["native", "torch"])
@pytest.mark.parametrize("harm", PLACES)
def test_a_kill_at_every_file_operation(made, tmp_path: Path, harm: str, engine: str) -> None:
    (unbroken,) = killed(made, tmp_path / "count", [f"{harm}:0"], engine)
    assert unbroken["count"] == PLACES[harm]
    places = [f"{harm}:{place + 1}" for place in range(PLACES[harm])]
    check(killed(made, tmp_path, places, engine))
