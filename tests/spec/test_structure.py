"""Mistakes of structure that must not pass silently, wherever they stand."""

import pytest

from archsearch.config import Model
from archsearch.spec import Source, parse_spec

SPEC = """\
input: {{channels: 3, height: 8, width: 8}}
params: {{n: 1}}
{more}
encoder:
  - conv: {{channels: $(n * 4)}}
  {layer}
decoder: {decoder}
"""

BROKEN = {
    "times below 0": ({"layer": "- repeat: {times: -1, layers: [pool: {}]}"}, "value-not-allowed"),
    "times of a half": (
        {"layer": "- repeat: {times: 1.5, layers: [pool: {}]}"},
        "value-not-allowed",
    ),
    "when of a number": ({"layer": "- pool: {}\n    when: 1"}, "value-not-allowed"),
    "when of a list": ({"layer": "- pool: {}\n    when: [true]"}, "value-not-allowed"),
    "by of a list": ({"layer": "- choose: {by: [1], of: {1: [pool: {}]}}"}, "wrong-type"),
    "of nothing": ({"layer": "- choose: {by: $n, of: {}}"}, "wrong-type"),
    "up of a list": ({"decoder": "{mirror: encoder, up: [upsample]}"}, "value-not-allowed"),
    "up of nothing": ({"decoder": "{mirror: encoder, up: []}"}, "value-not-allowed"),
    "params of a block": (
        {
            "more": "blocks: {b: {params: 5, layers: [pool: {}]}}",
            "layer": "- block: {use: b}",
        },
        "wrong-type",
    ),
    "a pair in arithmetic": (
        {
            "more": "blocks: {b: {params: {c: 8}, layers: [pool: {kernel: $(c * 2)}]}}",
            "layer": "- block: {use: b, c: [2, 2]}",
        },
        "expression-value",
    ),
}


def codes(more: str = "", layer: str = "", decoder: str = "mirror") -> list[str]:
    source = Source("s.yaml", SPEC.format(more=more, layer=layer, decoder=decoder))
    family = parse_spec(source)
    found = source.diagnostics if family is None else Model(family).resolve().diagnostics
    return [item.code for item in found if item.severity == "error"]


def test_the_rest_of_the_spec_is_fine() -> None:
    assert codes() == []


@pytest.mark.parametrize(("parts", "code"), BROKEN.values(), ids=list(BROKEN))
def test_it_is_told(parts: dict[str, str], code: str) -> None:
    assert codes(**parts) == [code]


def test_a_pair_goes_through_a_blocks_param_whole() -> None:
    block = "blocks: {b: {params: {k: 3}, layers: [conv: {channels: 4, kernel: $k}]}}"
    source = Source(
        "s.yaml",
        SPEC.format(more=block, layer="- block: {use: b, k: [1, 3]}", decoder="mirror"),
    )
    family = parse_spec(source)
    assert family is not None
    kernels = [layer.op.kernel for layer in Model(family).plan().encoder if layer.kind == "conv"]
    assert kernels == [(3, 3), (1, 3)]
