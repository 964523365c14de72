"""Intervals hold the truth as often as they say, and are narrow where the order is clear."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from archsearch.report.statistics.correlation import correlations
from archsearch.report.statistics.epochs import over_epochs
from archsearch.report.statistics.groups import within_groups
from archsearch.report.statistics.intervals import (
    Estimate,
    correlation_interval,
    difference,
    strength_gap,
)
from archsearch.report.statistics.ranges import leave_range_out
from archsearch.report.statistics.rank import spearman_draws, spearman_of
from archsearch.report.statistics.resampling import resampled
from benchmarks.coverage import STATISTICS, covered, partial_false_positives


def one_swap(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Falling errors but for two neighbours."""
    errors = np.arange(n, 0, -1.0)
    errors[[n // 2, n // 2 + 1]] = errors[[n // 2 + 1, n // 2]]
    return np.arange(n) + 1.0, errors


@pytest.mark.parametrize(("n", "weakest"), [(8, -0.72), (10, -0.87), (12, -0.93), (24, -0.98)])
def test_one_swap_off_a_perfect_order_is_a_clear_answer(n: int, weakest: float) -> None:
    found = spearman_of(*one_swap(n))
    assert found.low == pytest.approx(-1, abs=0.001)
    assert found.value is not None
    assert found.value <= found.high < weakest  # type: ignore[operator]


@pytest.mark.parametrize("n", [4, 5, 8, 12, 13, 26, 40, 64, 65, 500])
def test_ends_mirror_each_other_and_rise_with_the_value(n: int) -> None:
    values = np.linspace(-1, 1, 81)
    for kind in ("spearman", "kendall", "pearson"):
        ends = [correlation_interval(kind, float(value), n) for value in values]
        low, high = np.array(ends, dtype=float).T
        assert (low <= values + 1e-12).all()
        assert (high >= values - 1e-12).all()
        assert np.allclose(low, -high[::-1])
        assert (np.diff(high) >= -1e-9).all()
        assert np.abs(ends).max() <= 1


def rarity(value: float, population: float, n: int) -> float:
    """How often a sample's ρ is so low: by numpy's own ranks, in 6,000 samples."""
    rng, rho = np.random.default_rng(1), 2 * np.sin(np.pi * population / 6)
    x, noise = rng.standard_normal((2, 6000, n))
    y = rho * x + np.sqrt(1 - rho**2) * noise
    apart = np.argsort(np.argsort(x, axis=1), axis=1) - np.argsort(np.argsort(y, axis=1), axis=1)
    drawn = 1 - 6 * (apart**2).sum(axis=1) / (n**3 - n)
    return float((drawn <= value + 1e-9).mean())


@pytest.mark.parametrize(("n", "value"), [(8, -0.7), (12, -0.9), (12, 0.3)])
def test_the_upper_end_is_where_so_low_a_value_becomes_rare(n: int, value: float) -> None:
    high = correlation_interval("spearman", value, n)[1]  # type: ignore[index]
    assert rarity(value, high - 0.05, n) > 0.025 > rarity(value, min(high + 0.05, 0.999), n)


@pytest.mark.parametrize("n", [24, 32, 64])
def test_between_and_beyond_the_bands_the_interval_goes_on_as_they_do(n: int) -> None:
    for value in (-0.95, -0.4, 0.0, 0.8):
        inside = correlation_interval("spearman", value, n)
        beyond = correlation_interval("spearman", value, n + 1)
        assert beyond == pytest.approx(inside, abs=0.01)


@pytest.mark.parametrize("rho", [0.0, 0.9, 0.99])
@pytest.mark.parametrize("statistic", STATISTICS)
def test_intervals_of_twelve_cover(statistic: str, rho: float) -> None:
    assert covered(statistic, 12, rho, studies=60).covered >= 0.86


def test_verdicts_of_small_studies() -> None:
    """At most one false yes in twenty, and a strong effect is mostly seen."""
    assert covered("Spearman", 8, 0.0, studies=800).shown <= 0.07
    assert covered("Spearman", 8, 0.9, studies=200).shown >= 0.7
    assert covered("Spearman", 12, 0.9, studies=200).shown >= 0.93


@pytest.mark.full
@pytest.mark.parametrize("n", [8, 12, 24, 48])
@pytest.mark.parametrize("statistic", ["Spearman", "Spearman, tied", "Spearman, tails", "Kendall"])
def test_rank_correlations_cover_in_93_to_98_percent(statistic: str, n: int) -> None:
    for rho in (0.0, 0.5, 0.9, 0.99):
        found = covered(statistic, n, rho, studies=600)
        assert found.covered >= (0.9 if statistic.endswith("tails") else 0.93) - 0.015, found
        if n >= 24 and "tied" not in statistic:
            assert found.covered <= 0.99, found


def test_partial_false_positives_are_few() -> None:
    assert 0.02 <= partial_false_positives(8, studies=400) <= 0.09


@pytest.mark.full
@pytest.mark.parametrize("n", [8, 12, 24, 48])
def test_partial_false_positives_are_4_to_8_percent(n: int) -> None:
    assert 0.04 <= partial_false_positives(n, studies=4000) <= 0.08


@pytest.mark.parametrize("n", [10, 30])
def test_one_number_has_one_interval_wherever_it_stands(n: int) -> None:
    rng = np.random.default_rng(n)
    latent = np.round(2 ** rng.uniform(3, 10, n))
    errors = np.exp(-0.3 * np.log(latent) + 0.4 * rng.standard_normal((3, n))).T
    sizes = {name: latent if name == "latent_size" else rng.random(n) * 1e6 + 9 for name in _SIZES}
    headline = correlations(errors[:, -1], sizes, rng.choice([4.0, 16.0], n))
    rho = headline.measures["latent_size"]["spearman"]
    last = over_epochs(latent, [1, 2, 3], errors)[-1]
    assert last.spearman[:3] == rho[:3]
    assert last.slope == headline.slopes["latent_size"]
    (grouping,) = within_groups(latent, errors[:, -1], {"half": np.arange(n) % 2})
    assert grouping.pooled[:3] == rho[:3]
    alone = latent[::2], errors[::2, -1]
    assert grouping.groups[0].estimate == spearman_of(*alone)
    part = leave_range_out(latent, errors[:, -1])[0]
    kept = (latent < part.low) | (latent > part.high)
    assert part.estimate[:4] == spearman_of(latent[kept], errors[kept, -1])[:4]


_SIZES = ("latent_size", "params", "macs")


@pytest.mark.parametrize(("n", "way"), [(12, 0.0), (18, 0.25), (24, 0.5), (40, 0.5)])
def test_an_interval_goes_half_way_to_a_wider_bootstrap(n: int, way: float) -> None:
    """From 24 architectures on; of 12 to 24 less."""
    value, deviation = -0.6, 0.9
    drawn = np.tanh(np.arctanh(value) + deviation * stats.norm.ppf(np.linspace(1e-6, 1, 4001)[:-1]))
    alone = correlation_interval("spearman", value, n)
    bootstrap = np.tanh(np.arctanh(value) + deviation * 1.96 * np.array([-1, 1]))
    expected = (1 - way) * np.array(alone) + way * bootstrap
    found = correlation_interval("spearman", value, n, drawn)
    assert found == pytest.approx(tuple(expected), abs=0.01)


def test_the_gap_of_rivals_that_rise_and_fall_together_is_narrow() -> None:
    rng = np.random.default_rng(0)
    latent = np.round(2 ** rng.uniform(4, 11, 40))
    error = np.exp(-0.4 * np.log(latent) + 0.3 * rng.standard_normal(40))
    both = np.stack([latent, np.minimum(latent, 700)])
    one, other = (spearman_of(each, error) for each in both)
    gap = strength_gap(one, other, *resampled(lambda w: spearman_draws(error, both, w), 40))
    apart = difference(one, other)
    assert gap.value == pytest.approx(abs(one.value) - abs(other.value))
    assert gap.high - gap.low < 0.5 * (apart.high - apart.low)


def test_a_difference_is_zous() -> None:
    one, other = Estimate(0.8, 0.7, 0.9, 20, None), Estimate(0.5, 0.2, 0.7, 30, None)
    found = difference(one, other)
    assert found.value == pytest.approx(0.3)
    assert found.low == pytest.approx(0.3 - (0.1**2 + 0.2**2) ** 0.5)
    assert found.high == pytest.approx(0.3 + (0.1**2 + 0.3**2) ** 0.5)
    together = difference(one, other, together=0.9)
    assert found.low < together.low < together.value < together.high < found.high  # type: ignore[operator]
