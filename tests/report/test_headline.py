"""The sentences: right in sign and number, never surer than the interval."""

from __future__ import annotations

import dataclasses

import pytest
from archsearch.report.analysis.trial_table import equal_pca
from archsearch.report.analysis.verdict import answer_of

from archsearch.records import Curves, StudyRecord
from archsearch.report.analysis.findings import Findings, find
from archsearch.report.formatting import error
from archsearch.report.sentences.headline import answer, headline
from archsearch.report.statistics.intervals import Estimate
from tests.synthetic import StudyRecipe, synthetic_study


@pytest.fixture(scope="module")
def findings() -> Findings:
    return find(synthetic_study())


def with_answer(findings: Findings, rho: Estimate, within: Estimate, trunks: int) -> Findings:
    return dataclasses.replace(findings, answer=answer_of(rho, within, trunks, designed=True))


@pytest.mark.parametrize(
    ("estimate", "verdict", "opening", "limit"),
    [
        ((-0.8, -0.9, -0.6, 24), "yes", "Yes: ", "−0.90 to −0.60"),
        ((0.8, 0.6, 0.9, 24), "yes", "Yes, but unexpectedly", "0.60 to 0.90"),
        (
            (-0.2, -0.5, 0.1, 24),
            "not-shown",
            "No effect",
            "a true correlation of ±0.57 or stronger",
        ),
        ((0.1, -0.6, 0.7, 6), "not-shown", "No effect", "a true correlation of ±0.9"),
        ((0.02, -0.2, 0.25, 24), "little", "Latent size has little effect", "(95 % interval −0.20"),
        ((-1.0, -1.0, -0.3, 5), "too-few", "Too few architectures", "5 architectures"),
    ],
)
def test_the_headline_follows_the_interval(findings, estimate, verdict, opening, limit):
    *numbers, n = estimate
    made = with_answer(findings, Estimate(*numbers, n=n, p=0.01), Estimate(*[None] * 3, n, None), 0)
    assert made.answer.verdict == verdict
    said = headline(made)
    assert said.startswith(opening)
    assert limit in said
    assert f"{n} architectures × 2 seeds" in said


@pytest.mark.parametrize(
    ("slope", "verdict", "said"),
    [
        ((-0.3, -0.4, -0.2), "yes", "a latent twice as large changes the error by −19 %"),
        ((-0.01, -0.05, 0.03), "little", "error: among architectures of one trunk (3 trunks), a"),
        ((-0.1, -0.4, 0.2), "not-shown", "a true correlation within trunks of ±0."),
    ],
)
def test_within_trunks_the_headline_is_the_slope(findings, slope, verdict, said):
    rho = Estimate(-0.2, -0.6, 0.3, 24, 0.4)
    made = with_answer(findings, rho, Estimate(*slope, n=24, p=0.01), 3)
    assert (made.answer.verdict, made.answer.measure) == (verdict, "slope_within_trunks")
    assert said in headline(made)


def test_the_headlines_numbers_are_the_statistics(findings):
    found = findings.found.measures["latent_size"]["spearman"]
    said = headline(findings)
    for value in (found.value, found.low, found.high):
        assert f"{value:.2f}".replace("-", "−") in said


def test_errors_keep_three_digits():
    assert [error(value) for value in (0.0041, 0.06, 1.0, 2.34567e-6)] == [
        "0.00410", "0.0600", "1.00", "2.35e-6",
    ]  # fmt: skip


def test_without_collapsed_runs_the_answer_is_repeated_only_where_it_differs():
    same = find(synthetic_study(StudyRecipe(complete=40, collapsed=1)))
    left = len(same.sample.runs) - 2
    said = " ".join(answer(same))
    assert "Without the 2 collapsed runs the answer is the same: Spearman ρ = " in said
    assert f"40 architectures, {left} runs." in said
    other = find(synthetic_study(StudyRecipe(complete=10, collapsed=14)))
    assert "Without the 28 collapsed runs: yes: architectures with" in " ".join(answer(other))
