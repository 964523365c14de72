"""Each baseline that a run has is in its curves and on the terminal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archsearch.cli.train import _errors
from archsearch.config import BASELINES, load
from archsearch.records import Baselines, RunResult
from archsearch.records.run_figures import curves_figure
from archsearch.spec import ModelPlan
from tests.synthetic import synthetic_result

NEWER = "nearest"
"""Of a newer version, which this one calls by its name."""
LABELS = [*(each.label for each in BASELINES.values()), NEWER]
ERRORS = Baselines.model_validate(
    {f"{name}_{split}": 0.02 for name in BASELINES for split in ("val", "test")}
    | {"nearest_val": 0.02, "nearest_test": 0.02}
)


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
