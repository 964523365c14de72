"""What is told of a space before any training."""

from itertools import pairwise

import numpy as np
import pytest

from archsearch.config import (
    SOURCES,
    ChoiceDomain,
    DataSettings,
    FloatDomain,
    IntDomain,
    SourceKind,
    StudySettings,
)
from archsearch.errors import InputError
from archsearch.extensions import extended
from archsearch.report.statistics.least_squares import log_log_slope
from archsearch.report.statistics.rank import spearman_of
from archsearch.space import SpaceSummary, detectable_correlation, summarize
from archsearch.space.cost import training_pictures

SMALL = {
    "first.conv.channels": IntDomain(low=1, high=4),
    "last.conv.channels": IntDomain(low=1, high=3),
    "defaults.conv.kernel": ChoiceDomain(choices=(3, 5)),
}


def summary(make_space, domains, *constraints: str, **search: object) -> SpaceSummary:
    settings = StudySettings(
        name="toy",
        model="toy.yaml",
        data=DataSettings(limit=1000),
        space=domains,
        constraints=constraints,
        search={"trials": 8, **search},  # type: ignore[arg-type]
    )
    return summarize(make_space(domains, *constraints), settings)


def test_a_small_space_is_counted_whole(make_space) -> None:
    found = summary(make_space, SMALL, "latent.size > 16", "first.channels > 1")
    assert (found.configurations, found.sampled, found.whole) == (24, 24, True)
    assert found.feasible_share == 12 / 24
    assert found.distinct == 12
    assert found.rules == {"latent.size > 16": 8 / 24, "first.channels > 1": 4 / 24}
    assert found.examples["latent.size > 16"].values["last.conv.channels"] == 1
    assert (found.latent_size.minimum, found.latent_size.maximum) == (32, 48)
    assert sum(found.latent_size.counts) == 12
    assert found.narrower == 2 / 12  # the latent of 3 channels behind a layer of 2
    assert found.correlations["last.conv.channels"] == pytest.approx(1)
    assert abs(found.correlations["first.conv.channels"]) < 1e-9


def test_an_infinite_space_is_sampled(make_space) -> None:
    found = summary(make_space, {**SMALL, "train.lr": FloatDomain(low=0.001, high=0.1, log=True)})
    assert found.configurations is None
    assert (found.sampled, found.whole) == (4000, False)
    assert found.distinct == 24


def test_a_space_without_candidates_is_an_error(make_space) -> None:
    with pytest.raises(InputError, match="no feasible candidate in all of the space"):
        summary(make_space, SMALL, "latent.size > 1000")


def test_methods_that_adapt_have_no_design(make_space) -> None:
    found = summary(make_space, SMALL, method="tpe")
    assert found.design is None
    assert found.detectable is None
    assert found.cost.trainings == 8


def test_the_cost_is_macs_pictures_epochs_and_three_passes(make_space) -> None:
    one = {"last.conv.channels": IntDomain(low=2, high=2)}
    found = summary(make_space, one, trials=1, seeds=2)
    (candidate,) = found.candidates
    assert found.cost.total_macs == 2 * candidate.plan.macs * 48_000 * 10 * 3


def test_the_pictures_of_unread_sources_are_unknown() -> None:
    assert training_pictures(DataSettings(source="folder:x")) is None
    assert training_pictures(DataSettings(source="nowhere")) is None


def test_the_pictures_of_a_source_are_what_it_declares() -> None:
    moons = SourceKind("moons", "half moons", len, pictures=1_000)
    with extended(moons):
        for kind in (*SOURCES.builtin.values(), moons):
            told = training_pictures(DataSettings(source=kind.written))
            assert told == (None if kind.pictures is None else int(0.8 * kind.pictures))


@pytest.mark.parametrize(
    ("n", "studies"),
    [
        (8, 1500),
        (12, 1500),
        *(pytest.param(n, 1500, marks=pytest.mark.full) for n in (6, 10, 18, 24, 48, 80)),
    ],
)
def test_four_of_five_reports_show_the_detectable_correlation(n: int, studies: int) -> None:
    """Simulated with the report's own interval: 80 ± 3 % say yes, and sampling error."""
    rho = detectable_correlation(n)
    assert rho is not None
    copula, rng = 2 * np.sin(np.pi * rho / 6), np.random.default_rng(n)
    x, noise = rng.standard_normal((2, studies, n))
    y = copula * x + np.sqrt(1 - copula**2) * noise
    shown = [spearman_of(*pair).clear for pair in zip(x, y, strict=True)]
    assert np.mean(shown) == pytest.approx(0.8, abs=0.03 + 0.012)


@pytest.mark.parametrize("n", [8, 12, 24, 30, 70])
def test_within_trunks_it_is_that_of_the_slope(n: int) -> None:
    """Two trunks at levels of their own, log error and log size correlated within them."""
    rho = detectable_correlation(n, "slope_within_trunks", trunks=2)
    assert rho is not None
    rng, shown = np.random.default_rng(n), 0
    trunk = np.arange(n) % 2
    for _ in range(1200):
        x, noise = rng.standard_normal((2, n))
        y = rho * x + np.sqrt(1 - rho**2) * noise + 3 * trunk
        shown += log_log_slope(np.exp(x), np.exp(y), trunk.tolist()).clear
    assert shown / 1200 == pytest.approx(0.8, abs=0.03 + 0.012)


def test_more_architectures_find_weaker_correlations_and_few_find_none() -> None:
    sizes = [detectable_correlation(n) or 1.0 for n in (6, 12, 13, 15, 40, 48, 200, 5000)]
    assert all(a > b for a, b in pairwise(sizes))
    assert detectable_correlation(5) is None
    assert detectable_correlation(6, "slope_within_trunks", trunks=2) is None
