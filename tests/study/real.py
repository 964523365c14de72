"""Real trainings of tiny nets, through the command line or in this process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import optuna
from PIL import Image
from sqlalchemy import select
from toys import SPEC

from archsearch.config import StudyFile, load_study
from archsearch.records import load_study as stored
from archsearch.records import trial_counts
from archsearch.study.store.schema import claims_table
from archsearch.study.store.storage import open_engine, open_storage

REPO = Path(__file__).parents[2]

STUDY = """
name: real
model: toy.yaml
data: {{source: "folder:pictures"}}
train: {{epochs: {epochs}, batch_size: 16, initialization: torch, clip_norm: none}}
space:
{space}
search: {{method: {method}, trials: {trials}, seeds: {seeds}}}
"""

SPACE = """
  first.conv.channels: {int: [1, 40]}
  last.conv.channels: {int: [1, 40]}
"""


def write_real(
    folder: Path,
    *,
    trials: int = 6,
    seeds: int = 1,
    epochs: int = 1,
    space: str = SPACE,
    method: str = "random",
    spec: str = SPEC,
) -> StudyFile:
    """A study of tiny nets on eighty small pictures of smooth color."""
    pictures = folder / "pictures"
    if not pictures.exists():
        pictures.mkdir()
        rng = np.random.default_rng(0)
        for index in range(80):
            coarse = rng.integers(0, 255, (2, 2, 3), dtype=np.uint8)
            picture = Image.fromarray(coarse).resize((8, 8), Image.Resampling.BILINEAR)
            picture.save(pictures / f"{index}.png")
    (folder / "toy.yaml").write_text(spec)
    text = STUDY.format(epochs=epochs, space=space, method=method, trials=trials, seeds=seeds)
    (folder / "study.yaml").write_text(text)
    return load_study(folder / "study.yaml")


def environment(folder: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(REPO),
        "ARCHSEARCH_CACHE": str(folder / "cache"),
        "OMP_NUM_THREADS": "1",
        **(more or {}),
    }


def command(
    folder: Path, *words: str, env: Mapping[str, str] | None = None, before: str = ""
) -> subprocess.Popen[str]:
    """``archsearch WORDS`` as a process of its own; ``before`` is Python run first."""
    program = f"{before}\nfrom archsearch.cli import main\nmain()"
    return subprocess.Popen(
        [sys.executable, "-c", program, *words],
        cwd=folder,
        env=environment(folder, env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str], seconds: float = 240) -> tuple[int, str]:
    """The exit code and everything it said."""
    out, err = process.communicate(timeout=seconds)
    return process.returncode, out + err


def check_exact(url: str, trials: int, *, seeds: int = 1, tries: set[int] | None = None) -> None:
    """Every trial done once, unique numbers, and the claims, Optuna and the records agree."""
    record = stored(url, "real")
    assert trial_counts(record)["complete"] == len(record.trials) == record.planned == trials
    with open_engine(url).begin() as connection:
        rows = connection.execute(select(claims_table).where(claims_table.c.trial_index >= 0)).all()
    assert Counter(row.state for row in rows) == {"complete": trials * seeds}
    assert len({row.attempt for row in rows}) == trials * seeds
    assert tries is None or {row.tries for row in rows} == tries
    seen = optuna.load_study(study_name="real", storage=open_storage(url)).trials
    assert sorted(trial.number for trial in seen) == list(range(trials))
    assert {trial.state.name for trial in seen} == {"COMPLETE"}
    assert sorted(trial.user_attrs["slot"] for trial in seen) == list(range(trials))
