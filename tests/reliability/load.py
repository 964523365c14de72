"""Many trials, many processes: exact counts, and what grows with them."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tests.reliability.campaign import Campaign, Outcome
from tests.reliability.commands import faults, run
from tests.reliability.place import STORAGE, STUDY, new_place, said

LONGEST = 3_500.0
SIZES = ((200, 4), (100, 16), (100, 32), (10_000, 8))
"""Trials and workers of each case."""


def many(seed: int) -> Outcome:
    """A study of one-step trainings."""
    trials, workers = SIZES[seed % len(SIZES)]
    with new_place() as folder:
        study = STUDY.replace("trials: 4", f"trials: {trials}").replace("epochs: 2", "epochs: 1")
        study = study.replace("batch_size: 8", "batch_size: 64")
        study = study.replace("{width: {int: [1, 6]}}", "{train.lr: {float: [1.0e-4, 1.0e-2]}}")
        (folder / "study.yaml").write_text(study)
        words = ("study", "run", "study.yaml", STORAGE, f"--workers={workers}")
        began = time.monotonic()
        ended = run(words, folder, seconds=LONGEST)
        each = (time.monotonic() - began) / trials
        found = faults(ended, {0}) + _wrong(folder, trials)
        size = sum(p.stat().st_size for p in (folder / "kept").rglob("*") if p.is_file()) / trials
    case = f"{trials:,} trainings of one step, {workers} workers, SQLite"
    how = f"{said(ended)}, {each:.2f} s and {size / 1000:.0f} kB a training"
    return Outcome(case, f"{case}: {how}", tuple(found))


def _wrong(folder: Path, trials: int) -> list[str]:
    """Counts that aren't exact."""
    with closing(sqlite3.connect(folder / "kept/small.db")) as opened:
        states = dict(
            opened.execute(
                "select state, count(*) from archsearch_claims where slot >= 0 group by state"
            )
        )
        optuna = dict(opened.execute("select state, count(*) from trials group by state"))
    found = [] if states == {"complete": trials} else [f"claims: {states}"]
    return found + ([] if optuna == {"COMPLETE": trials} else [f"trials: {optuna}"])


LOAD = Campaign(
    "load",
    "studies of one-step trainings on SQLite: " + ", ".join(f"{t:,} over {w}" for t, w in SIZES),
    "Each training is done once and all are complete. `tests/study` has more of this, with "
    "PostgreSQL, restarts of the server and a lost Ray node.",
    wanted=len(SIZES),
    few=(),
    try_one=many,
)
