"""What candidates share must never show: each plan is that of a fresh reading."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archsearch.config import Model
from archsearch.spec import ModelPlan, Source, parse_spec
from archsearch.spec.kinds import Kind
from archsearch.spec.resolution.cache import ResolutionCache, cache_of
from archsearch.spec.resolution.lookup import Lookup

SPECS = Path(__file__).parents[2] / "specs"
NINE = (SPECS / "acml-nine-layer.yaml").read_text(encoding="utf-8")
FAMILY = (SPECS / "family.yaml").read_text(encoding="utf-8")

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "encoder[0].conv.channels": st.integers(1, 9),
    "encoder[0].conv.activation": st.sampled_from(["none", "gelu"]),
    "encoder[1].pool.kernel": st.sampled_from([1, 2, (1, 2), 4]),
    "encoder[1].pool.stride": st.sampled_from([1, 2]),
    "defaults.conv.kernel": st.sampled_from([1, 3, (3, 5)]),
    "defaults.conv.norm": st.sampled_from(["none", "batch", "group"]),
    "defaults.upsample.scale": st.sampled_from([1, 2]),
}
PARAMS: dict[str, st.SearchStrategy[Any]] = {
    "depth": st.integers(0, 3),
    "width": st.integers(1, 9),
    "down": st.sampled_from(["pool", "stride", "zonk"]),
    "residual": st.booleans(),
    "dropout_p": st.sampled_from([0.0, 0.5]),
}


def model_of(text: str) -> Model:
    family = parse_spec(Source("s.yaml", text))
    assert family is not None
    return Model(family)


def outcome(model: Model, values: dict[str, Any]) -> tuple[ModelPlan | None, object]:
    resolution = model.resolve(values=values)
    return resolution.plan, resolution.diagnostics


@pytest.mark.parametrize(("text", "space"), [(NINE, VALUES), (FAMILY, PARAMS)])
def test_candidates_do_not_see_each_other(
    text: str, space: dict[str, st.SearchStrategy[Any]]
) -> None:
    shared = model_of(text)

    @settings(max_examples=40, deadline=None)
    @given(st.fixed_dictionaries({}, optional=space))
    def hold(values: dict[str, Any]) -> None:
        assert outcome(shared, values) == outcome(model_of(text), values)

    hold()


def test_a_layer_is_settled_once_for_equal_assignments(monkeypatch: pytest.MonkeyPatch) -> None:
    settled: list[str] = []
    settle = Lookup.settle

    def counted(self: Lookup, item: Any, kind: Kind) -> Any:
        settled.append(item.path)
        return settle(self, item, kind)

    monkeypatch.setattr(Lookup, "settle", counted)
    model = model_of(NINE)
    for channels in (4, 5, 6):
        model.plan(values={"encoder[0].conv.channels": channels})
    assert len(settled) == len(set(settled)) == 9
    model.plan(values={"encoder[2].conv.channels": 4})
    assert len(settled) == 18


def test_only_what_is_assigned_or_computed_is_looked_up_again() -> None:
    model = model_of(NINE)
    model.plan(values={"encoder[0].conv.channels": 4, "defaults.conv.kernel": 5})
    (layers,) = cache_of(model.family).settled.values()
    open_fields = {item.path: [f.name for f in settled.open] for item, settled in layers.items()}
    assert open_fields["encoder[0].conv"] == ["channels", "kernel"]
    assert open_fields["encoder[2].conv"] == ["kernel"]
    assert open_fields["encoder[1].pool"] == []


def test_a_shape_rule_runs_once_for_equal_layers() -> None:
    model = model_of(NINE)
    one, other = model.plan(), model.plan(values={"encoder[4].conv.channels": 5})
    same = [a.op is b.op for a, b in zip(one.layers, other.layers, strict=True)]
    assert same == [True] * 4 + [False] * 3 + [True, True]  # from the changed conv to the next


def test_ways_to_assign_do_not_pile_up() -> None:
    cache = ResolutionCache()
    for count in range(100):
        cache.settled_for({f"path{count}": 1})
    assert len(cache.settled) <= 16
