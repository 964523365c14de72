"""``when``: what is searched where, and how many points that leaves."""

from itertools import product

import pytest

from archsearch.config import ChoiceDomain, FloatDomain, IntDomain
from archsearch.config.study import Domain
from archsearch.errors import InputError
from archsearch.space import Candidate
from archsearch.space.conditions import Conditions
from tests.space.drawing import draw_design

FLAG = ChoiceDomain(choices=(True, False))
WHEN = IntDomain(low=1, high=5, when="$flag")


def test_what_is_switched_off_is_not_set() -> None:
    conditions = Conditions({"depth": WHEN, "flag": FLAG}, {})
    assert conditions.active({"depth": 3, "flag": True}) == {"depth": 3, "flag": True}
    assert conditions.active({"depth": 3, "flag": False}) == {"flag": False}


def test_points_are_counted_as_listing_them_does() -> None:
    domains = {
        "a": IntDomain(low=1, high=3),
        "b": IntDomain(low=1, high=4, when="$(a > 1)"),
        "flag": FLAG,
        "c": ChoiceDomain(choices=(3, 5), when="$(flag and a < 3)"),
    }
    conditions = Conditions(domains, {})
    axes = [(1, 2, 3), (1, 2, 3, 4), (True, False), (3, 5)]
    listed = {
        repr(conditions.active(dict(zip(domains, point, strict=True)))) for point in product(*axes)
    }
    assert conditions.count() == len(listed) == 23
    assert sorted(listed) == sorted(map(repr, conditions.points()))


def test_a_float_that_is_never_searched_does_not_make_a_space_infinite() -> None:
    never = FloatDomain(low=0, high=1, when="$(a > 9)")
    a = IntDomain(low=1, high=3)
    assert Conditions({"a": a, "x": never}, {}).count() == 3
    assert len([*Conditions({"a": a, "x": never}, {}).points()]) == 3
    sometimes = FloatDomain(low=0, high=1, when="$(a > 2)")
    assert Conditions({"a": a, "x": sometimes}, {}).count() is None


def test_a_condition_reads_defaults_of_what_is_not_searched() -> None:
    conditions = Conditions({"x": IntDomain(low=1, high=2, when="$(depth > 1)")}, {"depth": 2})
    assert conditions.active({"x": 1}) == {"x": 1}
    assert conditions.count() == 2


def test_a_circle_and_a_number_are_refused() -> None:
    with pytest.raises(InputError, match="depends on itself"):
        Conditions({"a": IntDomain(low=1, high=2, when="$(a > 1)")}, {})
    conditions = Conditions({"a": IntDomain(low=1, high=2, when="$depth")}, {"depth": 2})
    with pytest.raises(InputError, match="gives 2, neither true nor false"):
        conditions.active({"a": 1})


@pytest.mark.parametrize("method", ["random", "sobol", "grid"])
def test_every_method_draws_each_active_point_once(make_space, method: str) -> None:
    space = make_space(
        {
            "first.conv.bias": FLAG,
            "last.conv.channels": IntDomain(low=1, high=3),
            "last.conv.kernel": ChoiceDomain(choices=(3, 5), when="$(last.conv.channels > 2)"),
        }
    )
    design = draw_design(space, method, 100, 0)
    assert space.size == len(design.candidates) == 2 * (2 + 2)
    assert design.pool.exhausted
    inactive = [c for c in design.candidates if "last.conv.kernel" not in c.values]
    assert len(inactive) == 4
    defaults = {layer.name: layer for layer in space.default_plan().layers}
    for candidate in inactive:
        (last,) = [layer for layer in candidate.plan.layers if layer.name == "last"]
        assert last.op.kernel == defaults["last"].op.kernel  # the model's own


@pytest.mark.parametrize("method", ["random", "sobol", "grid"])
def test_one_name_at_a_time_is_a_small_space(make_space, method: str) -> None:
    """Of 23,040 combinations of all names, 52 differ."""
    domains: dict[str, Domain] = {"first.conv.channels": IntDomain(low=1, high=40)}
    choices = {"kernel": (1, 3, 5), "activation": ("relu", "elu", "tanh", "silu")}
    choices["norm"] = ("none", "batch")
    for place, (layer, field) in enumerate(product(("first", "last"), choices), start=1):
        when = f"$(first.conv.channels == {place})"
        domains[f"{layer}.conv.{field}"] = ChoiceDomain(choices=choices[field], when=when)
    space = make_space(domains)
    design = draw_design(space, method, 100, 0)
    assert space.size == len(design.candidates) == 2 * (3 + 4 + 2) + 40 - 6
    assert design.pool.exhausted


def test_constraints_speak_of_named_layers_and_params_that_are_not_searched(make_space) -> None:
    space = make_space(
        {"last.conv.channels": IntDomain(low=1, high=9)}, "last.height * 2 <= first.height"
    )
    assert isinstance(space.resolve({"last.conv.channels": 3}), Candidate)
