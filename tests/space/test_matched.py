"""Sobol points and matched sets."""

from pathlib import Path

import numpy as np
import pytest

from archsearch.config import FloatDomain, IntDomain, load_study
from archsearch.errors import InputError
from archsearch.space import SearchSpace, draw_design
from archsearch.space.points import random_points, sobol_points
from archsearch.spec import trunk_key

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def quickstart() -> SearchSpace:
    study = load_study(ROOT / "studies/quickstart.yaml")
    return SearchSpace.of(study.settings, study.model)


def discrepancy(points: list[dict[str, object]]) -> float:
    from scipy.stats import qmc

    return float(qmc.discrepancy(np.array([list(point.values()) for point in points], float)))


def test_sobol_fills_the_space_more_evenly_than_draws(make_space) -> None:
    space = make_space(
        {
            "train.lr": FloatDomain(low=0.0, high=1.0),
            "train.weight_decay": FloatDomain(low=0.0, high=1.0),
        }
    )
    sobol = discrepancy(list(sobol_points(space, 64, 0))[:64])
    random = [discrepancy(list(random_points(space, 64, seed))[:64]) for seed in range(10)]
    assert sobol < min(random) / 3


def test_sobol_follows_from_its_seed(make_space) -> None:
    space = make_space({"last.conv.channels": IntDomain(low=1, high=500)})
    first, same, other = (draw_design(space, "sobol", 9, seed) for seed in (1, 1, 2))
    assert [c.key for c in first.candidates] == [c.key for c in same.candidates]
    assert [c.key for c in first.candidates] != [c.key for c in other.candidates]


def test_matched_sets_have_one_latent_size_and_different_shapes(quickstart: SearchSpace) -> None:
    design = draw_design(quickstart, "matched", 20, 0)
    assert sum(design.sets) == len(design.candidates) <= 20
    assert {2, 3} >= set(design.sets)
    assert 3 in design.sets
    start = 0
    sizes = []
    for count in design.sets:
        group = design.candidates[start : start + count]
        start += count
        assert len({c.plan.latent.size for c in group}) == 1
        shapes = {(c.plan.latent.height, c.plan.latent.width) for c in group}
        assert len(shapes) == count
        assert len({c.values["width"] for c in group}) < count + 1
        sizes.append(group[0].plan.latent.size)
    assert len(set(sizes)) == len(sizes)
    assert max(sizes) / min(sizes) >= 8


def test_members_of_a_set_are_alike_in_cost(quickstart: SearchSpace) -> None:
    design = draw_design(quickstart, "matched", 20, 0)
    apart, start = [], 0
    for count in design.sets:
        costs = [c.plan.params for c in design.candidates[start : start + count]]
        start += count
        apart.append(max(costs) / min(costs))
    everything = [c.plan.params for c in design.pool.candidates]
    assert np.median(apart) < 4 < max(everything) / min(everything)


def test_one_trunk_varies_only_the_bottleneck(quickstart: SearchSpace) -> None:
    design = draw_design(quickstart, "matched", 8, 0, "latent.size")
    assert design.sets == (8,)
    assert len({trunk_key(c.plan) for c in design.candidates}) == 1
    assert len({(c.values["depth"], c.values["width"]) for c in design.candidates}) == 1
    sizes = [c.plan.latent.size for c in design.candidates]
    assert len(set(sizes)) == 8
    assert max(sizes) / min(sizes) >= 8
    assert {min(sizes), max(sizes)} == set(sizes[:2])  # every beginning is spread


def test_where_nothing_matches_it_says_what_to_search(make_space) -> None:
    space = make_space({"first.conv.channels": IntDomain(low=1, high=8)})
    with pytest.raises(InputError, match=r"nothing matches.*one latent size at different") as error:
        draw_design(space, "matched", 6, 0)
    assert "depth or strides" in error.value.help
