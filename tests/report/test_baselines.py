"""Each baseline that a run has is on every page, in every table and figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archsearch.cli.train import _errors
from archsearch.config import BASELINES, load
from archsearch.records import Baselines, RunResult, StudyRecord
from archsearch.report.analysis.findings import Findings, find
from archsearch.report.figures.scatter import latent_figure
from archsearch.report.tables.trials import trial_columns, trial_rows
from archsearch.spec import ModelPlan
from archsearch.train.run_folder.figures import curves_figure
from tests.synthetic import StudyRecipe, synthetic_result, synthetic_study

NEWER = "nearest"
"""Of a newer version, which this one calls by its name."""
LABELS = [*(each.label for each in BASELINES.values()), NEWER]
ERRORS = Baselines.model_validate(
    {f"{name}_{split}": 0.02 for name in BASELINES for split in ("val", "test")}
    | {"nearest_val": 0.02, "nearest_test": 0.02}
)


def with_all(study: StudyRecord) -> StudyRecord:
    trials = [
        trial.model_copy(
            update={
                "seeds": tuple(
                    seed.model_copy(
                        update={"result": seed.result.model_copy(update={"baselines": ERRORS})}
                    )
                    for seed in trial.seeds
                )
            }
        )
        for trial in study.trials
    ]
    return study.model_copy(update={"trials": tuple(trials)})


@pytest.fixture(scope="module")
def findings() -> Findings:
    return find(with_all(synthetic_study(StudyRecipe(complete=6, seeds=1))))


def test_the_table_of_trials_has_a_column_of_each(findings: Findings) -> None:
    columns = [column.name for column in trial_columns(findings)]
    assert set(columns) >= set(LABELS)
    (first, *_) = trial_rows(findings)
    assert len(first.cells) == len(columns)
    assert all(first.cells[columns.index(label)].text == "0.0200" for label in LABELS)


def test_the_main_figure_shows_those_without_a_size_and_those_of_the_latents(
    findings: Findings,
) -> None:
    made = latent_figure(findings)
    assert made is not None
    told = " | ".join(made.axes[0].get_legend_handles_labels()[1])
    wanted = {each.label for each in BASELINES.values() if each.size != "bottleneck.size"}
    assert all(label in told for label in wanted | {NEWER})


def test_the_curves_of_a_run_have_a_line_of_each() -> None:
    result = run_with_all()
    made = curves_figure("run", result, 64)
    told = [text.get_text() for legend in made.legends for text in legend.get_texts()]
    assert all(any(text.startswith(label) for text in told) for label in LABELS)


def test_the_terminal_tells_each(plan: ModelPlan) -> None:
    lines = _errors(plan, run_with_all())
    assert all(any(line.startswith(label) for line in lines) for label in LABELS)
    assert len(lines) == 2 + len(LABELS)


def run_with_all() -> RunResult:
    return synthetic_result(
        np.random.default_rng(0), 0.005, latent=64, seed=0, epochs=3, collapsed=False
    ).model_copy(update={"baselines": ERRORS})


@pytest.fixture
def plan() -> ModelPlan:
    return load(Path(__file__).parents[2] / "specs/acml-nine-layer.yaml").plan()
