"""Numbers over seeds."""

from __future__ import annotations

import pytest
from scipy import stats

from archsearch.records import Baselines
from archsearch.report.sections.colors.measures import (
    baseline_values,
    interval_words,
    measured,
    spread,
)
from tests.report.colored import BASELINES, color_result


def test_one_seed_has_no_interval_and_two_have_their_range():
    assert spread([0.5]) == (0.5, None, None, 1)
    assert spread([0.7, 0.5]) == (pytest.approx(0.6), 0.5, 0.7, 2)
    with pytest.raises(ValueError, match="no seed"):
        spread([])


def test_three_seeds_have_students_interval():
    values = [0.50, 0.54, 0.61]
    found = spread(values)
    known = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((known.low, known.high))


def test_what_the_small_print_is_is_said():
    assert "one seed" in interval_words([1, 1]).lower()
    assert interval_words([2, 2]) == "Small type: both seeds’ values."
    assert "Student" in interval_words([2, 3])
    assert "one has none" in interval_words([1, 2])


def test_measures_are_of_the_test_split_and_missing_ones_are_none():
    results = [
        color_result("colorize", mse, seed=seed, saturation=sat)
        for seed, (mse, sat) in enumerate(((0.004, 0.4), (0.005, None)))
    ]
    found = measured(results)
    assert found["test_mse"] == (pytest.approx(0.0045), 0.004, 0.005, 2)
    assert found["desaturation"] == (0.4, None, None, 1)
    assert found["clipped"] is None


def test_baselines_are_in_the_same_space():
    found = {each.label: values for each, values in baseline_values(BASELINES).items()}
    assert list(found) == ["gray copy", "mean chroma"]
    assert found["gray copy"]["psnr"] == pytest.approx(22.218, abs=1e-3)
    assert found["mean chroma"]["delta_e"] == 10.83
    without = Baselines.model_validate(BASELINES.model_dump() | {"gray_copy_test": None})
    assert [each.name for each in baseline_values(without)] == ["mean_chroma"]
