"""What is said of a searched choice is no surer than its p, and says why."""

import dataclasses

import pytest

from archsearch.report.analysis.findings import find
from archsearch.report.analysis.secondary import SecondaryAnalyses
from archsearch.report.sentences.choices import choices
from archsearch.report.statistics.effects import Effect, FactorTest
from archsearch.report.statistics.intervals import Estimate
from tests.synthetic import StudyRecipe, synthetic_study


def made(name: str, low: float, high: float, p_holm: float | None) -> FactorTest:
    estimate = Estimate(value=(low + high) / 2, low=low, high=high, n=24, p=0.03)
    return FactorTest(name, (Effect(name, "5 against 3", estimate, estimate),), 0.2, 0.03, p_holm)


@pytest.fixture(scope="module")
def secondary() -> SecondaryAnalyses:
    return find(synthetic_study(StudyRecipe(complete=8))).secondary


@pytest.mark.parametrize(("p_holm", "shown"), [(0.01, True), (0.20, False), (None, False)])
def test_an_effect_is_told_where_its_corrected_p_says_so(secondary, p_holm, shown):
    effects = (made("kernel", 0.1, 0.7, p_holm),)
    said = " ".join(choices(dataclasses.replace(secondary, effects=effects)))
    assert ("these change the error: kernel" in said) is shown


def test_an_interval_that_excludes_zero_and_is_not_shown_says_why(secondary):
    tests = (
        made("kernel", 0.1, 0.7, 0.01),
        made("width", -0.27, -0.01, 0.2),
        made("depth", -0.2, 0.3, 0.9),
    )
    said = " ".join(choices(dataclasses.replace(secondary, effects=tests, looks=21)))
    assert "these change the error: kernel, 5 against 3: +49 % (+11 % to +101 %)." in said
    assert "width, 5 against 3: −13 % (−24 % to −1 %)*; depth" in said
    assert "(*: before correction for 21 comparisons)" in said
    plain = dataclasses.replace(secondary, effects=(tests[0], tests[2]), looks=21)
    assert "*" not in " ".join(choices(plain))
