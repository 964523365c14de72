"""Differences between the correlations of studies."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archsearch.records import SeedRecord
from archsearch.report.comparison.answer import answer_sentence, clear_differences
from archsearch.report.comparison.compare import compare, correlation_difference
from archsearch.report.comparison.figures import _apart, figures
from archsearch.report.findings import Findings
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.rank import spearman_of
from benchmarks.coverage import pairs
from tests.report.compared import findings_of


def study(name: str, **recipe: object) -> Findings:
    return findings_of(name, **{"complete": 16, **recipe})


def with_result(found: Findings, **changed: object) -> Findings:
    """What was found in a study, whose results are changed afterwards."""
    trials = tuple(
        trial.model_copy(update={"seeds": tuple(_changed(seed, changed) for seed in trial.seeds)})
        for trial in found.study.trials
    )
    record = found.study.model_copy(update={"trials": trials})
    return replace(found, subject=replace(found.subject, study=record))


def _changed(seed: SeedRecord, changed: dict[str, object]) -> SeedRecord:
    return seed.model_copy(update={"result": seed.result.model_copy(update=changed)})


@pytest.fixture(scope="module")
def differing():
    return compare([study("strong"), study("other", seed=1, slope=0)])


def test_a_difference_is_that_of_the_correlations_with_the_p_of_its_interval(differing):
    (found,) = differing.differences
    one, other = (
        each.correlations.sizes.measures["latent_size"]["spearman"] for each in differing.findings
    )
    assert found.estimate.value == pytest.approx(one.value - other.value)
    z = 1.959964 * found.estimate.value / (found.estimate.value - found.estimate.high)
    assert found.estimate.p == pytest.approx(math.erfc(abs(z) / 2**0.5), rel=1e-3)
    assert found.p_holm == found.estimate.p


ENDS = st.lists(st.floats(-1, 1), min_size=3, max_size=3).map(sorted)


@settings(max_examples=200, deadline=None)
@given(ENDS, ENDS)
def test_the_p_of_a_difference_is_under_5_percent_where_its_interval_excludes_0(one, other):
    found = correlation_difference(*(Estimate(m, a, b, 8, None) for a, m, b in (one, other)))
    assert (found.p < 0.05) is found.clear or min(abs(found.low), abs(found.high)) < 1e-9


def test_like_studies_of_strong_correlations_seldom_differ():
    rng, differing = np.random.default_rng(0), 0
    for _ in range(200):
        one, other = (spearman_of(*pairs("normal", 0.95, 8, rng)) for _ in range(2))
        differing += correlation_difference(one, other).p < 0.05
    assert differing <= 0.05 * 200


def test_correlations_that_differ_are_said_to(differing):
    said = answer_sentence(differing)
    assert said.startswith("Differ: rank correlation −0.96 in strong and 0.03 in other, ")
    assert len(clear_differences(differing)) == 1
    assert len(said.split()) <= 30


def test_like_studies_are_not_said_to_differ():
    said = answer_sentence(compare([study("one"), study("other", seed=1)]))
    assert said.startswith("No difference shown: rank correlation −0.96 in one and −")
    assert said.endswith("that doesn’t mean that there is none.")
    assert len(said.split()) <= 30


def test_of_several_studies_the_clearest_pair_is_named_and_p_are_corrected():
    found = compare([study(str(n), seed=n % 2, slope=0.6 * (n < 2)) for n in range(3)])
    p_values = sorted(each.estimate.p for each in found.differences)
    assert min(each.p_holm for each in found.differences) == pytest.approx(3 * p_values[0])
    said = answer_sentence(found)
    clear = clear_differences(found)
    assert len(clear) == 2
    assert said.startswith("Differ: 2 of 3 pairs of studies, most clearly rank correlation ")
    assert f"in {clear[0].first} and " in said
    assert clear[0].estimate.p == p_values[0]
    assert len(said.split()) <= 30
    alike = answer_sentence(compare([study(str(n), seed=n % 2) for n in range(3)]))
    assert alike.startswith("No difference shown: rank correlations of −0.9")
    assert "3 pairs of studies, corrected" in alike
    assert len(alike.split()) <= 30


def test_a_search_and_a_study_of_few_architectures_are_not_compared():
    searched = compare([study("one"), study("tpe", seed=1, designed=False)])
    assert searched.differences == ()
    assert [warning.code for warning in searched.warnings] == ["adaptive-search"]
    assert answer_sentence(searched).startswith("Not comparable: searches chose trials")
    few = compare([study("one"), study("few", seed=1, complete=5)])
    assert few.differences == ()
    assert answer_sentence(few).startswith("Not comparable: fewer than two studies have enough")
    assert len(compare([study("one"), study("six", seed=1, complete=6)]).differences) == 1


@pytest.mark.parametrize(
    ("code", "changed", "equal"),
    [
        ("different-pictures", {"data_fingerprint": "other"}, False),
        ("different-task", {"task": "denoise"}, False),
        ("different-epochs", {"epochs": 7}, True),
    ],
)
def test_what_stands_against_comparing_errors_is_said(code, changed, equal):
    first, second = study("one"), study("two", seed=1)
    found = compare([first, with_result(second, **changed)])
    (warning,) = found.warnings
    assert warning.code == code
    assert "one: " in warning.message
    assert "two: " in warning.message
    assert found.equal_errors is equal
    assert compare([first, second]).warnings == ()


def test_studies_of_one_name_are_told_apart():
    assert compare([study("a"), study("a")]).names == ("a (1)", "a (2)")


def test_titles_of_figures_follow_from_the_numbers(differing):
    compared, correlations = figures(differing)
    slopes = [each.ranges.line.slope for each in differing.findings]
    assert compared.title == (
        f"Log–log slopes −{-slopes[0]:.2f} (strong) and {slopes[1]:.2f} (other)".replace("-", "−")
    )
    assert correlations.title == "Rank correlations differ in 1 of 1 pair"
    alike = figures(compare([study("one"), study("other", seed=1)]))
    assert alike[1].title == "No two rank correlations are shown to differ"
    searched = compare([study("one"), study("tpe", seed=1, designed=False)])
    assert figures(searched)[0].title == "Error against latent size, by study"
    assert figures(searched)[1].caption.startswith("Hollow: ")


def test_a_studys_points_are_those_whose_latent_is_their_only_code():
    one, other = study("strong"), study("other", seed=1, slope=0)
    coded = replace(one.code_sample, runs=one.code_sample.runs.iloc[6:])
    comparison = compare([replace(one, code_sample=coded), other])
    drawing = figures(comparison)[0]
    assert drawing.caption.endswith("Nets that read past their latent are left out.")
    (axes,) = drawing.draw().axes
    points = [found for c in axes.collections if len(found := c.get_offsets())]
    expected = [each.code_sample.architectures() for each in comparison.findings]
    sizes = [size for table in expected for size in table["latent_size"]]
    assert sorted(np.concatenate(points)[:, 0]) == sorted(sizes)
    assert {text.get_text() for text in axes.texts} == {"strong", "other"}
    assert "left out" not in figures(compare([one, other]))[0].caption


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12).map(sorted))
def test_names_beside_lines_never_overlap(heights):
    placed = _apart(np.array(heights))
    assert (np.diff(placed) >= 0.0549).all()
    assert placed[-1] <= 1.0001
