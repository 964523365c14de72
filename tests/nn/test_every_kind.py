"""Every kind of the language has a builder, and its weights survive a file."""

import pickle
from pathlib import Path
from typing import get_args

import pytest
import torch
from torch.nn import functional

from archsearch.config import Model
from archsearch.nn import Autoencoder, build, load_weights, save_weights
from archsearch.nn.activation import ACTIVATIONS, activation
from archsearch.nn.conv_transpose import conv_transpose
from archsearch.spec import KINDS, Source, parse_spec, to_yaml, trunk_key
from archsearch.spec.kinds.activation import ActivationName
from archsearch.spec.kinds.conv_transpose import ConvTranspose
from archsearch.spec.shape import Pads, Pair, Shape


def net(encoder: str, decoder: str = "- dense: {shape: [2, 4, 4]}") -> Autoencoder:
    text = (
        f"input: {{channels: 2, height: 4, width: 4}}\nencoder:\n{encoder}\ndecoder:\n{decoder}\n"
    )
    family = parse_spec(Source("layers.yaml", text))
    assert family is not None
    return build(Model(family).plan(), seed=0)


@pytest.mark.parametrize("kind", KINDS.builtin)
def test_every_kind_is_built_from_its_example(kind: str, tmp_path: Path) -> None:
    encoder = f"- conv: {{channels: 8}}\n- {KINDS[kind].example}"
    model, x = net(encoder), torch.rand(3, 2, 4, 4)
    layer = model.plan.encoder[1]
    assert layer.kind == kind
    assert sum(p.numel() for p in model.encoder[1].parameters()) == layer.params
    assert model.encode(x)[0].numel() == layer.output.elements
    save_weights(model, tmp_path / "model.safetensors")
    again = net(encoder)
    with torch.no_grad():
        for parameter in again.parameters():
            parameter.fill_(9.0)
    load_weights(again, tmp_path / "model.safetensors")
    assert torch.equal(again.eval()(x), model.eval()(x))


def test_every_activation_has_a_module_of_its_own() -> None:
    assert {*ACTIVATIONS, "none"} == set(get_args(ActivationName))
    assert all(activation(name) is not activation(name) for name in ACTIVATIONS)


def test_none_as_a_layer_changes_nothing() -> None:
    model = net("- activation: none\n- norm: none\n- dropout: 0")
    x = torch.randn(2, 2, 4, 4)
    assert all(torch.equal(module(x), x) for module in model.encoder)


CROPS = [
    Pads(0, 0, 0, 0),
    Pads(1, 0, 1, 0),  # padding 1, output_padding 1: torch's own arguments
    Pads(0, 1, 0, 1),  # same: more is cropped after
    Pads(0, -1, 0, -1),  # a row is appended
    Pads(0, -1, 1, 2),  # appended on one axis, cropped on the other
    Pads(1, 2, 2, 1),
]


@pytest.mark.parametrize("crop", CROPS, ids=str)
def test_a_transposed_conv_is_the_full_one_cropped(crop: Pads) -> None:
    two, one = Pair(2, 2), Pair(1, 1)
    op = ConvTranspose(3, Pair(3, 3), two, crop, one, 1, True, "none", "none")
    layer, x = conv_transpose(op, Shape(2, 4, 5)), torch.randn(1, 2, 4, 5)
    weight, bias = (parameter.detach() for parameter in layer.parameters())
    more = functional.pad(functional.conv_transpose2d(x, weight, stride=2), (0, 3, 0, 3))
    kept = more[:, :, crop.top : 9 - crop.bottom, crop.left : 11 - crop.right]
    torch.testing.assert_close(layer(x), kept + bias.reshape(1, -1, 1, 1))


def test_groups_of_a_transposed_conv_do_not_mix() -> None:
    model = net("- conv: {channels: 4}", "- conv_transpose: {channels: 2, groups: 2}")
    x = torch.randn(1, 4, 4, 4)
    changed = torch.cat((x[:, :2] + 1, x[:, 2:]), 1)
    before, after = model.decode(x), model.decode(changed)
    assert not torch.equal(before[:, 0], after[:, 0])
    assert torch.equal(before[:, 1], after[:, 1])


def test_a_decoder_that_reads_the_encoder_wants_its_skips() -> None:
    model = net(
        "- repeat: {times: 2, as: i, layers: [{conv: {channels: 4}, name: s_$(i)}]}\n"
        "- conv: {channels: 4}",
        "- concat: s_0\n- concat: input\n- conv: {channels: 4}\n- add: s_0\n- conv: {channels: 2}",
    )
    x = torch.rand(2, 2, 4, 4)
    latent, skips = model.encode_with_skips(x)
    assert set(skips) == {"input", "s_0"}
    assert torch.equal(model.decode(latent, skips), model(x))
    with pytest.raises(ValueError, match="also reads input, s_0"):
        model.decode(latent)
    with pytest.raises(ValueError, match="also reads s_0;"):
        model.decode(latent, {"input": x})


def test_a_plan_can_be_sent_to_another_process() -> None:
    plan = net(
        "- residual: {layers: [conv: {channels: 4}]}\n- pool: {}\n- norm: layer\n- dense: {size: 5}"
    ).plan
    sent = pickle.loads(pickle.dumps(plan))  # noqa: S301 - made here
    assert (sent, trunk_key(sent), to_yaml(sent)) == (plan, trunk_key(plan), to_yaml(plan))
    x = torch.rand(2, 2, 4, 4)
    assert torch.equal(build(sent, seed=1)(x), build(plan, seed=1)(x))
