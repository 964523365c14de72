"""The built model against sizes counted by hand and torch's functional face."""

import math
from pathlib import Path
from typing import get_args

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from archsearch.config import load
from archsearch.nn import Autoencoder, build
from archsearch.nn.pool import pool
from archsearch.nn.upsample import upsample
from archsearch.spec.kinds import JOINS
from archsearch.spec.kinds.activation import ActivationName
from archsearch.spec.kinds.conv import Conv
from archsearch.spec.kinds.norm import NormName
from archsearch.spec.kinds.pool import Pool, PoolMode
from archsearch.spec.kinds.rule import Op
from archsearch.spec.kinds.upsample import Upsample
from archsearch.spec.shape import Pads, Pair, Shape

SAME3 = Pads(1, 1, 1, 1)
NORMS: tuple[NormName, ...] = ("none", "batch", "layer", "group")


def conv3(channels: int, activation: ActivationName = "relu", norm: NormName = "none") -> Conv:
    return Conv(channels, Pair(3, 3), Pair(1, 1), SAME3, Pair(1, 1), 1, True, norm, activation)


NINE_ENCODER = [
    conv3(8),
    Pool(Pair(2, 2), Pair(2, 2), Pads(), "max"),
    conv3(12),
    Pool(Pair(2, 2), Pair(2, 2), Pads(), "max"),
    conv3(16),
]
NINE_DECODER = [
    Upsample(Pair(2, 2), "nearest"),
    conv3(12),
    Upsample(Pair(2, 2), "nearest"),
    conv3(3, "sigmoid"),
]
RGB32 = Shape(3, 32, 32)

pairs = st.builds(Pair, st.integers(1, 3), st.integers(1, 3))


@st.composite
def convs(draw: st.DrawFn, channels: int) -> Conv:
    groups = draw(st.sampled_from([g for g in (1, 2, 3, 8) if channels % g == 0]))
    norm = draw(st.sampled_from(NORMS))
    step = 8 if norm == "group" else groups
    out = math.lcm(step, groups) * draw(st.integers(1, 2))
    pads = Pads(*(draw(st.integers(0, 3)) for _ in range(4)))
    return Conv(
        out,
        draw(pairs),
        draw(pairs),
        pads,
        draw(pairs),
        groups,
        draw(st.booleans()),
        norm,
        draw(st.sampled_from([*ACTIVATE])),
    )


@st.composite
def pools(draw: st.DrawFn) -> Pool:
    kernel = draw(pairs)
    top, bottom = (draw(st.integers(0, kernel.height // 2)) for _ in range(2))
    left, right = (draw(st.integers(0, kernel.width // 2)) for _ in range(2))
    mode = draw(st.sampled_from(get_args(PoolMode)))
    return Pool(kernel, draw(pairs), Pads(top, bottom, left, right), mode)


upsamples = st.builds(Upsample, pairs, st.sampled_from(["nearest", "bilinear"]))


@st.composite
def stacks(draw: st.DrawFn, shape_after) -> tuple[Shape, list[Op]]:
    start = Shape(draw(st.integers(1, 4)), draw(st.integers(4, 12)), draw(st.integers(4, 12)))
    shape, ops = start, []
    for _ in range(draw(st.integers(2, 5))):
        op = draw(st.one_of(convs(shape.channels), pools(), upsamples))
        after = shape_after(op, shape)
        if min(after.height, after.width) < 1 or after.elements > 20_000:
            continue
        ops.append(op)
        shape = after
    ops = ops or [conv3(2)]
    return start, [*ops, conv3(3)]


def reference(op: Op, parameters: list[Tensor], x: Tensor) -> Tensor:
    """The op by torch's functions and by loops, eating its parameters in order."""
    if isinstance(op, Upsample):
        if op.mode == "nearest":
            return x.repeat_interleave(op.scale[0], 2).repeat_interleave(op.scale[1], 3)
        size = (x.shape[2] * op.scale[0], x.shape[3] * op.scale[1])
        return functional.interpolate(x, size=size, mode="bilinear", align_corners=False)
    if isinstance(op, Pool):
        return pooled_by_loops(op, x)
    weight = parameters.pop(0)
    bias = parameters.pop(0) if op.bias else None
    top, bottom, left, right = op.pads
    padded = functional.pad(x, (left, right, top, bottom))
    y = functional.conv2d(padded, weight, bias, op.stride, 0, op.dilation, op.groups)
    if op.norm != "none":
        scale, shift = (parameters.pop(0).reshape(1, -1, 1, 1) for _ in range(2))
        y = normalized(op.norm, y) * scale + shift
    return ACTIVATE[op.activation](y)


def normalized(norm: NormName, y: Tensor) -> Tensor:
    if norm == "batch":
        mean, var = y.mean((0, 2, 3), keepdim=True), y.var((0, 2, 3), correction=0, keepdim=True)
        return (y - mean) / (var + 1e-5).sqrt()
    parts = y.reshape(len(y), 8 if norm == "group" else 1, -1)
    mean, var = parts.mean(2, keepdim=True), parts.var(2, correction=0, keepdim=True)
    return ((parts - mean) / (var + 1e-5).sqrt()).reshape(y.shape)


ACTIVATE = {
    "none": lambda y: y,
    "relu": lambda y: y.clamp(min=0),
    "leaky_relu": lambda y: torch.where(y > 0, y, 0.01 * y),
    "elu": lambda y: torch.where(y > 0, y, y.exp() - 1),
    "gelu": lambda y: y * 0.5 * (1 + torch.erf(y / math.sqrt(2))),
    "silu": lambda y: y / (1 + (-y).exp()),
    "tanh": torch.tanh,
    "sigmoid": lambda y: 1 / (1 + (-y).exp()),
}


def pooled_by_loops(op: Pool, x: Tensor) -> Tensor:
    """Lay every window, keep its pixels that are in the picture."""
    height, width = x.shape[2:]
    rows = range(-op.pads.top, height + op.pads.bottom - op.kernel[0] + 1, op.stride[0])
    columns = range(-op.pads.left, width + op.pads.right - op.kernel[1] + 1, op.stride[1])
    y = x.new_empty(*x.shape[:2], len(rows), len(columns))
    for i, r in enumerate(rows):
        for j, c in enumerate(columns):
            window = x[:, :, max(r, 0) : r + op.kernel[0], max(c, 0) : c + op.kernel[1]]
            y[:, :, i, j] = window.amax((2, 3)) if op.mode == "max" else window.mean((2, 3))
    return y


def layers(model: Autoencoder) -> list[nn.Module]:
    return [*model.encoder, *model.decoder]


def test_the_nine_layer_net_is_the_one_of_the_literature(plan_of) -> None:
    model = build(plan_of(RGB32, NINE_ENCODER, NINE_DECODER), seed=0)
    x = torch.rand(2, 3, 32, 32)
    assert sum(p.numel() for p in model.parameters()) == 4911
    assert model.encode(x).shape == (2, 16, 8, 8)
    assert torch.equal(model(x), model.decode(model.encode(x)))
    assert len(layers(model)) == 9
    assert [n for n, _ in model.named_parameters()][:3] == [
        "encoder.0.conv.weight",
        "encoder.0.conv.bias",
        "encoder.2.conv.weight",
    ]


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_stack_has_the_planned_shapes_parameters_and_numbers(
    plan_of, shape_after, data
) -> None:
    start, ops = data.draw(stacks(shape_after))
    cut = data.draw(st.integers(1, len(ops) - 1))
    plan = plan_of(start, ops[:cut], ops[cut:])
    model = build(plan, seed=data.draw(st.integers(0, 99))).double()
    for parameter in model.parameters():  # norms start at 1 and 0, which would hide a mix-up
        nn.init.uniform_(parameter, 0.2, 0.8)
    parameters = [p.detach() for p in model.parameters()]
    assert sum(p.numel() for p in parameters) == plan.params

    picture = torch.randn(3, *start.as_tuple(), dtype=torch.float64)
    x, expected = picture, picture
    for layer, module in zip(plan.layers, layers(model), strict=True):
        x = module(x)
        expected = reference(layer.op, parameters, expected)
        assert x.shape[1:] == layer.output.as_tuple()
        torch.testing.assert_close(x, expected, rtol=1e-6, atol=1e-6)
    assert parameters == []


EVERY_JOIN = """
input: {channels: 3, height: 16, width: 16}
encoder:
  - conv: {channels: 8}
  - norm: group
  - activation: elu
  - dropout: 0.1
  - residual: {layers: [conv: {channels: 16, stride: 2}]}
  - pool: {}
  - dense: {size: 20}
decoder:
  - dense: {shape: [8, 4, 4]}
  - conv_transpose: {channels: 8, stride: 2}
    name: up
  - conv: {channels: 8}
  - add: up
  - concat: up
  - conv: {channels: 12}
  - pixel_shuffle: {}
  - parallel: {branches: [[conv: {channels: 2}], []]}
  - pool: {kernel: 2}
    name: half
  - unpool: half
  - conv: {channels: 3}
"""


def test_every_join_has_a_builder(tmp_path: Path) -> None:
    spec = tmp_path / "every.yaml"
    spec.write_text(EVERY_JOIN)
    plan = load(spec).plan()
    assert {layer.kind for layer in plan.layers} >= set(JOINS)
    model = build(plan, seed=0)
    assert model(torch.rand(2, 3, 16, 16)).shape == (2, 3, 16, 16)
    assert sum(p.numel() for p in model.parameters()) == plan.params


POOL_AND_BACK = """
input: {channels: 3, height: HEIGHT, width: 8}
allow: [leak-past-latent, rows-lost]
encoder:
  - pool: POOL
    name: p
decoder:
  - unpool: p
"""


@pytest.mark.parametrize("height", [5, 8, 9])
@pytest.mark.parametrize(
    "written",
    ["{padding: 1}", "{kernel: 4, padding: 2}", "{kernel: 2, stride: 5}", "{padding: same}"],
)
def test_unpool_undoes_every_pool_without_overlaps(
    written: str, height: int, tmp_path: Path
) -> None:
    spec = tmp_path / "unpool.yaml"
    spec.write_text(POOL_AND_BACK.replace("POOL", written).replace("HEIGHT", str(height)))
    model, x = build(load(spec).plan()), torch.rand(1, 3, height, 8)
    y = model(x)
    assert y.shape == x.shape
    assert torch.equal(y[y != 0], x[y != 0])
    assert torch.equal(y[y != 0].sort().values, model.encode(x).flatten().sort().values)


@pytest.mark.parametrize("scale", [2, 3, 7, 40, 41, 47, 61])
def test_nearest_repeats_pixels_at_any_scale(scale: int) -> None:
    x = torch.arange(50.0).reshape(1, 1, 2, 25)
    y = upsample(Upsample(Pair(1, scale), "nearest"), Shape(1, 1, 1))(x)
    assert torch.equal(y, x.repeat_interleave(scale, 3))


@pytest.mark.parametrize("mode", get_args(PoolMode))
def test_a_border_never_wins_a_pool(mode: PoolMode) -> None:
    x = torch.full((1, 1, 3, 3), -5.0)
    for pads in (Pads(1, 1, 1, 1), Pads(0, 1, 1, 0)):
        assert bool((pool(Pool(Pair(2, 2), Pair(1, 1), pads, mode), Shape(1, 1, 1))(x) == -5).all())


def test_a_seed_gives_torchs_own_weights_and_leaves_the_generator_alone(plan_of) -> None:
    plan = plan_of(RGB32, NINE_ENCODER, NINE_DECODER)
    torch.manual_seed(5)
    by_hand = nn.Conv2d(3, 8, 3).weight
    before = torch.random.get_rng_state()
    first, again, other = build(plan, seed=5), build(plan, seed=5), build(plan, seed=6)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.equal(next(first.parameters()), by_hand)
    assert all(map(torch.equal, first.parameters(), again.parameters()))
    assert not torch.equal(next(first.parameters()), next(other.parameters()))


def test_without_a_seed_two_nets_differ(plan_of) -> None:
    plan = plan_of(RGB32, NINE_ENCODER, NINE_DECODER)
    assert not torch.equal(next(build(plan).parameters()), next(build(plan).parameters()))


def test_no_module_is_shared_between_layers(plan_of) -> None:
    model = build(plan_of(RGB32, NINE_ENCODER, NINE_DECODER), seed=0)
    every = [m for layer in layers(model) for m in layer.modules()]
    assert len(every) == len({id(m) for m in every})


def test_gradients_pass_an_asymmetric_pool(plan_of) -> None:
    ops = [Pool(Pair(3, 3), Pair(2, 2), Pads(0, 1, 0, 1), mode) for mode in get_args(PoolMode)]
    model = build(plan_of(RGB32, [conv3(4), *ops], [conv3(3)]), seed=0)
    model(torch.rand(2, 3, 32, 32)).sum().backward()
    assert all(bool(p.grad.isfinite().all()) for p in model.parameters() if p.grad is not None)
