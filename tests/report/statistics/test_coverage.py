"""How often the headline's interval holds the truth, in simulated studies."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from archsearch.report.statistics.correlation import correlations

ARCHITECTURES, SEEDS = 48, 2
ARCHITECTURE_NOISE, SEED_NOISE = 1.0, 0.4


def drawn(n: int, slope: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Latent sizes and two-seed mean errors of architectures drawn at random."""
    log_latent = rng.uniform(np.log(16), np.log(2048), n)
    effect = slope * log_latent + ARCHITECTURE_NOISE * rng.standard_normal(n)
    errors = np.exp(effect[:, None] - 3 + SEED_NOISE * rng.standard_normal((n, SEEDS)))
    return np.round(np.exp(log_latent)), errors.mean(axis=1)


def population(slope: float) -> float:
    latent, error = drawn(100_000, slope, np.random.default_rng(99))
    return float(stats.spearmanr(latent, error).statistic)


def coverage(rho: float, studies: int) -> tuple[float, float]:
    """The truth, and the share of studies whose interval holds it."""
    slope = 0.0
    if rho:
        slope = float(optimize.brentq(lambda s: population(s) - rho, -6, 0, xtol=0.01))
    truth, rng, hits = population(slope), np.random.default_rng(int(100 * -rho) + 7), 0
    for seed in range(studies):
        latent, error = drawn(ARCHITECTURES, slope, rng)
        sizes = {
            "latent_size": latent,
            "params": latent * np.exp(rng.standard_normal(ARCHITECTURES)) * 9,
            "macs": np.exp(rng.standard_normal(ARCHITECTURES) + 12),
        }
        area = rng.choice([4.0, 16.0, 64.0], ARCHITECTURES)
        found = correlations(error, sizes, area, seed=seed).measures["latent_size"]["spearman"]
        hits += found.low <= truth <= found.high
    return truth, hits / studies


@pytest.mark.parametrize("rho", [0.0, -0.6, -0.9])
def test_the_interval_covers_the_population_value(rho):
    truth, share = coverage(rho, studies=40)
    assert truth == pytest.approx(rho, abs=0.02)
    assert share >= 0.875


@pytest.mark.full
@pytest.mark.parametrize("rho", [0.0, -0.6, -0.9])
def test_over_500_studies_it_covers_in_92_to_98_percent(rho):
    _, share = coverage(rho, studies=500)
    print(f"rho {rho}: covered in {100 * share:.1f} %")
    assert 0.92 <= share <= 0.98
