"""Trunks: what plans share that differ in the size of their code alone."""

import pytest

from archsearch.config import Model
from archsearch.spec import Source, parse_spec, to_yaml, trunk_key

HEAD = "input: {channels: auto, height: 16, width: 16}\nparams: {c: 4, w: 8, k: 3}\n"


def trunks(layers: str, values: list[dict[str, int]]) -> list[str]:
    plans = [model(HEAD + layers).plan(values=some) for some in values]
    found = [trunk_key(plan) for plan in plans]
    assert found == [trunk_key(model(to_yaml(plan)).plan()) for plan in plans]
    return found


def model(text: str) -> Model:
    family = parse_spec(Source("net.yaml", text))
    assert family is not None
    return Model(family)


CODES = {
    "conv": """
encoder: [conv: {channels: $w}, pool: {}, conv: {channels: $c, kernel: $k, activation: relu}]
decoder: [upsample: {}, conv: {channels: $w}, conv: {channels: auto}]
""",
    "dense": """
encoder: [conv: {channels: $w, kernel: $k}, pool: {}, dense: {size: $c}, activation: tanh]
decoder: [dense: {shape: [$w, 8, 8]}, upsample: {}, conv: {channels: auto}]
""",
    "dense that gives a picture": """
encoder: [conv: {channels: $w, kernel: $k}, dense: {shape: [$c, 4, 4]}]
decoder: [upsample: {scale: 4}, conv: {channels: auto}]
""",
    "norm, dropout and pool behind the code": """
encoder: [conv: {channels: $w, kernel: $k}, conv: {channels: $c}, norm: batch,
  dropout: 0.1, pool: {}]
decoder: [upsample: {}, conv: {channels: $w}, conv: {channels: auto}]
""",
    "depthwise conv behind the code and in the decoder": """
encoder: [conv: {channels: $w, kernel: $k}, conv: {channels: $c, kernel: 1},
  conv: {channels: $c, groups: depthwise}]
decoder: [conv: {channels: $c, groups: depthwise}, conv: {channels: auto}]
""",
    "residual whose shortcut follows": """
encoder: [conv: {channels: $w, kernel: $k}, residual: {layers: [conv: {channels: $c}]}, pool: {}]
decoder: [upsample: {}, conv: {channels: auto}]
""",
    "mirrored pool, upsample": """
encoder: [conv: {channels: $w, kernel: $k}, conv: {channels: $c}, pool: {}]
decoder: mirror
""",
    "mirrored pool, conv_transpose": """
encoder: [conv: {channels: $w, kernel: $k}, conv: {channels: $c}, pool: {}]
decoder: {mirror: encoder, up: conv_transpose}
""",
    "mirrored pool, pixel_shuffle": """
encoder: [conv: {channels: $w, kernel: $k}, conv: {channels: $c}, pool: {}]
decoder: {mirror: encoder, up: pixel_shuffle}
""",
    "mirrored strides, conv_transpose": """
encoder: [conv: {channels: $w, kernel: $k, stride: 2}, conv: {channels: $c, kernel: 2, stride: 2}]
decoder: {mirror: encoder, up: conv_transpose}
""",
    "skip past the latent": """
encoder: [{conv: {channels: $w, kernel: $k}, name: early}, conv: {channels: $c}]
decoder: [concat: early, conv: {channels: auto}]
""",
}  # fmt: skip


@pytest.mark.parametrize("layers", CODES.values(), ids=CODES)
def test_a_trunk_is_all_but_the_size_of_the_code(layers: str) -> None:
    codes = [{"c": c} for c in (2, 3, 8, 16)]  # 8 is the width too: no chance likeness
    others = [{"w": 9}, {"k": 5}]
    base, *same = trunks(layers, codes)
    assert set(same) == {base}
    different = trunks(layers, others)
    assert len({base, *different}) == 3


def test_a_layer_that_sets_its_own_channels_belongs_to_the_trunk() -> None:
    layers = """
encoder: [conv: {channels: $w}, pool: {}, conv: {channels: 4}, pool: {}]
decoder: [upsample: {}, conv: {channels: $c}, upsample: {}, conv: {channels: auto}]
"""
    assert len(set(trunks(layers, [{"c": 4}, {"c": 5}]))) == 2


def test_a_pool_behind_the_code_is_undone_once() -> None:
    undone = "encoder: [conv: {channels: $c}, pool: {}]\ndecoder: ["
    undone += "conv_transpose: {channels: $c, kernel: 2, stride: 2}, "
    once = undone + "conv: {channels: auto}]\n"
    again = undone + "conv_transpose: {channels: $c}, conv: {channels: auto}]\n"
    codes = [{"c": 4}, {"c": 5}]
    assert len(set(trunks(once, codes))) == 1
    assert len(set(trunks(again, codes))) == 2


def test_pools_alone_have_no_code_layer() -> None:
    layers = "encoder: [pool: {}]\ndecoder: [upsample: {}, conv: {channels: auto, kernel: $k}]\n"
    one, same, other = trunks(layers, [{"w": 1}, {"w": 2}, {"k": 5}])
    assert one == same != other
