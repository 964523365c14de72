"""Layers of joins: what they read, what leaks, what bounds the latent, and how they are written."""

import pytest

from archsearch.config import Model
from archsearch.nn import build
from archsearch.spec import ModelPlan, Source, parse_spec, to_yaml

HEAD = "input: {channels: auto, height: 16, width: 16}\nallow: [leak-past-latent]\n"


def plan(encoder: str, decoder: str = "- conv: {channels: auto}", **values: object) -> ModelPlan:
    return model(encoder, decoder).resolve(values=values).require()  # type: ignore[arg-type]


def model(encoder: str, decoder: str) -> Model:
    text = HEAD + "".join(
        f"{name}:\n" + "".join(f"  {line}\n" for line in body.splitlines())
        for name, body in (("encoder", encoder), ("decoder", decoder))
    )
    family = parse_spec(Source("net.yaml", text))
    assert family is not None
    return Model(family)


PARALLEL = "- parallel: {branches: [[conv: {channels: 4}, conv: {channels: 5}], [], [norm: batch]]}"
RESIDUAL = """\
- residual:
    layers: [conv: {channels: 4}, conv: {channels: 6}]
    shortcut: [conv: {channels: 6, kernel: 1, bias: false, norm: batch}]
    activation: relu"""


def test_branches_read_the_tensor_before_the_join() -> None:
    net = plan(f"- conv: {{channels: 3}}\n{PARALLEL}")
    assert net.reads == ((0,), (1,), (2,), (1,), (3, 1, 4), (5,))
    assert net.encoder[-1].output.channels == 5 + 3 + 3


def test_a_shortcut_reads_what_its_residual_reads() -> None:
    net = plan(f"- conv: {{channels: 3}}\n{RESIDUAL}")
    assert net.reads == ((0,), (1,), (2,), (1,), (3, 4), (5,))
    assert net.encoder_depth == 3, "the shortcut goes beside"


def test_place_says_which_channels_come_first() -> None:
    encoder = "- conv: {channels: 4}\n  name: early\n- conv: {channels: 2}\n"
    after, before = (
        build(plan(encoder + f"- concat: {{with: early, place: {place}}}"), seed=0)
        for place in ("after", "before")
    )
    import torch

    x = torch.rand(1, 3, 16, 16)
    one, other = after.encode(x), before.encode(x)
    assert torch.equal(one[:, :2], other[:, 4:])
    assert torch.equal(one[:, 2:], other[:, :4])


def test_where_a_branch_begins_is_part_of_the_architecture() -> None:
    encoder = "- conv: {channels: 3}\n  name: a\n- conv: {channels: 3}\n  name: b\n- norm: batch\n"
    joined = "- add: {{with: {}, layers: [conv: {{channels: 3}}]}}"
    one, other = (plan(encoder + joined.format(name)) for name in "ab")
    assert [layer.op for layer in one.layers] == [layer.op for layer in other.layers]
    assert one.key != other.key


NESTED = """\
- conv: {channels: 4}
  name: early
- conv: {channels: 6}
  name: other
- conv: {channels: 4}
- concat: {with: early, layers: [concat: {with: other, layers: [conv: {channels: 5}]}]}"""


@pytest.mark.parametrize("encoder", [PARALLEL, RESIDUAL, f"{PARALLEL}\n{RESIDUAL}", NESTED])
def test_what_is_written_is_the_same_net(encoder: str) -> None:
    net = plan(encoder)
    family = parse_spec(Source("again.yaml", to_yaml(net)))
    assert family is not None
    assert Model(family).plan().key == net.key


def test_fields_of_joins_can_be_set() -> None:
    path = "encoder[0].residual.activation"
    net = plan(RESIDUAL, **{path: "tanh"})
    assert net.encoder[-1].op.activation == "tanh"  # type: ignore[attr-defined]
    assert model(RESIDUAL, "- conv: {channels: auto}").canonical({path: "tanh"}) == {path: "tanh"}


POOLED = "- conv: {channels: 8}\n- pool: {}\n  name: p1\n- conv: {channels: 1, stride: 4}"
UNPOOLED = "- upsample: {scale: 4}\n- conv: {channels: 8}\n- unpool: p1\n- conv: {channels: auto}"


def test_places_leak_as_many_numbers_as_the_pool_gave() -> None:
    net = plan(POOLED, UNPOOLED)
    assert net.latent.effective_size == 4 + 8 * 8 * 8
    assert build(net).skip_names == {-2: "places of p1"}
    open_ = model(POOLED, UNPOOLED).family
    assert "leak-past-latent" in open_.allow


def test_places_are_a_tensor_of_their_own_in_the_cut() -> None:
    """They and the latent together bound the net: 4 + 512, not the pool's 512 alone."""
    net = plan(POOLED, UNPOOLED)
    assert (net.bottleneck.size, net.bottleneck.tensors) == (4 + 512, (-2, 3))
    assert net.bottleneck.after == ("encoder[1].pool (places)", "encoder[2].conv")


def test_rows_that_a_shortcut_skips_are_not_lost() -> None:
    strided = "conv: {channels: 6, kernel: 1, stride: 2}"
    inside = f"- residual: {{layers: [conv: {{channels: 6, stride: 2}}], shortcut: [{strided}]}}"
    decoder = "- upsample:\n- conv: {channels: auto}"
    assert model(inside, decoder).resolve().diagnostics == ()
    alone = model(f"- {strided}", decoder).resolve().diagnostics
    assert [item.code for item in alone] == ["rows-lost"]


def test_a_branch_of_an_unknown_layer_is_told_once() -> None:
    found = model(
        "- add: {with: nowhere, layers: [pool: {}]}", "- conv: {channels: auto}"
    ).resolve()
    assert [item.code for item in found.diagnostics] == ["unknown-layer"]


def test_to_input_follows_the_picture() -> None:
    net = plan("- pad: [[1, 2], [0, 3]]\n- crop: {to: input}\n- crop: 2\n- pad: {to: input}")
    assert [layer.output.as_tuple() for layer in net.encoder[1::2]] == [(3, 16, 16)] * 2
    again = plan("- pad: 3\n- crop: {to: input}", **{"input.height": 20})
    assert again.encoder[-1].output.height == 20
