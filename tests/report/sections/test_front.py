"""What the report's front is of: the study's objectives, said on its axes, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from archsearch.errors import InputError
from archsearch.records import StudyRecord, pareto_front
from archsearch.report.findings import find
from archsearch.report.sections import front
from archsearch.report.sections.blocks import Drawing, Section
from archsearch.report.subject import of_study
from archsearch.report.trial_table import front_objectives
from archsearch.study.summary import required_best
from tests.synthetic import StudyRecipe, synthetic_study


def judged_by(*names: str) -> StudyRecord:
    """Latent size and PSNR rise together, so both ends of that are on the front."""
    study = synthetic_study(StudyRecipe(complete=10))
    return study.model_copy(update={"settings": study.settings | {"objectives": list(names)}})


def section_of(study: StudyRecord) -> Section | None:
    return front.section(study, find(of_study(study)).front)


def test_the_front_s_figure_says_what_it_is_of() -> None:
    study = judged_by("val.psnr", "params", "latent.size")
    section, on_front = section_of(study), pareto_front(study, front_objectives(study))
    assert section is not None
    (drawing,) = section.blocks
    assert isinstance(drawing, Drawing)
    assert drawing.title == f"{len(on_front)} of 10 trials on the Pareto front"
    made = drawing.draw()
    assert made is not None
    labels = [(axes.get_xlabel(), axes.get_ylabel()) for axes in made.axes]
    assert labels == [
        ("parameters\n(smaller is better)", "validation PSNR (dB)\n(larger is better)"),
        ("latent size\n(smaller is better)", "validation PSNR (dB)\n(larger is better)"),
    ]
    drawn = {c.get_label(): c.get_offsets().tolist() for c in made.axes[0].collections}
    points = [
        [trial.plan.params, np.mean([result.val.psnr for result in trial.results])]
        for trial in sorted(on_front, key=lambda trial: trial.number)
    ]
    assert np.allclose(drawn["on the front"], points)
    assert [axes.get_xscale() for axes in made.axes] == ["log", "log"]


@pytest.mark.parametrize(
    ("objective", "front"),
    [
        ("val.mse", ("latent.size", "val.mse")),
        ("val.ssim", ("latent.size", "val.ssim")),
        ("params", ("params", "val.mse")),
    ],
)
def test_one_objective_s_front_has_it_on_an_axis(objective, front) -> None:
    record = StudyRecord(
        name="s", settings={"objectives": [objective]}, designed=True, space_hash="", trials=(),
        planned=0,
    )  # fmt: skip
    assert front_objectives(record) == front


def test_size_and_error_stand_in_the_page_s_first_figure() -> None:
    assert section_of(judged_by("val.mse")) is None
    assert section_of(judged_by("val.mse", "latent.size")) is None


def test_an_objective_of_a_newer_version_is_said() -> None:
    """Nothing else stands in for it: neither another objective nor size and error."""
    newer = judged_by("val.lpips", "params")
    assert pareto_front(newer) == ()
    with pytest.raises(InputError, match=r"has the objective val\.lpips, which this version"):
        required_best(newer)
    assert find(of_study(newer)).front == ()
    section = section_of(newer)
    assert section is not None
    assert section.blocks == ()
    (told,) = section.warnings
    assert told.code == "unknown-objective"
    assert "val.lpips" in told.message
