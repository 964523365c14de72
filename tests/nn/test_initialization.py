"""Weights at the start: variance kept from layer to layer, the same by every path."""

import math

import pytest
import torch
from torch import nn

from archsearch.nn import Autoencoder, build, compiled, initialize
from archsearch.spec import ModelPlan
from archsearch.study.store.stored import model_from_text

SQUARE_ROOT = math.sqrt(2)
SAME = "conv: {channels: 3}"
UP = "{upsample: {}}, {conv: {channels: 3}}"
DENSE = "dense: {shape: [3, 32, 32]}"
DEEP = ", ".join(["{conv: {channels: 32, activation: relu}}"] * 8)


def plan(encoder: str, decoder: str) -> ModelPlan:
    head = "name: net\ninput: {channels: 3, height: 32, width: 32}\n"
    return model_from_text(f"{head}encoder: [{encoder}]\ndecoder: [{decoder}]\n", "net").plan()


@pytest.mark.parametrize(
    ("encoder", "decoder", "fan_in", "gain"),
    [
        ("conv: {channels: 64, activation: relu}", SAME, 27, SQUARE_ROOT),
        ("conv: {channels: 64, activation: gelu}", SAME, 27, SQUARE_ROOT),
        ("conv: {channels: 64, activation: tanh}", SAME, 27, 5 / 3),
        ("conv: {channels: 64, activation: sigmoid}", SAME, 27, 1),
        ("conv: {channels: 64}", SAME, 27, 1),
        ("conv: {channels: 64, norm: batch, activation: relu}", SAME, 27, SQUARE_ROOT),
        ("conv: {channels: 66, groups: 3, activation: relu}", SAME, 9, SQUARE_ROOT),
        ("{conv: {channels: 64}}, {pool: {}}, {activation: relu}", UP, 27, SQUARE_ROOT),
        ("{conv: {channels: 64}}, {pool: {}}", UP, 27, 1),
        (
            "{pool: {}}, {conv_transpose: {channels: 64, kernel: 4, stride: 2, activation: relu}}",
            SAME,
            3 * 16 / 4,
            SQUARE_ROOT,
        ),
        ("dense: {size: 64, activation: relu}", DENSE, 3072, SQUARE_ROOT),
    ],
)
def test_the_spread_of_weights(encoder: str, decoder: str, fan_in: float, gain: float) -> None:
    model = build(plan(encoder, decoder))
    initialize(model, seed=0)
    weights = next(iter(model.parameters())).detach()
    assert float(weights.square().mean()) == pytest.approx(gain**2 / fan_in, rel=0.1)
    assert not any(p.any() for name, p in model.named_parameters() if name.endswith("conv.bias"))


def test_a_convolution_before_relu_is_torchs_kaiming_uniform() -> None:
    model = build(plan("conv: {channels: 8, kernel: 5, activation: relu}", SAME))
    initialize(model, seed=3)
    expected = torch.empty(8, 3, 5, 5)
    nn.init.kaiming_uniform_(
        expected, nonlinearity="relu", generator=torch.Generator().manual_seed(3)
    )
    assert torch.allclose(next(iter(model.parameters())), expected, atol=1e-7)


def test_a_picture_keeps_its_variance_through_eight_layers_where_torch_lets_it_fade() -> None:
    deep = plan(DEEP, SAME)

    def kept(model: Autoencoder) -> float:
        pictures_NCHW = torch.rand(16, 3, 32, 32, generator=torch.Generator().manual_seed(0))
        with torch.no_grad():
            return float(model.encode(pictures_NCHW).var(dim=0).mean() / pictures_NCHW.var())

    before = build(deep, seed=0)
    assert kept(before) < 1e-4
    initialize(before, seed=0)
    assert kept(before) > 1e-2


def test_norms_keep_theirs_and_the_global_generator_is_left_alone() -> None:
    model = build(plan("conv: {channels: 8, norm: batch, activation: relu}", SAME))
    state = torch.random.get_rng_state()
    initialize(model, seed=0)
    assert torch.equal(torch.random.get_rng_state(), state)
    norm = model.encoder[0].get_submodule("norm")
    assert torch.equal(norm.get_parameter("weight"), torch.ones(8))


def test_every_path_starts_from_the_same_weights() -> None:
    same = plan(DEEP, SAME)
    plain, fast = build(same, seed=1), compiled(same, seed=2)
    for model in (plain, fast):
        initialize(model, seed=0)
    for one, other in zip(plain.parameters(), fast.parameters(), strict=True):
        assert torch.equal(one, other)
