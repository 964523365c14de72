"""The narrowest cut: of any layer graph, against scipy's maximum flow and plain reachability."""

from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from archsearch.config import Model
from archsearch.spec import ModelPlan, Source, parse_spec, to_yaml
from archsearch.spec.plan.bottleneck import minimum_cut

SPECS = Path(__file__).parents[2] / "specs"
BOTH = ("bottleneck-before-latent", "latent-exceeds-picture")
Graph = tuple[list[int], list[tuple[int, int]]]


@st.composite
def graphs(draw: st.DrawFn, most: int) -> Graph:
    """Elements and edges; each tensor is made from an earlier one, and goes into a later one."""
    elements = draw(st.lists(st.integers(1, 30), min_size=2, max_size=most))
    last = len(elements) - 1
    chain = draw(st.booleans())
    edges = {
        (i - 1 if chain else draw(st.integers(max(0, i - 3), i - 1)), i) for i in range(1, last + 1)
    }
    into = {source for source, _ in edges}
    edges |= {(i, draw(st.integers(i + 1, last))) for i in range(last) if i not in into}
    tensors = st.integers(0, last)
    pairs = st.tuples(tensors, tensors).filter(lambda pair: pair[0] < pair[1])
    return elements, [*edges, *draw(st.lists(pairs, max_size=2 * len(elements)))]


def separates(cut: tuple[int, ...], graph: Graph) -> bool:
    """Whether no path leads from input to output without a tensor of the cut."""
    elements, edges = graph
    reached = {0} - set(cut)
    for tensor in range(1, len(elements)):
        reads = {source for source, target in edges if target == tensor}
        if tensor not in cut and reads & reached:
            reached.add(tensor)
    return len(elements) - 1 not in reached


def flow_by_scipy(graph: Graph) -> int:
    elements, edges = graph
    room = np.zeros((2 * len(elements),) * 2, dtype=np.int32)
    for tensor, size in enumerate(elements):
        room[2 * tensor, 2 * tensor + 1] = size
    for source, target in edges:
        room[2 * source + 1, 2 * target] = sum(elements) + 1
    return int(maximum_flow(csr_array(room), 0, 2 * len(elements) - 1).flow_value)


@settings(max_examples=300, deadline=None)
@given(graphs(16), st.data())
@example(([12, 9, 2, 9, 3, 9, 12], [*pairwise(range(7)), (1, 4), (3, 5)]), None)
def test_the_cut_is_the_smallest(graph: Graph, data: st.DataObject | None) -> None:
    preferred = 0 if data is None else data.draw(st.integers(0, len(graph[0]) - 1))
    size, cut = minimum_cut(*graph, preferred)
    assert size == sum(graph[0][tensor] for tensor in cut) == flow_by_scipy(graph)
    assert separates(cut, graph)
    if graph[0][preferred] == size and separates((preferred,), graph):
        assert cut == (preferred,)


@settings(max_examples=100, deadline=None)
@given(graphs(7))
def test_no_set_of_tensors_does_with_less(graph: Graph) -> None:
    tensors = range(len(graph[0]))
    sets = (cut for count in range(1, 4) for cut in combinations(tensors, count))
    least = min(sum(graph[0][t] for t in cut) for cut in sets if separates(cut, graph))
    assert minimum_cut(*graph, 0)[0] <= least


def model(text: str) -> Model:
    family = parse_spec(Source("net.yaml", text))
    assert family is not None
    return Model(family)


def plan(encoder: str, decoder: str) -> ModelPlan:
    head = "input: {channels: auto, height: 16, width: 16}\nallow: [leak-past-latent]\n"
    return model(f"{head}encoder: {encoder}\ndecoder: {decoder}\n").plan()


def found(plan: ModelPlan) -> tuple[int, tuple[str, ...], str]:
    return plan.bottleneck.size, plan.bottleneck.after, plan.bottleneck.place


def test_the_nine_layer_net_is_narrowest_before_its_latent() -> None:
    text = (SPECS / "acml-nine-layer.yaml").read_text(encoding="utf-8")
    assert found(model(text).plan()) == (768, ("encoder[3].pool",), "inside")


def test_of_equals_it_is_the_latent_then_the_input() -> None:
    encoder = "[conv: {channels: 4, stride: 4}, activation: relu]"
    small = plan(encoder, "[upsample: {scale: 4}, conv: {channels: auto}]")
    assert found(small) == (64, ("encoder[1].activation",), "latent")
    large = plan("[conv: {channels: 3}, conv: {channels: 9}]", "[conv: {channels: auto}]")
    assert found(large) == (768, ("input",), "input")


def test_a_vector_counts_its_numbers() -> None:
    net = plan("[dense: {size: 20}, dense: {size: 30}]", "[dense: {shape: [3, 16, 16]}]")
    assert found(net) == (20, ("encoder[0].dense",), "inside")


def test_a_skip_past_the_latent_counts() -> None:
    wide = "[{conv: {channels: 2}, name: early}, conv: {channels: 1, stride: 4}]"
    decoder = "[upsample: {scale: 4}, concat: early, conv: {channels: auto}]"
    assert found(plan(wide, decoder)) == (512, ("encoder[0].conv",), "inside")


def test_what_passes_a_narrow_layer_by_counts_too() -> None:
    plain = "[conv: {channels: 6}, conv: {channels: 1}, conv: {channels: 2}]"
    inside = "[conv: {channels: 6}, conv: {channels: 1}, conv: {channels: 3}]"
    bypassed = f"[residual: {{layers: {inside}}}, conv: {{channels: 2}}]"
    decoder = "[conv: {channels: auto}]"
    assert found(plan(plain, decoder)) == (256, ("encoder[1].conv",), "inside")
    assert found(plan(bypassed, decoder)) == (512, ("encoder[1].conv",), "latent")


def test_joins_that_interleave_are_cut_in_two_places() -> None:
    narrow = "conv: {channels: 1, stride: 4}, upsample: {scale: 4}"
    encoder = f"[{{conv: {{channels: 4}}, name: a}}, {narrow}, {{conv: {{channels: 4}}, name: b}}]"
    decoder = f"[concat: a, {narrow}, concat: b, conv: {{channels: auto}}]"
    where = ("encoder[1].conv", "decoder[1].conv")
    assert found(plan(encoder, decoder)) == (32, where, "inside")


@pytest.mark.parametrize(
    ("encoder", "found"),
    [
        ("[pool: {}, conv: {channels: 4}]", ["bottleneck-before-latent"]),
        ("[pool: {}, conv: {channels: 3}]", []),
        ("[conv: {channels: 3}]", []),
        ("[conv: {channels: 4}]", ["latent-exceeds-picture"]),
        ("[conv: {channels: 1}, conv: {channels: 4}]", [*BOTH]),
    ],
)
def test_a_latent_that_promises_too_much_is_warned_of(encoder: str, found: list[str]) -> None:
    tail = "upsample: {}, " if "pool" in encoder else ""
    text = f"input: {{channels: auto, height: 16, width: 16}}\nencoder: {encoder}\n"
    text += f"decoder: [{tail}conv: {{channels: auto}}]\n"
    resolved = model(text).resolve()
    assert sorted(item.code for item in resolved.diagnostics) == found
    assert all(item.severity == "warning" for item in resolved.diagnostics)
    assert model(f"allow: [{', '.join(BOTH)}]\n{text}").resolve().diagnostics == ()
    assert model(to_yaml(resolved.require())).resolve().diagnostics == ()


@pytest.mark.parametrize("blocks", [3, 400])
def test_long_residual_nets_need_no_flow(blocks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a skip from end to end leaves nothing to cut inside")

    monkeypatch.setattr("archsearch.spec.plan.bottleneck._interleaved", refused)
    elements = [90, *[80, 5, 80] * blocks, 90]
    skips = [(3 * block, 3 * block + 3) for block in range(1, blocks)]
    edges = [*pairwise(range(len(elements))), *skips]
    assert minimum_cut(elements, edges, 0) == (5, (2,))
