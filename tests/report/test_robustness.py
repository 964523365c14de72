"""Sentences about how well the answer stands: never surer than the intervals they name."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from archsearch.report.analysis.findings import Findings, find
from archsearch.report.analysis.post_hoc import corrected
from archsearch.report.analysis.secondary import AREA, SecondaryAnalyses
from archsearch.report.analysis.warnings import report_warnings
from archsearch.report.sentences.choices import choices
from archsearch.report.sentences.robustness import robustness
from archsearch.report.statistics.groups import within_groups
from archsearch.report.statistics.importance import importances
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.knee import Knee
from tests.synthetic import StudyRecipe, synthetic_study


@pytest.fixture(scope="module")
def findings() -> Findings:
    return find(synthetic_study())


def said(secondary: SecondaryAnalyses) -> str:
    return " ".join([*robustness(secondary), *choices(secondary)])


def between_only() -> SecondaryAnalyses:
    """Analyses whose correlation stands between groups and vanishes within them."""
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1, 2], 20)
    latent = np.exp(2 * group + 0.5 * rng.standard_normal(60) + 3)
    mse = np.exp(-1.5 * group + 0.4 * rng.standard_normal(60) - 4)
    groupings = within_groups(latent, mse, {AREA: group})
    secondary = dataclasses.replace(find(synthetic_study()).secondary, groupings=groupings)
    return corrected(secondary, {})


def test_a_correlation_between_families_only_is_said_and_warned_of(findings):
    secondary = between_only()
    assert "inside the groups it isn't shown and is weaker" in said(secondary)
    found = report_warnings(findings.study, findings.sample, findings.found, secondary)
    assert "between-families" in {warning.code for warning in found}
    assert "it holds inside the groups too" in said(findings.secondary)


@pytest.mark.parametrize(
    ("p", "words"),
    [(0.02, "a knee isn't shown (p = 0."), (0.0005, "has a knee at about 256")],
)
def test_a_knee_is_claimed_only_with_evidence(findings, p, words):
    knee = Knee(256.0, 128.0, 400.0, -0.9, -0.1, -1.0, p)
    secondary = corrected(dataclasses.replace(findings.secondary, knee=knee), {})
    assert words in said(secondary)


def test_effects_that_are_not_shown_are_not_claimed(findings):
    tests = tuple(test._replace(p_holm=0.3) for test in findings.secondary.effects)
    secondary = dataclasses.replace(findings.secondary, effects=tests)
    assert "none is shown to change the error" in said(secondary)
    assert "these change the error" not in said(secondary)


def test_what_goes_closer_with_the_error_is_named(findings):
    first, *others = findings.secondary.rivals
    params = next(rival for rival in others if rival.name == "params")
    others.remove(params)
    closer = "The error correlates more strongly with parameters than with latent size"
    params = params._replace(gap=Estimate(-0.3, -0.5, -0.1, 24, None))
    for p_holm, told in ((0.01, True), (0.3, False)):
        rivals = (first, params._replace(p_holm=p_holm), *others)
        secondary = dataclasses.replace(findings.secondary, rivals=rivals)
        assert (closer in said(secondary)) is told
    assert "more strongly" not in said(findings.secondary)


def test_refused_importances_say_why(findings):
    assert "architectures are too few; it takes 30" in said(findings.secondary)
    assert importances(findings.secondary.factors, np.ones(24)).refused != ""


def test_nothing_is_said_of_nothing():
    secondary = find(synthetic_study(StudyRecipe(complete=0))).secondary
    assert robustness(secondary) == []
    assert choices(secondary) == ["No searched choice varies over the architectures with a result."]
