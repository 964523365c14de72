import pytest

from archsearch.config import ChoiceDomain, FloatDomain, IntDomain
from archsearch.errors import InputError
from archsearch.space import Design
from archsearch.space.designs import _left_out
from tests.space.drawing import draw_design

SMALL = {
    "first.conv.channels": IntDomain(low=1, high=4),
    "last.conv.channels": IntDomain(low=1, high=3),
    "defaults.conv.kernel": ChoiceDomain(choices=(3, 5)),
}


def points(design: Design) -> list[tuple[object, ...]]:
    return [tuple(candidate.values.values()) for candidate in design.candidates]


def test_a_design_follows_from_its_seed(make_space) -> None:
    space = make_space({**SMALL, "train.lr": FloatDomain(low=1e-3, high=1e-1, log=True)})
    first, same, other = (draw_design(space, "random", 8, seed) for seed in (3, 3, 4))
    assert points(first) == points(same)
    assert points(first) != points(other)


@pytest.mark.parametrize("method", ["random", "grid"])
def test_candidates_are_distinct_and_feasible(make_space, method: str) -> None:
    space = make_space(SMALL, "latent.size >= 32", "first.channels != 2")
    design = draw_design(space, method, 100, 0)
    assert len({candidate.key for candidate in design.candidates}) == len(design.candidates) == 12
    assert all(c.plan.latent.size >= 32 for c in design.candidates)
    assert design.pool.exhausted
    assert "12 distinct feasible candidates, fewer than 100" in design.note


def test_choices_that_no_candidate_has_are_told(make_space) -> None:
    space = make_space({**SMALL, "first.conv.bias": ChoiceDomain(choices=(True, False))})
    alone = draw_design(space, "random", 1, 0)
    (values,) = (candidate.values for candidate in alone.candidates)
    kernel = 8 - values["defaults.conv.kernel"]
    bias = not values["first.conv.bias"]
    assert alone.notes == (f"never drawn: defaults.conv.kernel={kernel}, first.conv.bias={bias}",)
    assert draw_design(space, "grid", 48, 0).notes == ()


def test_duplicates_are_drawn_again(make_space) -> None:
    """Padding 1 and padding same are one architecture here."""
    domains = {
        "last.conv.channels": IntDomain(low=1, high=3),
        "last.conv.padding": ChoiceDomain(choices=(1, "same")),
    }
    design = draw_design(make_space(domains), "random", 6, 0)
    assert len(design.candidates) == 3
    assert design.pool.duplicates == 3


def test_true_and_one_are_two_points(make_space) -> None:
    space = make_space({"first.conv.bias": ChoiceDomain(choices=(True, False))})
    assert len(draw_design(space, "grid", 10, 0).candidates) == 2


def test_a_grid_has_every_combination_once(make_space) -> None:
    design = draw_design(make_space(SMALL), "grid", 24, 0)
    assert set(points(design)) == {
        (a, b, k) for a in range(1, 5) for b in range(1, 4) for k in (3, 5)
    }
    assert design.note == ""


def test_the_beginning_of_a_grid_covers_every_domain(make_space) -> None:
    """In cartesian order the first twelve of 144 would all have first = 1."""
    domains = {
        "first.conv.channels": IntDomain(low=1, high=12),
        "last.conv.channels": IntDomain(low=1, high=12),
    }
    design = draw_design(make_space(domains), "grid", 24, 0)
    firsts, lasts = zip(*points(design), strict=True)
    for values in (firsts, lasts):
        assert len(set(values)) == 12
        thirds = [sum(low < v <= low + 4 for v in values) for low in (0, 4, 8)]  # type: ignore[operator]
        assert max(thirds) - min(thirds) <= 2


def test_a_large_grid_is_not_walked_whole(make_space) -> None:
    domains = {f"encoder[{i}].conv.channels": IntDomain(low=1, high=4096) for i in (0, 2)}
    design = draw_design(make_space(domains), "grid", 5, 0)
    assert (len(design.candidates), design.pool.tried) == (5, 6)
    assert "up to 16,777,211 others could be trained" in design.notes[0]


def test_a_grid_whose_other_points_are_no_candidates_is_taken_whole(make_space) -> None:
    """Padding 1 and padding same are one architecture here, and a point that is off is none."""
    domains = {
        "last.conv.channels": IntDomain(low=1, high=3),
        "last.conv.padding": ChoiceDomain(choices=(1, "same")),
        "last.conv.bias": ChoiceDomain(choices=(True, False), when="$(last.conv.channels > 2)"),
    }
    space = make_space(domains, "last.conv.channels != 1")
    assert len(draw_design(space, "grid", 100, 0).candidates) == 3
    notes = [" ".join(draw_design(space, "grid", trials, 0).notes) for trials in (2, 3)]
    assert ["the grid has" in each for each in notes] == [True, False]


def test_a_space_without_candidates_says_which_rule_forbids_them(make_space) -> None:
    space = make_space(SMALL, "latent.size > 40", "params < 50")
    with pytest.raises(InputError) as error:
        draw_design(space, "random", 5, 0)
    assert "no feasible candidate in all of the space" in error.value.what
    assert "latent.size > 40: 16 of 24, e.g. " in str(error.value)
    assert "params < 50: 8 of 24, e.g. " in str(error.value)


def test_tries_are_bounded_where_the_space_cannot_be_counted(make_space) -> None:
    space = make_space({"train.lr": FloatDomain(low=1e-3, high=1e-1)}, "latent.size > 1000")
    with pytest.raises(InputError, match="in 200 points drawn from it"):
        draw_design(space, "random", 2, 0)


def test_a_space_with_one_point_gives_one_candidate(make_space) -> None:
    design = draw_design(
        make_space({"last.conv.channels": IntDomain(low=5, high=5)}), "random", 3, 0
    )
    assert points(design) == [(5,)]
    assert design.note == "the space has 1 distinct feasible candidate, fewer than 3"


def test_a_single_candidate_that_is_left_out_is_told_in_the_singular() -> None:
    (one,), (many,) = _left_out(1), _left_out(1_200)
    assert one == ("1 candidate is left out, because its bottleneck is narrower than its latent")
    assert many.startswith("1,200 candidates are left out, because their bottleneck")


@pytest.mark.parametrize("method", ["random", "sobol", "grid"])
def test_a_space_that_is_looked_at_whole_is_drawn_from_no_more(make_space, method: str) -> None:
    """However many trials are asked for: these would be ten million draws."""
    design = draw_design(make_space(SMALL), method, 100_000, 0)
    assert len(design.candidates) == 24
    assert design.pool.exhausted
    assert len(design.pool.draws) < 5_000
