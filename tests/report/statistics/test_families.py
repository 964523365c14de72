"""Within families: a correlation that is only between them vanishes, and one within stands."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from archsearch.report.statistics.families import within_families


def between_only(rng: np.random.Generator, n: int = 20) -> tuple[np.ndarray, ...]:
    """Three families: larger latents have lower errors, but inside each it is all chance."""
    family = np.repeat([0, 1, 2], n)
    latent = np.exp(2 * family + 0.5 * rng.standard_normal(3 * n) + 3)
    mse = np.exp(-1.5 * family + 0.4 * rng.standard_normal(3 * n) - 4)
    return latent, mse, family


def test_a_strong_pooled_correlation_vanishes_within_families():
    latent, mse, family = between_only(np.random.default_rng(0))
    (found,) = within_families(latent, mse, {"side": family})
    assert found.pooled.high < -0.7
    assert found.within.low < 0 < found.within.high
    assert abs(found.within.value) < 0.25
    assert found.within.p > 0.05
    assert found.contrast.low > 0.4


def test_the_reverse_is_seen_too():
    rng = np.random.default_rng(1)
    family = np.repeat([0, 1, 2], 16)
    step = rng.standard_normal(48)
    latent, mse = np.exp(step + 2 * family), np.exp(-step + 2 * family + 0.2 * step**2)
    (found,) = within_families(latent, mse, {"side": family})
    assert found.pooled.value > 0
    assert found.within.high < -0.8
    assert found.within.p < 0.01


def test_equal_families_give_the_average_of_scipys_correlations():
    rng = np.random.default_rng(2)
    x, y, family = rng.random(30), rng.random(30), np.repeat(["a", "b", "c"], 10)
    (found,) = within_families(x, y, {"by": family})
    alone = [stats.spearmanr(x[family == f], y[family == f]).statistic for f in "abc"]
    assert found.within.value == pytest.approx(np.mean(alone))
    assert [f.estimate.value for f in found.families] == pytest.approx(alone)
    assert found.pooled.value == pytest.approx(stats.spearmanr(x, y).statistic)


def test_within_covers_its_truth():
    rng = np.random.default_rng(3)
    hits = 0
    for seed in range(60):
        latent, mse, family = between_only(rng, n=16)
        (found,) = within_families(latent, mse, {"side": family}, seed=seed)
        hits += found.within.low <= 0 <= found.within.high
    assert hits >= 53


def test_one_family_or_singles_are_no_grouping():
    x = np.arange(1.0, 11)
    assert within_families(x, x, {"one": ["a"] * 10, "each": list("abcdefghij")}) == ()
