"""What is said of a searched choice is no surer than its interval."""

import pytest

from archsearch.report.choices import is_shown
from archsearch.report.statistics.correlation import Estimate
from archsearch.report.statistics.effects import Effect, FactorTest


def effect(value: float, low: float, high: float) -> Effect:
    estimate = Estimate(value=value, low=low, high=high, n=24, p=None)
    return Effect("kernel", "5 against 3", estimate, estimate)


@pytest.mark.parametrize(
    ("p_holm", "low", "high", "shown"),
    [
        (0.01, 0.1, 0.7, True),
        (0.01, -0.2, 0.9, False),
        (0.20, 0.1, 0.7, False),
        (None, 0.1, 0.7, False),
        (0.01, -0.9, -0.1, True),
    ],
)
def test_an_effect_is_told_where_test_and_interval_agree(
    p_holm: float | None, low: float, high: float, shown: bool
) -> None:
    test = FactorTest("kernel", (effect((low + high) / 2, low, high),), 0.2, p_holm, p_holm)
    assert is_shown(test) is shown
