"""Sobol points and matched sets."""

from pathlib import Path

import numpy as np
import pytest

from archsearch.config import FloatDomain, IntDomain, load_study
from archsearch.errors import InputError
from archsearch.space import SearchSpace
from archsearch.space.points import random_points, sobol_points
from archsearch.spec import trunk_key
from tests.space.drawing import draw_design

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def quickstart() -> SearchSpace:
    study = load_study(ROOT / "tests/space/matched.yaml")
    return SearchSpace.of(study.settings, study.model)


@pytest.fixture(scope="module")
def roomy(quickstart: SearchSpace) -> SearchSpace:
    """Widths that leave many latents the narrowest place of their nets."""
    wide = {**quickstart.domains, "width": IntDomain(low=4, high=96, log=True)}
    return SearchSpace(quickstart.model, wide, quickstart.constraints[:1], quickstart.settings)


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


def test_matched_sets_have_one_latent_size_and_different_shapes(roomy: SearchSpace) -> None:
    design = draw_design(roomy, "matched", 20, 0)
    assert sum(design.sets) == len(design.candidates) <= 20
    assert {2, 3} >= set(design.sets)
    assert 3 in design.sets
    assert not any(c.plan.bottleneck_before_latent for c in design.candidates)
    start = 0
    sizes = []
    for count in design.sets:
        group = design.candidates[start : start + count]
        start += count
        assert len({c.plan.latent.size for c in group}) == 1
        shapes = {(c.plan.latent.height, c.plan.latent.width) for c in group}
        assert len(shapes) == count
        assert len({c.values["width"] for c in group}) < count + 1
        assert len({c.values["residual"] for c in group}) == 1
        sizes.append(group[0].plan.latent.size)
    assert len(set(sizes)) == len(sizes)
    assert max(sizes) / min(sizes) >= 8


def test_members_of_a_set_are_alike_in_cost(roomy: SearchSpace) -> None:
    design = draw_design(roomy, "matched", 20, 0)
    apart, start = [], 0
    for count in design.sets:
        costs = [c.plan.params for c in design.candidates[start : start + count]]
        start += count
        apart.append(max(costs) / min(costs))
    everything = [c.plan.params for c in design.pool.candidates]
    assert np.median(apart) < 4 < max(everything) / min(everything)


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


def test_enough_candidates_are_never_given_up_for_few_that_are_eligible(make_space) -> None:
    """Of 117 candidates six have the latent as the narrowest place, and these would match."""
    space = make_space(
        {
            "first.conv.channels": IntDomain(low=1, high=4),
            "last.conv.channels": IntDomain(low=1, high=30),
        }
    )
    design = draw_design(space, "matched", 24, 0, "latent.size")
    sound = [c for c in design.pool.candidates if not c.plan.bottleneck_before_latent]
    assert 2 <= len(sound) < 24 <= len(design.pool.candidates)
    assert len(design.candidates) == 24
    assert design.note == ""
    assert design.notes == ()


def test_fewer_in_sets_than_wanted_is_said_as_that(quickstart: SearchSpace) -> None:
    design = draw_design(quickstart, "matched", 300, 0)
    found, feasible = len(design.candidates), len(design.pool.candidates)
    assert found < 300 < feasible
    assert design.note == (
        f"only {found} of {feasible:,} distinct feasible candidates are in matched sets, "
        "fewer than 300"
    )


def test_where_nothing_matches_it_says_what_to_search(make_space) -> None:
    space = make_space({"first.conv.channels": IntDomain(low=1, high=8)})
    with pytest.raises(InputError, match=r"nothing matches.*one latent size at different") as error:
        draw_design(space, "matched", 6, 0)
    assert "depth or strides" in error.value.help
