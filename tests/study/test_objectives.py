"""Every legal objective, its direction, and one front for Optuna, `study best` and the report."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import optuna
import pytest
from toys import ToyTrainer, result, write_study

from archsearch.config import OBJECTIVES
from archsearch.records import Scores, StudyRecord, pareto_front
from archsearch.report.trial_table import front_objectives
from archsearch.study import Job, RunOptions, Trained, run_study
from archsearch.study.store.storage import open_storage
from archsearch.study.summary import required_best, status

SPACE = """
  first.conv.channels: {int: [1, 48]}
  last.conv.channels: {int: [1, 48]}
  defaults.conv.kernel: {choice: [3, 5]}
"""
SETS = [
    ("random", ["val.psnr", "params"]),
    ("nsga2", ["latent.size", "val.ssim"]),
    ("random", list(OBJECTIVES)),
]


@dataclass(frozen=True)
class Scored(ToyTrainer):
    """Scores that don't go together: a larger latent has the better PSNR, a kernel the SSIM."""

    def train(self, job: Job) -> Trained:
        latent, kernel = job.plan.latent.size, 1 + job.plan.params % 7
        told = result(1 / latent, job.seed)
        scores = Scores(
            mse=1 / latent, psnr=10 * math.log10(latent * 3) - job.seed, ssim=kernel / 9
        )
        return Trained(told.model_copy(update={"val": scores}))


@pytest.fixture
def studied(tmp_path: Path, url: str, log: Path, inline: None):
    def run(method: str, objectives: list[str]) -> StudyRecord:
        study = write_study(
            tmp_path, space=SPACE, trials=7, seeds=2, method=method,
            constraints="[last.channels <= 32]", more=f"objectives: [{', '.join(objectives)}]",
        )  # fmt: skip
        return run_study(study, url, options=RunOptions(heartbeat_seconds=0.5), trainer=Scored(log))

    return run


@pytest.mark.parametrize(("method", "objectives"), SETS)
def test_all_fronts_are_optunas(studied, url: str, method: str, objectives: list[str]) -> None:
    """Infeasible trials stand in Optuna's storage as complete, with a constraint above 0."""
    record = studied(method, objectives)
    study = optuna.load_study(study_name="toys", storage=open_storage(url))
    assert [direction.name.lower() for direction in study.directions] == [
        OBJECTIVES[name].direction for name in objectives
    ]
    theirs = {trial.number: tuple(trial.values) for trial in study.best_trials}
    assert (method == "nsga2") == any(trial.state == "infeasible" for trial in record.trials)
    ours = {trial.number for trial in pareto_front(record)}
    assert ours <= set(theirs)
    assert {theirs[number] for number in ours} == set(theirs.values())  # equal points: the first
    assert len(ours) == len(set(theirs.values()))
    assert {point["number"] for point in status(record)["pareto"]} == ours  # type: ignore[attr-defined, index]
    assert required_best(record).number in ours
    assert front_objectives(record) == tuple(objectives)


def test_the_docs_name_every_objective() -> None:
    text = (Path(__file__).parents[2] / "docs" / "studies.md").read_text()
    (row,) = [line for line in text.splitlines() if line.startswith("| `objectives`")]
    small, _, large = row.partition("maximized")
    for name, objective in OBJECTIVES.items():
        told = small if objective.direction == "minimize" else large
        assert f"`{name}`" in told
