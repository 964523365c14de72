"""The main figure and its data: every net, every baseline, nothing hidden."""

from __future__ import annotations

import json

import numpy as np
import pytest

from archsearch.config import BASELINES
from archsearch.records import Baselines, StudyRecord
from archsearch.report.drawing.style import styled
from archsearch.report.findings import Findings, find
from archsearch.report.first_screen.scatter import chart, chart_data, latent_figure
from archsearch.report.subject import of_study
from tests.report.first_screen.test_answer import leaking
from tests.synthetic import StudyRecipe, synthetic_study

NEWER = "nearest"
"""A baseline of a newer version, which this one calls by its name."""
ERRORS = Baselines.model_validate(
    {f"{name}_{split}": 0.02 for name in BASELINES for split in ("val", "test")}
    | {"nearest_val": 0.02, "nearest_test": 0.02}
)


def found(study: StudyRecord) -> Findings:
    return find(of_study(study))


def with_all_baselines(study: StudyRecord) -> StudyRecord:
    trials = []
    for trial in study.trials:
        seeds = tuple(
            seed.model_copy(update={"result": seed.result.model_copy(update={"baselines": ERRORS})})
            for seed in trial.seeds
        )
        trials.append(trial.model_copy(update={"seeds": seeds}))
    return study.model_copy(update={"trials": tuple(trials)})


def test_each_baseline_of_the_latents_size_or_of_none_is_named():
    study = with_all_baselines(synthetic_study(StudyRecipe(complete=6, seeds=1)))
    findings = found(study)
    told = " | ".join(line["label"] for line in chart_data(findings)["lines"])
    wanted = {each.label for each in BASELINES.values() if each.size != "bottleneck.size"}
    assert all(label in told for label in wanted | {NEWER})
    with styled():
        drawn = " | ".join(text.get_text() for text in latent_figure(findings).axes[0].texts)
    assert all(label in drawn for label in wanted | {NEWER})


def test_patches_that_are_whole_pictures_have_no_marks_of_their_own():
    findings = found(with_all_baselines(synthetic_study(StudyRecipe(complete=6, seeds=1))))

    def labels() -> list[str]:
        return [line["label"] for line in chart_data(findings)["lines"]]

    assert any(label.startswith("patch PCA") for label in labels())
    findings.shown["latent_height"] = findings.shown["latent_width"] = 1
    assert not any(label.startswith("patch PCA") for label in labels())
    assert any(label.startswith("PCA") for label in labels())


def test_the_data_are_the_trials():
    study = synthetic_study(StudyRecipe(complete=12, seeds=3, collapsed=1))
    data = chart_data(found(study))
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    by_number = {trial.number: trial for trial in study.trials}
    errors = data["error"]
    sizes = {one["key"]: one["values"] for one in data["sizes"]}
    for place, number in enumerate(data["numbers"]):
        trial = by_number[number]
        mses = [seed.result.val.mse for seed in trial.seeds]
        assert errors["mean"][place] == pytest.approx(np.mean(mses), rel=1e-5)
        assert errors["low"][place] == pytest.approx(min(mses), rel=1e-5)
        assert errors["high"][place] == pytest.approx(max(mses), rel=1e-5)
        assert sizes["latent_size"][place] == trial.plan.latent_size
        assert sizes["params"][place] == trial.plan.params
        for choice in data["choices"]:
            value = choice["values"][place]
            if "levels" in choice:
                value = choice["levels"][value]
            raw = trial.values[choice["key"]]
            told = {True: "true", False: "false"}.get(raw, raw) if isinstance(raw, bool) else raw
            assert value == ("3×5" if raw == (3, 5) else str(told) if "levels" in choice else told)
    assert [bool(reason) for reason in data["hollow"]] == [
        any(seed.result.collapsed for seed in by_number[number].seeds) for number in data["numbers"]
    ]


def test_nets_that_read_past_their_latent_are_hollow():
    study = leaking(synthetic_study(StudyRecipe(complete=8)), {2, 5})
    data = chart_data(found(study))
    hollow = {
        number
        for number, reason in zip(data["numbers"], data["hollow"], strict=True)
        if reason == "reads past its latent"
    }
    assert hollow == {2, 5}
    assert data["best"] not in hollow
    assert not {"2", "5"} & data["specs"].keys()


def test_whole_specs_are_of_the_best_twenty():
    study = synthetic_study(StudyRecipe(complete=30, seeds=1))
    study = study.model_copy(update={"model_text": "name: family\n"})
    data = chart_data(found(study))
    best = sorted(study.trials, key=lambda trial: trial.value)[:20]
    assert set(data["specs"]) == {str(trial.number) for trial in best}
    assert data["family"] == "name: family\n"


def test_without_a_result_there_is_no_chart():
    assert chart(found(synthetic_study(StudyRecipe(complete=0, failed=3)))) is None
