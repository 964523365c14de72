"""A study whose database someone else wrote into: every attribute that Optuna reads is a pickle.

As a program: runs half a study, poisons its database, goes on; nothing may unpickle.
"""

from __future__ import annotations

import json
import pickle
import sqlite3
import sys
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

if TYPE_CHECKING:
    from archsearch.config import StudyFile
    from archsearch.records import StudyRecord
    from archsearch.study.store.opened import OpenStudy
    from archsearch.study.workers.process import WorkerPlan

KEYS = (
    "cma:optimizer:0", "cmawm:optimizer:0", "sepcma:optimizer:0", "cma:generation", "x_for_tell",
    "tpe:relative_params:0", "gp:relative_params:0", "NSGAIISampler:generation",
    "NSGAIISampler:parent:0", "NSGAIISampler:parent:1", "constraints", "constraints:0",
    "completed_rung_0", "fixed_params", "grid_id", "search_space", "intersection_search_space",
)  # fmt: skip
"""What Optuna's samplers and pruners read; those that a study has by itself come on top."""

SPACE = """
  first.conv.channels: {int: [2, 40]}
  last.conv.channels: {int: [1, 16]}
"""


class Payload:
    """Makes a file when it is unpickled, and nothing else."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.marker), "w")


def poison(database: Path, marker: Path, *, only: str = "%") -> None:
    """Make every system attribute of studies and trials a pickle, in hexadecimal digits.

    Args:
        database: SQLite's file.
        marker: the file that unpickling makes.
        only: keys that are poisoned, as SQL's LIKE takes them.
    """
    pickled = json.dumps(pickle.dumps(Payload(marker)).hex())
    with closing(sqlite3.connect(database)) as opened, opened:
        for table, owner, owners in (
            # Not the ones to come: a pruner leaves a trial alone that was judged before.
            ("trial_system_attributes", "trial_id", "trials where state <> 'WAITING'"),
            ("study_system_attributes", "study_id", "studies"),
        ):
            for key in KEYS:
                opened.execute(
                    f"insert or ignore into {table} ({owner}, key, value_json)"  # noqa: S608
                    f" select {owner}, ?, '0' from {owners}",
                    (key,),
                )
            opened.execute(
                f"update {table} set value_json = ? where key like ?",  # noqa: S608
                (pickled, only),
            )


def forbid_pickles() -> None:
    """Make every way of loading a pickle raise, before anything imports one."""
    import _pickle

    def refuse(*_: object, **__: object) -> object:
        raise SystemError("something was unpickled")

    for module in (pickle, _pickle):
        for name in ("load", "loads", "Unpickler"):
            setattr(module, name, refuse)
    import torch

    torch.load = refuse


def trained(study: StudyFile, url: str, log: Path, *, most: int = 1000) -> StudyRecord:
    """Train up to ``most`` candidates of the study in this process, as a worker does."""
    import toys

    import archsearch.study.run as study_run
    from archsearch.study.store.owner import Owner
    from archsearch.study.workers.worker import Worker, WorkerOptions

    left = most + 1  # the setup is claimed first

    def stopping() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    def work(opened: OpenStudy, plan: WorkerPlan, *_: object) -> None:
        how = WorkerOptions()
        Worker(opened, plan.trainer, Owner.this_process(), lambda _: None, stopping, how).work()

    no_starter = patch.object(study_run, "_starter", lambda *_: nullcontext())
    with no_starter, patch.object(study_run, "_work", work):
        return study_run.run_study(study, url, trainer=toys.ToyTrainer(log))


def half_then_poisoned(place: Path, method: str, prune: str) -> str:
    """Train eleven candidates, more than samplers draw at random; poison; train on."""
    import toys

    from archsearch.errors import ArchsearchError
    from archsearch.records import trial_counts

    place.mkdir()
    study = toys.write_study(
        place, method=method, trials=13, space=SPACE, more=f"prune: {prune}"
    )  # fmt: skip
    url = f"sqlite:///{place / 'studies.db'}"
    trained(study, url, place / "log", most=11)
    poison(place / "studies.db", place / "UNPICKLED")
    try:
        counts = trial_counts(trained(study, url, place / "log"))
    except ArchsearchError as error:
        return "told: " + str(error).splitlines()[0]
    return f"went on: {counts['complete'] + counts['pruned']} ended"


def main(folder: str, *cases: str) -> None:
    """Do so for every METHOD:PRUNE, and print a line each."""
    forbid_pickles()
    sys.path.insert(0, str(Path(__file__).parent))
    for case in cases:
        method, prune = case.split(":")
        print(case, half_then_poisoned(Path(folder) / f"{method}-{prune}", method, prune))


if __name__ == "__main__":
    main(*sys.argv[1:])
