"""Every statistic against an independent implementation or a known answer."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from archsearch.report.statistics import resampling
from archsearch.report.statistics.correlation import SIZES, correlations
from archsearch.report.statistics.intervals import FEWEST
from archsearch.report.statistics.permutation import LARGE, linear_p, orders
from archsearch.report.statistics.resampling import (
    correlation_matrices,
    kendall_tau_b,
    midranks,
    resample_weights,
)

OTHERS = ("latent_size", "params", "macs")


def data(n: int, rng: np.random.Generator, rho: float = -0.7) -> dict[str, np.ndarray]:
    z = rng.standard_normal(n)
    error = rho * z + np.sqrt(1 - rho**2) * rng.standard_normal(n)
    return {
        "mse": np.exp(error - 5),
        "latent_size": np.round(np.exp(z + 5)),
        "bottleneck_size": np.minimum(np.round(np.exp(z + 5)), 200 - np.arange(n)),
        "params": np.round(np.exp(0.5 * z + rng.standard_normal(n) + 8)),
        "macs": np.round(np.exp(rng.standard_normal(n) + 12)),
        "area": rng.choice([4.0, 16.0, 64.0], n),
    }


def correlate(columns: dict[str, np.ndarray], **options: int):
    sizes = {name: columns[name] for name in SIZES if name in columns}
    return correlations(columns["mse"], sizes, columns["area"], **options)


@pytest.mark.parametrize("size", SIZES)
def test_values_equal_scipys(size):
    columns = data(40, np.random.default_rng(1))
    found = correlate(columns).measures[size]
    x, y = columns[size], columns["mse"]
    assert found["spearman"].value == pytest.approx(stats.spearmanr(x, y).statistic)
    assert found["kendall"].value == pytest.approx(stats.kendalltau(x, y).statistic)
    log = stats.pearsonr(np.log(x), np.log(y)).statistic
    assert found["pearson_loglog"].value == pytest.approx(log)
    slope = stats.linregress(np.log(x), np.log(y))
    estimate = correlate(columns).slopes[size]
    assert estimate.value == pytest.approx(slope.slope)
    reach = stats.t.ppf(0.975, 38) * slope.stderr  # even spread: HC2 is near the textbook
    assert estimate.high - estimate.low == pytest.approx(2 * reach, rel=0.35)


def test_partial_spearman_equals_correlated_rank_residuals():
    columns = data(40, np.random.default_rng(2))
    ranks = {name: stats.rankdata(column) for name, column in columns.items()}
    others = np.column_stack([np.ones(40), ranks["params"], ranks["macs"], ranks["area"]])

    def residual(name: str) -> np.ndarray:
        return ranks[name] - others @ np.linalg.lstsq(others, ranks[name], rcond=None)[0]

    expected = stats.pearsonr(residual("mse"), residual("latent_size")).statistic
    found = correlate(columns).measures["latent_size"]["partial_spearman"]
    assert found.value == pytest.approx(expected)


def test_partial_vanishes_where_parameters_explain_everything():
    rng = np.random.default_rng(3)
    params = np.exp(rng.standard_normal(400) + 8)
    columns = data(400, rng) | {
        "params": params,
        "latent_size": params * np.exp(0.3 * rng.standard_normal(400)),
        "mse": np.exp(0.3 * rng.standard_normal(400)) / params,
    }
    found = correlate(columns).measures["latent_size"]
    assert found["spearman"].high < -0.7
    assert found["partial_spearman"].low < 0 < found["partial_spearman"].high
    assert found["partial_spearman"].p > 0.05


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 12), st.integers(0, 10_000), st.sampled_from([1, 24, 10_000]))
def test_weighted_ranks_and_tau_equal_those_of_the_repeated_data(n, seed, block):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 6, n).astype(float), rng.integers(0, 6, n).astype(float)
    weights = next(resample_weights(n, 1, rng))
    repeats = weights[0].astype(int)
    drawn_x, drawn_y = np.repeat(x, repeats), np.repeat(y, repeats)
    ranks = np.repeat(midranks(x, weights)[0], repeats)
    assert np.allclose(ranks, stats.rankdata(drawn_x))
    with patch.object(resampling, "_BATCH_NUMBERS", block):
        falling, tau = kendall_tau_b(np.stack([-x, x]), y, weights)[:, 0]
    if len(set(drawn_x)) > 1 and len(set(drawn_y)) > 1:
        assert tau == pytest.approx(stats.kendalltau(drawn_x, drawn_y).statistic, abs=1e-6)
        assert falling == -tau
        both = np.stack([midranks(x, weights), midranks(y, weights)])
        rho = correlation_matrices(both, weights)[0, 0, 1]
        assert rho == pytest.approx(stats.spearmanr(drawn_x, drawn_y).statistic, abs=1e-9)
    else:
        assert np.isnan(tau)


def test_weights_are_resamples():
    rng = np.random.default_rng(0)
    weights = np.concatenate(list(resample_weights(50, 300, rng)))
    assert weights.shape == (300, 50)
    assert (weights.sum(axis=1) == 50).all()
    assert weights.std() == pytest.approx(1, abs=0.05)


def test_permutation_p_agrees_with_scipys():
    columns = data(14, np.random.default_rng(11), rho=-0.4)
    x, y = stats.rankdata(columns["latent_size"]), stats.rankdata(columns["mse"])
    reference = stats.permutation_test(
        (y,),
        lambda y: np.corrcoef(x, y)[0, 1],
        permutation_type="pairings",
        n_resamples=5000,
        rng=np.random.default_rng(0),
    ).pvalue
    found = correlate(columns).measures["latent_size"]["spearman"].p
    assert found == pytest.approx(reference, abs=0.025)


@pytest.mark.parametrize("n", [20, LARGE + 1])
def test_a_constant_has_no_p(n):
    rising, same = np.arange(float(n)), np.ones(n)
    assert linear_p(rising, same, orders(n, 0)) is None
    assert linear_p(same, rising, orders(n, 0)) is None
    assert linear_p(rising, rising, orders(n, 0)) < 0.001


def test_same_seed_same_numbers():
    columns = data(20, np.random.default_rng(5))
    assert correlate(columns, seed=3) == correlate(columns, seed=3)
    assert correlate(columns, seed=3) != correlate(columns, seed=4)


def test_the_order_of_architectures_is_of_no_account_to_the_values():
    columns = data(30, np.random.default_rng(6))
    turned = {name: column[::-1] for name, column in columns.items()}
    for measure, estimate in correlate(columns).measures["latent_size"].items():
        other = correlate(turned).measures["latent_size"][measure]
        assert estimate.value == pytest.approx(other.value)


@pytest.mark.parametrize("n", range(FEWEST))
def test_too_few_architectures_give_nothing(n):
    found = correlate(data(n, np.random.default_rng(7)))
    assert found.measures["latent_size"]["spearman"] == (None, None, None, n, None)


def test_the_bottleneck_takes_nothing_from_the_latents_partial_correlation():
    """Both are sizes of the code: given each other, nothing would be left."""
    columns = data(40, np.random.default_rng(2))
    alone = {name: column for name, column in columns.items() if name != "bottleneck_size"}
    with_it, without = correlate(columns), correlate(alone)
    assert with_it.measures["latent_size"] == without.measures["latent_size"]
    unknown = without.measures["bottleneck_size"].values()
    assert [estimate.value for estimate in unknown] == [None] * 4
    same = correlate(columns | {"bottleneck_size": columns["latent_size"]})
    assert same.measures["bottleneck_size"] == same.measures["latent_size"]
    assert [found.distinct for found in (with_it, without, same)] == [SIZES, *[OTHERS] * 2]


def test_a_constant_latent_gives_nothing_but_its_rivals_stand():
    columns = data(20, np.random.default_rng(8)) | {"latent_size": np.full(20, 64.0)}
    found = correlate(columns)
    assert all(estimate.value is None for estimate in found.measures["latent_size"].values())
    assert found.slopes["latent_size"].value is None
    assert found.measures["params"]["spearman"].value is not None


def test_a_perfect_order_of_five_is_not_certain():
    columns = data(5, np.random.default_rng(9))
    columns |= {"mse": np.array([5e-3, 4e-3, 3e-3, 2e-3, 1e-3]), "latent_size": np.arange(1.0, 6)}
    found = correlate(columns).measures["latent_size"]["spearman"]
    assert found.value == pytest.approx(-1)
    assert found.low == pytest.approx(-1)
    assert found.high > -0.6
    assert found.p > 0.01
