"""Many workers on one SQLite file: exact totals, every (trial, seed) trained once, no error."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections import Counter
from pathlib import Path

import optuna
import pytest
from test_killed import check_whole, running
from toys import ToyTrainer, logged, write_study

from archsearch.config import load_study as load_file
from archsearch.records import trial_counts
from archsearch.records.layout import read_trial_index
from archsearch.study import RunOptions, StudyEvent, run_study
from archsearch.study.search import setup
from archsearch.study.search.proposals import propose
from archsearch.study.search.setup import enqueue_design, open_study
from archsearch.study.store.held import Claim
from archsearch.study.store.opened import OpenStudy
from archsearch.study.store.owner import Owner
from archsearch.study.store.storage import open_engine, open_storage

SPACE = """
  first.conv.channels: {int: [1, 200]}
  last.conv.channels: {int: [1, 200]}
"""


@pytest.mark.parametrize("method", ["random", "tpe"])
@pytest.mark.parametrize(
    ("workers", "trials"),
    [(3, 12), *(pytest.param(*size, marks=pytest.mark.full) for size in ((8, 60), (32, 640)))],
)
def test_totals_are_exact(
    tmp_path: Path, url: str, log: Path, method: str, workers: int, trials: int
) -> None:
    if workers == 32 and method == "tpe":
        pytest.skip("640 trials of TPE take its own time, not the claims'")
    events: list[StudyEvent] = []
    record = run_study(
        write_study(tmp_path, space=SPACE, method=method, trials=trials, seeds=2),
        url,
        options=RunOptions(workers=workers),
        trainer=ToyTrainer(log),
        on_event=events.append,
    )
    kinds = Counter(event.kind for event in events)
    copies = sum(trial.duplicate_of is not None for trial in record.trials)
    assert trial_counts(record)["complete"] == trials
    assert kinds["trained"] == len(logged(log, "start")) == (trials - copies) * 2
    assert set(Counter(logged(log, "start")).values()) == {1}
    assert kinds["surplus"] == kinds["retry"] == kinds["failed"] == 0
    numbers = [trial.number for trial in record.trials]
    assert len(set(numbers)) == len(numbers)


def test_two_commands_at_once_share_the_study(tmp_path: Path, url: str, log: Path) -> None:
    """Both find an empty storage; the design is written once."""
    write_study(tmp_path, space=SPACE, trials=10, seeds=2)
    with running(tmp_path, url, workers=1) as one, running(tmp_path, url, workers=1) as other:
        told = [process.communicate(timeout=60)[1] for process in (one, other)]
        assert (one.returncode, other.returncode) == (0, 0), told
    check_whole(url, log, 20)
    assert set(Counter(logged(log, "start")).values()) == {1}


def opened(folder: Path, url: str) -> OpenStudy:
    file = load_file(folder / "study.yaml")
    return open_study(file.settings, file.model, url, lambda event: None)


def test_a_design_is_written_once_however_many_open_it(tmp_path: Path, url: str) -> None:
    write_study(tmp_path, space=SPACE, trials=10)
    first = opened(tmp_path, url)
    rows: list[object] = []
    pool = [
        threading.Thread(target=lambda: rows.append(opened(tmp_path, url).planned_trials()))
        for _ in range(4)
    ]
    for thread in pool:
        thread.start()
    for thread in pool:
        thread.join()
    assert rows == [first.planned_trials()] * 4


def test_a_half_made_proposal_is_taken_over(tmp_path: Path, url: str) -> None:
    """Its process died between asking Optuna and writing the candidate down."""
    write_study(tmp_path, space=SPACE, method="tpe", trials=2)
    study = opened(tmp_path, url)
    setup = study.claims.claim(Owner.this_process())
    assert setup is not None
    study.claims.finish(setup, "", failed=False, seconds=0.0)
    left = optuna.create_trial(state=optuna.trial.TrialState.RUNNING, user_attrs={"slot": 0})
    trial_id = study.storage.create_new_trial(study.study_id, template_trial=left)
    claimed = study.claims.claim(Owner.this_process())
    assert claimed is not None
    row = propose(
        study, Claim(claimed.trial_index, claimed.seed, claimed.attempt, tries=2), lambda e: None
    )
    assert row is not None
    assert row.trial_id == trial_id
    assert len(optuna.load_study(study_name="toys", storage=open_storage(url)).trials) == 1


def test_a_proposal_of_an_attempt_that_lost_its_claim_is_not_taken(
    tmp_path: Path, url: str
) -> None:
    write_study(tmp_path, space=SPACE, method="tpe", trials=2)
    study = opened(tmp_path, url)
    setup = study.claims.claim(Owner.this_process())
    assert setup is not None
    study.claims.finish(setup, "", failed=False, seconds=0.0)
    claimed = study.claims.claim(Owner.this_process())
    assert claimed is not None
    stale = Claim(claimed.trial_index, claimed.seed, "another attempt", tries=1)
    assert propose(study, stale, lambda event: None) is None
    assert study.planned_trials(only=0)[0].values is None


def _open(url: str, gate: str, told: str) -> None:
    while not Path(gate).exists():
        time.sleep(0.001)
    open_engine(url)
    open_storage(url)
    with Path(told).open("a") as file:
        file.write("opened\n")


def test_processes_that_find_an_empty_database_at_once_all_open_it(
    tmp_path: Path, url: str
) -> None:
    gate, told = tmp_path / "go", tmp_path / "told"
    context = multiprocessing.get_context("spawn")
    pool = [context.Process(target=_open, args=(url, str(gate), str(told))) for _ in range(4)]
    for process in pool:
        process.start()
    time.sleep(3)
    gate.touch()
    for process in pool:
        process.join(60)
    assert told.read_text().splitlines() == ["opened"] * 4


class _DiedError(Exception):
    """What ends the writing of trials in the middle."""


def test_trials_of_a_process_that_died_while_it_wrote_them_are_found_again(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_study(tmp_path, space=SPACE, trials=12)
    study = opened(tmp_path, url)
    create, written = study.storage.create_new_trial, 7

    def dies(study_id: int, template_trial: optuna.trial.FrozenTrial) -> int:
        if len(study.storage.get_all_trials(study_id)) == written:
            raise _DiedError
        return create(study_id, template_trial)

    with monkeypatch.context() as patch:
        patch.setattr(study.storage, "create_new_trial", dies)
        with pytest.raises(_DiedError):
            enqueue_design(study, lambda event: None)
    for _ in range(2):
        enqueue_design(opened(tmp_path, url), lambda event: None)
    trials = optuna.load_study(study_name="toys", storage=open_storage(url)).trials
    planned = opened(tmp_path, url).planned_trials()
    assert [row.trial_id for row in planned] == [trial._trial_id for trial in trials]
    assert [read_trial_index(trial.user_attrs) for trial in trials] == list(range(12))


def test_many_trials_are_told_of_while_they_are_written(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "_MANY", 12)
    told: list[str] = []
    write_study(tmp_path, space=SPACE, trials=12)
    for _ in range(2):
        enqueue_design(opened(tmp_path, url), lambda event: told.append(event.text))
    assert told == ["writing 12 trials to the storage"]


def test_who_has_lost_the_setup_writes_no_more_trials(tmp_path: Path, url: str) -> None:
    """A process that was stopped for long and goes on: another has begun anew."""
    write_study(tmp_path, space=SPACE, trials=12)
    study = opened(tmp_path, url)
    enqueue_design(
        study,
        lambda event: None,
        lambda: len(study.storage.get_all_trials(study.study_id)) == 5,
    )
    assert len(optuna.load_study(study_name="toys", storage=open_storage(url)).trials) == 5
    assert all(row.trial_id is None for row in opened(tmp_path, url).planned_trials())
