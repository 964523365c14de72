"""Sentences about how well the answer stands: never surer than the intervals they name."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from archsearch.report.caution import cautions
from archsearch.report.choices import choices
from archsearch.report.details import AREA, Details
from archsearch.report.findings import Findings, find
from archsearch.report.post_hoc import corrected
from archsearch.report.standing import standing
from archsearch.report.statistics.families import within_families
from archsearch.report.statistics.importance import importances
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.knee import Knee
from tests.synthetic import StudyRecipe, synthetic_study


@pytest.fixture(scope="module")
def findings() -> Findings:
    return find(synthetic_study())


def said(details: Details) -> str:
    return " ".join([*standing(details), *choices(details)])


def between_only() -> Details:
    """Details whose correlation stands between families and vanishes within them."""
    rng = np.random.default_rng(0)
    family = np.repeat([0, 1, 2], 20)
    latent = np.exp(2 * family + 0.5 * rng.standard_normal(60) + 3)
    mse = np.exp(-1.5 * family + 0.4 * rng.standard_normal(60) - 4)
    groupings = within_families(latent, mse, {AREA: family})
    details = dataclasses.replace(find(synthetic_study()).details, groupings=groupings)
    return corrected(details, {})


def test_a_correlation_between_families_only_is_said_and_warned_of(findings):
    details = between_only()
    assert "inside the families it isn't shown and is weaker" in said(details)
    found = cautions(findings.study, findings.sample, findings.found, details)
    assert "between-families" in {caution.code for caution in found}
    assert "it holds inside the families too" in said(findings.details)


@pytest.mark.parametrize(
    ("p", "words"),
    [(0.02, "a knee isn't shown (p = 0."), (0.0005, "has a knee at about 256")],
)
def test_a_knee_is_claimed_only_with_evidence(findings, p, words):
    knee = Knee(256.0, 128.0, 400.0, -0.9, -0.1, -1.0, p)
    details = corrected(dataclasses.replace(findings.details, knee=knee), {})
    assert words in said(details)


def test_effects_that_are_not_shown_are_not_claimed(findings):
    tests = tuple(test._replace(p_holm=0.3) for test in findings.details.effects)
    details = dataclasses.replace(findings.details, effects=tests)
    assert "none is shown to change the error" in said(details)
    assert "these change the error" not in said(details)


def test_what_goes_closer_with_the_error_is_named(findings):
    first, params, *others = findings.details.rivals
    closer = "The error correlates more strongly with parameters than with latent size"
    params = params._replace(gap=Estimate(-0.3, -0.5, -0.1, 24, None))
    for p_holm, told in ((0.01, True), (0.3, False)):
        rivals = (first, params._replace(p_holm=p_holm), *others)
        details = dataclasses.replace(findings.details, rivals=rivals)
        assert (closer in said(details)) is told
    assert "more strongly" not in said(findings.details)


def test_refused_importances_say_why(findings):
    assert "architectures are too few; it takes 30" in said(findings.details)
    assert importances(findings.details.factors, np.ones(24)).refused != ""


def test_nothing_is_said_of_nothing():
    details = find(synthetic_study(StudyRecipe(complete=0))).details
    assert standing(details) == []
    assert choices(details) == ["No searched choice varies over the architectures with a result."]
