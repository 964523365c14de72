"""What is drawn of a level is no surer than its few trials."""

import numpy as np
import pytest
from scipy import stats

from archsearch.report.figures.factors import _geometric_mean


def test_a_level_has_students_interval_from_four_trials_on():
    errors = np.array([0.010, 0.012, 0.009, 0.011])
    low, middle, high = _geometric_mean(errors)
    expected = stats.t.interval(0.95, 3, np.log(errors).mean(), stats.sem(np.log(errors)))
    assert (low, high) == pytest.approx(np.exp(expected))
    assert middle == pytest.approx(stats.gmean(errors))
    for few in (1, 2, 3):
        low, middle, high = _geometric_mean(errors[:few])
        assert np.isnan([low, high]).all()
        assert middle == pytest.approx(stats.gmean(errors[:few]))
