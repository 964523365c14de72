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
    assert not any(c.plan.bottleneck_before_latent for c in design.candidates)
    start = 0
    sizes = []
    for count in design.sets:
        group = design.candidates[start : start + count]
        start += count
        assert len({c.plan.latent.size for c in group}) == 1
        shapes = {(c.plan.latent.height, c.plan.latent.width) for c in group}
        assert len(shapes) == count
        assert len({(c.values["width"], c.values["residual"]) for c in group}) == 1
        sizes.append(group[0].plan.latent.size)
    assert len(set(sizes)) == len(sizes)
    assert max(sizes) / min(sizes) >= 6


@pytest.mark.parametrize("trials", [7, 12, 20])
def test_trunks_are_held_fixed_and_only_the_code_varies(
    quickstart: SearchSpace, trials: int
) -> None:
    design = draw_design(quickstart, "matched", trials, 0, "latent.size")
    assert sum(design.sets) == trials
    assert len(design.sets) >= 2
    assert min(design.sets) >= 3  # a slope within each
    left = list(design.candidates)
    trunks = set()
    for count in design.sets:
        group = [left.pop(0) for _ in range(count)]
        trunks.add(trunk_key(group[0].plan))
        assert len({trunk_key(c.plan) for c in group}) == 1
        sizes = [c.plan.latent.size for c in group]
        assert len(set(sizes)) == count
        assert max(sizes) / min(sizes) >= 4
        assert {min(sizes), max(sizes)} == set(sizes[:2])  # every beginning is spread
        assert not any(c.plan.bottleneck_before_latent for c in group)
    assert len(trunks) == len(design.sets)


def test_trunks_are_unlike_each_other(quickstart: SearchSpace) -> None:
    design = draw_design(quickstart, "matched", 20, 0, "latent.size")
    choices = [{c.values[name] for c in design.candidates} for name in ("depth", "residual")]
    assert choices == [{1, 2, 3}, {False, True}]


def test_sets_with_a_narrower_bottleneck_are_taken_where_no_others_match(make_space) -> None:
    space = make_space({"last.conv.channels": IntDomain(low=5, high=9)})  # 4 channels feed it
    design = draw_design(space, "matched", 4, 0, "latent.size")
    assert design.sets == (4,)
    assert all(c.plan.bottleneck_before_latent for c in design.candidates)


def test_where_nothing_matches_it_says_what_to_search(make_space) -> None:
    space = make_space({"first.conv.channels": IntDomain(low=1, high=8)})
    with pytest.raises(InputError, match=r"nothing matches.*one latent size at different") as error:
        draw_design(space, "matched", 6, 0)
    assert "depth or strides" in error.value.help
