"""Stratified designs: strata filled evenly, and confounders told apart as far as can be."""

from __future__ import annotations

import math
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest

from archsearch.config import ChoiceDomain, FloatDomain, IntDomain, load_study
from archsearch.space import Design, SearchSpace
from archsearch.space.balance import Balance, amounts, factor_amounts, rank_correlations
from archsearch.space.points import collect, random_points
from archsearch.space.stratified import stratified
from archsearch.space.support import support_notes
from archsearch.space.trunk_choices import design_factors, trunk_choices
from tests.space.drawing import draw_design

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


CHOICES = ("depth", "width", "defaults.conv.kernel", "residual")


def correlations(design: Design) -> dict[str, float]:
    """|ρ| of latent size with each choice of the trunk and with height×width."""
    x = amounts(design.candidates, "latent.size")
    columns = {name: [float(c.values[name]) for c in design.candidates] for name in CHOICES}
    areas = [c.plan.latent.height * c.plan.latent.width for c in design.candidates]
    columns["latent_height_width"] = [float(area) for area in areas]
    return {name: abs(float(rank_correlations(x, np.array(y)))) for name, y in columns.items()}


def test_the_studys_strata_are_filled_evenly_and_its_trunks_choices_told_apart(
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
    for name in ("width", "defaults.conv.kernel", "residual"):
        assert ours[name] <= means[name] / 3
    for name in ("depth", "latent_height_width"):  # which decide what latents there are
        assert ours[name] <= means[name] - 0.1
    assert set(ours) == set(balance_of(design).correlations)
    for name, mean in balance_of(design).random.items():
        assert mean == pytest.approx(means[name], abs=0.12)
        assert abs(balance_of(design).correlations[name]) == pytest.approx(ours[name])


def test_candidates_whose_bottleneck_comes_before_the_latent_are_left_out(
    study_space: SearchSpace, design: Design
) -> None:
    assert not any(c.plan.bottleneck_before_latent for c in design.candidates)
    left_out = sum(c.plan.bottleneck_before_latent for c in design.pool.candidates)
    assert left_out > 100
    assert f"{left_out:,} candidates are left out, because their bottleneck" in design.notes[0]


def test_they_are_taken_where_there_are_no_others(make_space) -> None:
    space = make_space({"last.conv.channels": IntDomain(low=3, high=9)})  # 4 channels feed it
    design = draw_design(space, "stratified", 6, 0)
    assert sum(c.plan.bottleneck_before_latent for c in design.candidates) >= 4


def test_choices_of_the_trunk_are_told_from_those_of_the_code(study_space: SearchSpace) -> None:
    pool = collect(study_space, random_points(study_space, 300, 0), wanted=100, limit=300)
    assert trunk_choices(study_space, pool.candidates) == CHOICES  # not latent_channels


def test_words_and_switches_become_numbers(make_space) -> None:
    space = make_space(
        {
            "first.conv.activation": ChoiceDomain(choices=("relu", "elu", "tanh")),
            "first.conv.bias": ChoiceDomain(choices=(True, False)),
            "last.conv.norm": ChoiceDomain(choices=("none", "batch")),
            "last.conv.channels": IntDomain(low=1, high=4),
            "train.lr": FloatDomain(low=0.001, high=0.1),
        }
    )
    pool = collect(space, random_points(space, 300, 0), wanted=100, limit=300)
    factors = design_factors(space, pool.candidates, "latent.size")
    words = [f"first.conv.activation={word}" for word in ("elu", "relu", "tanh")]
    others = ["first.conv.bias", "last.conv.norm=none", "latent_height_width"]
    assert list(factors) == [*words, *others]
    assert sum(factors[name] for name in words).tolist() == [1.0] * len(pool.candidates)
    norms = [c.values["last.conv.norm"] for c in pool.candidates]
    assert factors["last.conv.norm=none"].tolist() == [float(norm == "none") for norm in norms]


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
    factors = factor_amounts(pool.candidates, "latent.size")
    found = stratified(pool, 6, "latent.size", 0, factors, np.arange(len(pool.candidates)))
    x = amounts(pool.candidates, "latent.size")
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


def test_what_follows_from_the_latent_is_no_fault_of_the_space(make_space) -> None:
    """One name decides latent and parameters alike, and the trunk is one."""
    design = draw_design(
        make_space({"last.conv.channels": IntDomain(low=1, high=4)}), "stratified", 4, 0
    )
    assert rank_correlations(
        amounts(design.candidates, "latent.size"), amounts(design.candidates, "params")
    ) == pytest.approx(1)
    assert design.notes == ()


def test_a_space_without_freedom_is_told(design: Design) -> None:
    """Each depth has latents of its own height, so of sizes of its own."""
    assert any("can't separate latent size from depth: ρ is -0" in n for n in design.notes)
    assert not any(
        word in note for note in design.notes for word in ("params", "MACs", "from width")
    )


def test_ranges_that_do_not_overlap_are_told(make_space) -> None:
    space = make_space(
        {
            "last.conv.channels": IntDomain(low=1, high=8),
            "last.conv.stride": IntDomain(low=1, high=1),
        }
    )
    candidates = draw_design(space, "grid", 8, 0).candidates
    x, params = (amounts(candidates, name) for name in ("latent.size", "params"))
    balance = Balance("latent.size", (16, 128), (8,), (8,), {"params": 1.0}, {"params": 1.0}, 1)
    notes = support_notes(x, {"params": params}, balance)
    assert any("no value occurs at every level" in note and "parameters" in note for note in notes)


def test_levels_that_round_alike_are_told_apart() -> None:
    x = np.array([10.0, 30, 40, 60, 70, 90])
    dropout = np.array([0.1, 0.1, 0.2, 0.2, 0.3, 0.3])
    balance = Balance("latent.size", (10, 90), (6,), (6,), {"p": 0.1}, {"p": 0.1}, 1)
    (note,) = support_notes(x, {"p": dropout}, balance)
    assert "no value occurs at every level (0.1: 10–30, 0.2: 40–60, 0.3: 70–90)" in note


def test_a_space_with_freedom_is_told_apart(make_space) -> None:
    design = draw_design(make_space(FREEDOM), "stratified", 16, 0)
    assert set(balance_of(design).correlations) == {"first.conv.channels", "latent_height_width"}
    assert all(abs(rho) < 0.1 for rho in balance_of(design).correlations.values())
    assert [note for note in design.notes if "left out" not in note] == []


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
