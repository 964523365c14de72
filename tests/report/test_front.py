"""What the report's front is of: the study's objectives, said on its axes, and nothing else."""

from __future__ import annotations

import pytest

from archsearch.errors import InputError
from archsearch.records import StudyRecord, pareto_front
from archsearch.report.analysis.findings import find
from archsearch.report.analysis.trial_table import front_objectives
from archsearch.report.captions import CAPTIONS
from archsearch.report.figures.front import front_figure
from archsearch.study.summary import required_best
from tests.synthetic import StudyRecipe, synthetic_study


def judged_by(*names: str) -> StudyRecord:
    """Latent size and PSNR rise together, so both ends of that are on the front."""
    study = synthetic_study(StudyRecipe(complete=10))
    return study.model_copy(update={"settings": study.settings | {"objectives": list(names)}})


def test_the_front_s_figure_says_what_it_is_of() -> None:
    findings = find(judged_by("val.psnr", "params", "latent.size"))
    made = front_figure(findings)
    assert made is not None
    labels = [(axes.get_xlabel(), axes.get_ylabel()) for axes in made.axes]
    assert labels == [
        ("parameters (smaller is better)", "validation PSNR (dB) (larger is better)"),
        ("latent size (smaller is better)", "validation PSNR (dB) (larger is better)"),
    ]
    drawn = {c.get_gid() for c in made.axes[0].collections}
    assert "trials:" + ",".join(map(str, sorted(findings.front))) in drawn
    assert CAPTIONS["front"]


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


def test_an_objective_of_a_newer_version_is_said() -> None:
    """Nothing else stands in for it: neither another objective nor size and error."""
    newer = judged_by("val.lpips", "params")
    assert pareto_front(newer) == ()
    with pytest.raises(InputError, match=r"has the objective val\.lpips, which this version"):
        required_best(newer)
    findings = find(newer)
    assert findings.front == ()
    assert front_figure(findings) is None
    (told,) = [c for c in findings.warnings if c.code == "unknown-objective"]
    assert "val.lpips" in told.message
