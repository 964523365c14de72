"""Stratified designs: strata filled evenly, and confounders told apart as far as can be."""

from __future__ import annotations

import math
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest

from archsearch.config import IntDomain, load_study
from archsearch.space import Design, SearchSpace, draw_design
from archsearch.space.balance import Balance, amounts, factor_amounts, rank_correlations
from archsearch.space.points import collect, random_points
from archsearch.space.stratified import stratified
from archsearch.space.support import support_notes

ROOT = Path(__file__).parents[2]
FREEDOM = {
    "first.conv.channels": IntDomain(low=1, high=40, log=True),
    "last.conv.channels": IntDomain(low=1, high=40, log=True),
}


@pytest.fixture(scope="module")
def study_space() -> SearchSpace:
    study = load_study(ROOT / "studies/latent-vs-mse.yaml")
    return SearchSpace.of(study.settings, study.model)


@pytest.fixture(scope="module")
def design(study_space: SearchSpace) -> Design:
    return draw_design(study_space, "stratified", 48, 0)


def balance_of(design: Design) -> Balance:
    assert design.balance is not None
    return design.balance


def correlations(design: Design) -> dict[str, float]:
    x = amounts(design.candidates, "latent.size")
    factors = factor_amounts(design.candidates, "latent.size")
    return {name: abs(float(rank_correlations(x, y))) for name, y in factors.items()}


def test_the_studys_strata_are_filled_evenly_and_its_confounders_told_apart(
    study_space: SearchSpace, design: Design
) -> None:
    """Against random designs drawn by method random itself, not by what the balance says."""
    assert set(balance_of(design).counts) == {4}
    drawn = collect(
        study_space, random_points(study_space, 1500, 99), wanted=600, limit=1500
    ).candidates
    rng = np.random.default_rng(0)
    random = []
    for _ in range(100):
        chosen = rng.choice(len(drawn), 48, replace=False)
        random.append(correlations(Design(tuple(drawn[i] for i in chosen), 48, design.pool)))
    means = {name: np.mean([found[name] for found in random]) for name in random[0]}
    ours = correlations(design)
    assert ours["params"] <= means["params"] / 3
    assert ours["encoder_depth"] <= means["encoder_depth"] / 3
    assert ours["macs"] <= means["macs"] / 3
    assert ours["latent_height_width"] < means["latent_height_width"]
    for name, mean in balance_of(design).random.items():
        assert mean == pytest.approx(means[name], abs=0.12)
        assert abs(balance_of(design).correlations[name]) == pytest.approx(ours[name])


def test_random_designs_leave_strata_uneven(design: Design) -> None:
    counts = balance_of(design).random_counts
    assert max(counts) > 2 * min(counts)
    assert sum(counts) == pytest.approx(48)


def test_every_beginning_is_spread_over_the_strata(design: Design) -> None:
    sizes = amounts(design.candidates, "latent.size")
    strata = np.searchsorted(np.array(balance_of(design).edges)[1:-1], sizes, side="right")
    for length in (12, 24, 36):
        counts = np.bincount(strata[:length], minlength=12)
        assert max(counts) - min(counts) <= 1
    halves = strata[:6] < 6
    assert 2 <= halves.sum() <= 4


def test_the_same_seed_gives_the_same_design(study_space: SearchSpace, design: Design) -> None:
    again = draw_design(study_space, "stratified", 48, 0)
    assert [c.key for c in again.candidates] == [c.key for c in design.candidates]


def test_it_is_as_good_as_an_exhaustive_search_of_subsets(make_space) -> None:
    space = make_space(
        {
            "first.conv.channels": IntDomain(low=2, high=7),
            "last.conv.channels": IntDomain(low=1, high=4),
        }
    )
    pool = collect(space, random_points(space, 400, 0), wanted=1000, limit=400)
    found = stratified(pool, 6, "latent.size", 0)
    x = amounts(pool.candidates, "latent.size")
    factors = factor_amounts(pool.candidates, "latent.size")
    edges = np.array(found.balance.edges)
    strata = np.searchsorted(edges[1:-1] * (1 - 1e-12), x, side="right")
    sides = [
        list(combinations(np.flatnonzero(strata == s), count))
        for s, count in enumerate(np.bincount(strata[list(found.chosen)], minlength=len(edges) - 1))
    ]
    subsets = np.array([sum(parts, ()) for parts in product(*sides)])
    criterion = sum(
        (0.25 if name == "latent_height_width" else 1.0)
        * rank_correlations(x[subsets], y[subsets]) ** 2
        for name, y in factors.items()
    )
    ours = sum(
        (0.25 if name == "latent_height_width" else 1.0) * found.balance.correlations[name] ** 2
        for name in factors
    )
    assert ours <= criterion.min() + 0.01
    assert ours < np.median(criterion) / 2


def test_a_space_without_freedom_is_told(make_space) -> None:
    """One name decides latent and parameters alike."""
    design = draw_design(
        make_space({"last.conv.channels": IntDomain(low=1, high=60)}), "stratified", 12, 0
    )
    assert any("no freedom to tell latent size from params" in note for note in design.notes)
    assert not any("height×width" in note for note in design.notes)


def test_ranges_that_do_not_overlap_are_told(make_space) -> None:
    space = make_space(
        {
            "last.conv.channels": IntDomain(low=1, high=8),
            "last.conv.stride": IntDomain(low=1, high=1),
        }
    )
    candidates = draw_design(space, "grid", 8, 0).candidates
    balance = Balance("latent.size", (16, 128), (8,), (8,), {"params": 1.0}, {"params": 1.0}, 1)
    notes = support_notes(candidates, balance)
    assert any("the ranges don't overlap" in note and "params" in note for note in notes)


def test_a_space_with_freedom_is_told_apart(make_space) -> None:
    design = draw_design(make_space(FREEDOM), "stratified", 16, 0)
    assert all(abs(rho) < 0.1 for rho in balance_of(design).correlations.values())
    assert design.notes == ()


def test_over_may_be_parameters(make_space) -> None:
    design = draw_design(make_space(FREEDOM), "stratified", 12, 0, "params")
    balance = balance_of(design)
    assert set(balance.correlations) == {
        "latent_size",
        "macs",
        "encoder_depth",
        "latent_height_width",
    }
    assert balance.edges[0] == pytest.approx(
        min(amounts(design.pool.candidates, "params")), rel=1e-6
    )


def test_large_designs_and_small_spaces(make_space) -> None:
    large = draw_design(make_space(FREEDOM), "stratified", 300, 0)
    assert len({c.key for c in large.candidates}) == 300
    small = draw_design(
        make_space({"last.conv.channels": IntDomain(low=1, high=3)}), "stratified", 5, 0
    )
    assert len(small.candidates) == 3
    assert "3 distinct feasible candidates, fewer than 5" in small.note
    one = draw_design(
        make_space({"last.conv.channels": IntDomain(low=2, high=2)}), "stratified", 5, 0
    )
    assert balance_of(one).counts == (1,)
    assert math.isclose(balance_of(one).criterion, 0)
