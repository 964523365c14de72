"""Within families: a correlation that is only between them vanishes, and one within stands."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from archsearch.report.statistics.groups import within_groups
from archsearch.report.statistics.rank import spearman_of


def between_only(rng: np.random.Generator, n: int = 20) -> tuple[np.ndarray, ...]:
    """Three families: larger latents have lower errors, but inside each it is all chance."""
    group = np.repeat([0, 1, 2], n)
    latent = np.exp(2 * group + 0.5 * rng.standard_normal(3 * n) + 3)
    mse = np.exp(-1.5 * group + 0.4 * rng.standard_normal(3 * n) - 4)
    return latent, mse, group


def test_a_strong_pooled_correlation_vanishes_within_families():
    latent, mse, group = between_only(np.random.default_rng(0))
    (found,) = within_groups(latent, mse, {"side": group})
    assert found.pooled.high < -0.7
    assert found.within.low < 0 < found.within.high
    assert abs(found.within.value) < 0.25
    assert found.within.p > 0.05
    assert found.contrast.low > 0.4


def test_the_reverse_is_seen_too():
    rng = np.random.default_rng(1)
    group = np.repeat([0, 1, 2], 16)
    step = rng.standard_normal(48)
    latent, mse = np.exp(step + 2 * group), np.exp(-step + 2 * group + 0.2 * step**2)
    (found,) = within_groups(latent, mse, {"side": group})
    assert found.pooled.value > 0
    assert found.within.high < -0.8
    assert found.within.p < 0.01


def test_over_all_architectures_it_is_the_headlines_with_the_same_interval():
    """Resamples follow places: rows in the groups' order would have another interval."""
    rng = np.random.default_rng(2)
    group, latent = rng.integers(0, 3, 40), rng.standard_normal(40)
    mse = 0.3 * latent + rng.standard_normal(40)
    (found,) = within_groups(latent, mse, {"side": group})
    assert found.pooled == spearman_of(latent, mse)
    order = np.argsort(group, kind="stable")
    assert spearman_of(latent[order], mse[order]) != spearman_of(latent, mse)


def test_equal_families_give_the_average_of_scipys_correlations():
    rng = np.random.default_rng(2)
    x, y, group = rng.random(30), rng.random(30), np.repeat(["a", "b", "c"], 10)
    (found,) = within_groups(x, y, {"by": group})
    alone = [stats.spearmanr(x[group == f], y[group == f]).statistic for f in "abc"]
    assert found.within.value == pytest.approx(np.mean(alone))
    assert [f.estimate.value for f in found.groups] == pytest.approx(alone)
    assert found.pooled.value == pytest.approx(stats.spearmanr(x, y).statistic)


def test_within_covers_its_truth():
    rng = np.random.default_rng(3)
    hits = 0
    for seed in range(60):
        latent, mse, group = between_only(rng, n=16)
        (found,) = within_groups(latent, mse, {"side": group}, seed=seed)
        hits += found.within.low <= 0 <= found.within.high
    assert hits >= 53


def test_one_family_or_singles_are_no_grouping():
    x = np.arange(1.0, 11)
    assert within_groups(x, x, {"one": ["a"] * 10, "each": list("abcdefghij")}) == ()
