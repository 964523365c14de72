"""TPE on real storages: counts are exact, infeasible proposals are kept apart, seeds decide."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import optuna
import pytest
from toys import ToyTrainer, logged, write_study

from archsearch.config import ChoiceDomain, FloatDomain, IntDomain
from archsearch.errors import InputError, NothingCompletedError
from archsearch.records import StudyRecord, load_study, trial_counts
from archsearch.study import Job, RunOptions, StudyEvent, Trained, run_study
from archsearch.study.search.distributions import decode, distribution, encode
from archsearch.study.store.storage import open_storage

WIDE = """
  first.conv.channels: {int: [1, 64]}
  last.conv.channels: {int: [1, 256], log: true}
  train.lr: {float: [1.0e-4, 1.0e-1], log: true}
"""
HALF = "[latent.size <= 256]"


def run(folder: Path, url: str, log: Path, *, workers: int = 1, **study: object) -> StudyRecord:
    return run_study(
        write_study(folder, method="tpe", **study),  # type: ignore[arg-type]
        url,
        options=RunOptions(workers=workers, heartbeat_seconds=0.5),
        trainer=ToyTrainer(log),
    )


@pytest.mark.full
def test_slots_are_exact_and_infeasible_proposals_use_none_up(
    tmp_path: Path, url: str, log: Path
) -> None:
    record = run(tmp_path, url, log, workers=2, space=WIDE, constraints=HALF, trials=14, seeds=2)
    counts = trial_counts(record)
    assert counts["complete"] == 14
    assert counts["infeasible"] > 0
    assert counts["waiting"] == counts["running"] == counts["failed"] == 0
    assert set(Counter(logged(log, "start")).values()) == {1}
    assert len(logged(log, "start")) == 28
    for trial in record.trials:
        if trial.state == "infeasible":
            assert trial.reason.startswith("latent.size <= 256: ")
            assert not trial.seeds


@pytest.mark.usefixtures("inline")
def test_tpe_is_told_what_was_infeasible_and_by_how_much(
    tmp_path: Path, url: str, log: Path
) -> None:
    run(tmp_path, url, log, space=WIDE, constraints=HALF, trials=6)
    trials = optuna.load_study(study_name="toys", storage=open_storage(url)).trials
    pruned = [trial for trial in trials if trial.state.name == "PRUNED"]
    assert pruned, "TPE sees pruned trials, and no failed ones"
    assert all(trial.constraints.keys() == trials[0].constraints.keys() for trial in trials)
    for trial in trials:
        latent = trial.params["last.conv.channels"] * 16
        expected = (latent - 256) / max(latent, 256)
        assert trial.constraints["latent.size <= 256"] == pytest.approx(expected)


@pytest.mark.usefixtures("inline")
@pytest.mark.full
def test_same_seed_and_one_worker_give_the_same_trials(tmp_path: Path, log: Path) -> None:
    records = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        url = f"sqlite:///{tmp_path / name / 'studies.db'}"
        records.append(run(tmp_path / name, url, log, space=WIDE, constraints=HALF, trials=14))
    assert [t.values for t in records[0].trials] == [t.values for t in records[1].trials]
    assert [t.value for t in records[0].trials] == [t.value for t in records[1].trials]


@pytest.mark.usefixtures("inline")
def test_a_repeated_candidate_reuses_the_value(tmp_path: Path, url: str, log: Path) -> None:
    space = "  last.conv.channels: {int: [1, 3]}"
    record = run(tmp_path, url, log, space=space, trials=12, seeds=2)
    assert trial_counts(record)["complete"] == 12
    assert len(logged(log, "start")) == len({t.plan.key for t in record.trials if t.plan}) * 2 <= 6
    by_number = {trial.number: trial for trial in record.trials}
    copies = [trial for trial in record.trials if trial.duplicate_of is not None]
    assert len(copies) >= 9
    for trial in copies:
        original = by_number[trial.duplicate_of or 0]
        assert original.duplicate_of is None
        assert (trial.value, trial.seeds) == (original.value, original.seeds)


@pytest.mark.full
@pytest.mark.usefixtures("inline")
def test_a_search_that_finds_nothing_feasible_ends(tmp_path: Path, url: str, log: Path) -> None:
    with pytest.raises(NothingCompletedError, match="none of 100 proposals") as error:
        run(tmp_path, url, log, space=WIDE, constraints="[latent.size > 100_000]", trials=3)
    assert error.value.exit_code == 3
    assert logged(log, "start") == []
    assert load_study(url, "toys").note == (
        "none of 100 proposals for planned trial 0 was feasible, so the search ends"
    )


@dataclass(frozen=True)
class DyingTrainer(ToyTrainer):
    """Is killed in its first training."""

    def train(self, job: Job) -> Trained:
        if not logged(self.log, "start"):
            self._note("start", job.plan.key, job.seed)
            import os

            os.kill(os.getpid(), 9)
        return super().train(job)


def test_a_killed_attempt_leaves_no_second_trial_behind(
    tmp_path: Path, url: str, log: Path
) -> None:
    events: list[StudyEvent] = []
    run_study(
        write_study(tmp_path, method="tpe", space=WIDE, trials=3),
        url,
        options=RunOptions(heartbeat_seconds=0.5),
        trainer=DyingTrainer(log),
        on_event=events.append,
    )
    trials = optuna.load_study(study_name="toys", storage=open_storage(url)).trials
    assert [trial.state.name for trial in trials] == ["COMPLETE"] * 3
    assert [event.kind for event in events].count("retry") == 1


@pytest.mark.parametrize(
    "domain",
    [
        ChoiceDomain(choices=(3, 5)),
        ChoiceDomain(choices=(True, 1, 1.0, "1")),
        ChoiceDomain(choices=(3, (3, 5), (5, 3))),
        ChoiceDomain(choices=("same", "valid")),
    ],
)
def test_choices_come_back_as_they_were(domain: ChoiceDomain) -> None:
    stored = [encode(domain, value) for value in domain.choices]
    assert len({repr(value) for value in stored}) == len(stored)
    back = [decode(domain, value) for value in stored]
    assert [repr(value) for value in back] == [repr(value) for value in domain.choices]


def test_a_step_that_misses_high_is_told_to_optuna_without_a_warning() -> None:
    made = distribution("n", IntDomain(low=2, high=9, step=3), adaptive=True)
    assert made == optuna.distributions.IntDistribution(2, 8, step=3)
    assert decode(FloatDomain(low=0, high=1), 1) == 1.0


def test_step_and_log_together_are_refused_for_tpe() -> None:
    domain = IntDomain(low=2, high=9, step=3, log=True)
    with pytest.raises(InputError, match=r"space\.n: methods that adapt can't draw"):
        distribution("n", domain, adaptive=True)
