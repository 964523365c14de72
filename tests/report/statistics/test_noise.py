"""Variance components against the published example and simulated truth."""

from __future__ import annotations

import numpy as np
import pytest

from archsearch.report.statistics.noise import noise_shares


def simulated(rng: np.random.Generator, rows: int, columns: int, sds: tuple[float, ...]):
    architecture, seed, rest = sds
    return (
        architecture * rng.standard_normal((rows, 1))
        + seed * rng.standard_normal((1, columns))
        + rest * rng.standard_normal((rows, columns))
    )


def test_the_example_of_shrout_and_fleiss():
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = noise_shares(ratings)
    assert found.share == pytest.approx(0.29, abs=0.005)
    assert found.share_of_mean == pytest.approx(0.62, abs=0.005)
    # McGraw & Wong 1996 and R's psych::ICC give this interval for ICC(2,1).
    assert (found.low, found.high) == pytest.approx((0.019, 0.761), abs=0.002)


def test_components_are_found():
    table = simulated(np.random.default_rng(0), 2000, 12, (0.8, 0.0, 0.3))
    found = noise_shares(table)
    assert found.architecture == pytest.approx(0.8, rel=0.05)
    assert found.rest == pytest.approx(0.3, rel=0.02)
    assert found.seed < 0.02
    assert found.share == pytest.approx(0.64 / 0.73, abs=0.02)


def test_the_interval_of_the_share_covers():
    rng = np.random.default_rng(1)
    truth = 0.25 / (0.25 + 0.04 + 0.09)
    found = [noise_shares(simulated(rng, 30, 8, (0.5, 0.2, 0.3))) for _ in range(200)]
    assert 180 <= sum(one.low <= truth <= one.high for one in found) <= 199


def test_what_can_be_told_apart_follows_the_noise():
    found = noise_shares(simulated(np.random.default_rng(2), 3000, 2, (1.0, 0.0, 0.1)))
    assert found.discernible == pytest.approx(np.exp(1.96 * 0.1), rel=0.01)


@pytest.mark.parametrize("table", [np.zeros((4, 2)), np.ones((5, 1)), np.empty((0, 0))])
def test_nothing_to_take_apart(table):
    assert noise_shares(table) is None
