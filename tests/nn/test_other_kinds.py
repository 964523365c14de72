"""Kinds that a stack of windows doesn't cover, against loops and by hand."""

from collections.abc import Sequence
from typing import get_args

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor

from archsearch.nn import Autoencoder, build
from archsearch.spec.kinds.activation import Activation, ActivationName
from archsearch.spec.kinds.conv import Conv
from archsearch.spec.kinds.conv_transpose import ConvTranspose
from archsearch.spec.kinds.dense import Dense
from archsearch.spec.kinds.dropout import Dropout
from archsearch.spec.kinds.joins import Add, Concat
from archsearch.spec.kinds.norm import Norm, NormName
from archsearch.spec.kinds.pixel_shuffle import PixelShuffle
from archsearch.spec.kinds.residual import Residual
from archsearch.spec.kinds.rule import Op
from archsearch.spec.plan.model import Latent, LayerPlan, ModelPlan
from archsearch.spec.shape import Pads, Pair, Shape

from .types_of_ops import TYPES

ONE = Pair(1, 1)
pairs = st.builds(Pair, st.integers(1, 3), st.integers(1, 3))


def point(channels: int, stride: Pair = ONE) -> Conv:
    return Conv(channels, ONE, stride, Pads(), ONE, 1, True, "none", "none")


def plan_with(
    start: Shape, encoder: Sequence[tuple[Op, Shape]], decoder: Sequence[tuple[Op, Shape]]
) -> ModelPlan:
    """A plan whose sizes the test knows; the encoder's second layer is named ``early``."""
    shape, layers = start, []
    for index, (op, output) in enumerate([*encoder, *decoder], 1):
        section = "encoder" if index <= len(encoder) else "decoder"
        name = "early" if index == 2 else None
        sizes = (shape, output, "", 0, 0, (1.0, 1.0))
        layers.append(LayerPlan(index, section, "", name, op, *sizes, TYPES[type(op)]))
        shape = output
    end = encoder[-1][1]
    latent = Latent(end.elements, *end.as_tuple(), compression=1.0, effective_size=end.elements)
    return ModelPlan("by-hand", "", start, tuple(layers), latent, False, None)


def alone(op: Op, start: Shape, output: Shape) -> Autoencoder:
    """The op as the whole encoder, in float64, weights away from their special values."""
    last = (Activation("none"), output)
    model = build(plan_with(start, [(op, output)], [last]), seed=0).double()
    generator = torch.Generator().manual_seed(2)
    for parameter in model.parameters():
        torch.nn.init.uniform_(parameter, 0.2, 0.8, generator=generator)
    return model.requires_grad_(False)


def picture(shape: Shape, count: int = 2) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(count, *shape.as_tuple(), dtype=torch.float64, generator=generator)


@st.composite
def transposes(draw: st.DrawFn) -> ConvTranspose:
    groups = draw(st.sampled_from([1, 2]))
    stride, dilation = draw(pairs), draw(pairs)
    appended = [max(s, d) - 1 for s, d in zip(stride, dilation, strict=True)]
    top, left = draw(st.integers(0, 2)), draw(st.integers(0, 2))
    # what output_padding allows: less than stride or dilation beyond the crop before
    bottom = top - draw(st.integers(-2, appended[0]))
    right = left - draw(st.integers(-2, appended[1]))
    return ConvTranspose(
        groups * draw(st.integers(1, 2)),
        draw(pairs),
        stride,
        Pads(top, bottom, left, right),
        dilation,
        groups,
        draw(st.booleans()),
        "none",
        "none",
    )


def spread(op: ConvTranspose, x: Tensor, weight: Tensor, bias: Tensor | float) -> Tensor:
    """Each input pixel adds its weights to the rows it reaches; then crop or append."""
    spans = [d * (k - 1) + 1 for d, k in zip(op.dilation, op.kernel, strict=True)]
    rows, columns = ((x.shape[2 + axis] - 1) * op.stride[axis] + spans[axis] for axis in (0, 1))
    parts = []
    for part, kernel in zip(x.chunk(op.groups, 1), weight.chunk(op.groups, 0), strict=True):
        full = x.new_zeros(len(x), kernel.shape[1], rows, columns)
        for i in range(x.shape[2]):
            for j in range(x.shape[3]):
                reached = torch.einsum("nc,cokl->nokl", part[:, :, i, j], kernel)
                top, left = i * op.stride[0], j * op.stride[1]
                full[
                    :,
                    :,
                    top : top + spans[0] : op.dilation[0],
                    left : left + spans[1] : op.dilation[1],
                ] += reached
        parts.append(full)
    top, bottom, left, right = op.crop
    whole = torch.cat(parts, 1)
    return torch.nn.functional.pad(whole, (-left, -right, -top, -bottom)) + bias


@settings(max_examples=60, deadline=None)
@given(transposes(), st.integers(1, 4), st.integers(1, 4))
def test_a_transposed_convolution_spreads_each_pixel(op, height, width) -> None:
    start = Shape(2 * op.groups, height, width)
    spans = [d * (k - 1) + 1 for d, k in zip(op.dilation, op.kernel, strict=True)]
    rows = (height - 1) * op.stride[0] + spans[0] - op.crop.top - op.crop.bottom
    columns = (width - 1) * op.stride[1] + spans[1] - op.crop.left - op.crop.right
    assume(min(rows, columns) >= 1)
    model = alone(op, start, Shape(op.channels, rows, columns))
    weight, *rest = (p.detach() for p in model.parameters())
    bias = rest[0].reshape(-1, 1, 1) if op.bias else 0.0
    x = picture(start)
    torch.testing.assert_close(model.encode(x), spread(op, x, weight, bias))


@pytest.mark.parametrize("norm", get_args(NormName))
def test_a_transposed_convolution_has_its_norm_and_activation_after_it(norm: NormName) -> None:
    start, output = Shape(3, 2, 2), Shape(8, 4, 4)
    op = ConvTranspose(8, Pair(2, 2), Pair(2, 2), Pads(), ONE, 1, True, norm, "relu")
    names = [name.split(".")[-1] for name, _ in alone(op, start, output).named_parameters()]
    assert names == ["weight", "bias"] * (1 if norm == "none" else 2)
    plain = ConvTranspose(8, Pair(2, 2), Pair(2, 2), Pads(), ONE, 1, True, "none", "none")
    x = picture(start) - 1
    before = alone(plain, start, output).encode(x)
    if norm == "none":
        assert torch.equal(alone(op, start, output).encode(x), before.clamp(min=0))
    else:
        assert float(alone(op, start, output).encode(x).min()) == 0


def test_a_pixel_shuffle_lays_channels_out_as_pixels() -> None:
    start = Shape(8, 2, 3)
    x = picture(start)
    y = alone(PixelShuffle(2), start, Shape(2, 4, 6)).encode(x)
    for channel in range(2):
        for row in range(4):
            for column in range(6):
                source = 4 * channel + 2 * (row % 2) + column % 2
                assert torch.equal(y[:, channel, row, column], x[:, source, row // 2, column // 2])


def test_dense_takes_channels_first_then_rows_then_columns() -> None:
    start, output = Shape(2, 3, 4), Shape(3, 2, 2)
    model = alone(Dense(12, output, "relu"), start, output)
    weight, bias = (p.detach() for p in model.parameters())
    x = picture(start)
    flat = torch.stack([x[:, c, i, j] for c in range(2) for i in range(3) for j in range(4)], 1)
    expected = (flat @ weight.T + bias).clamp(min=0).reshape(2, 3, 2, 2)
    torch.testing.assert_close(model.encode(x), expected)


def test_dense_to_a_vector_and_on() -> None:
    start, vector = Shape(2, 3, 4), Shape(5, 1, 1, vector=True)
    layers = [(Dense(5, None, "none"), vector), (Activation("tanh"), vector)]
    model = build(plan_with(start, layers, [(Dense(24, start, "none"), start)]), seed=0)
    x = picture(start).float()
    assert model.encode(x).reshape(2, -1).shape == (2, 5)
    assert model(x).shape == x.shape


@pytest.mark.parametrize("norm", ["batch", "layer", "group"])
def test_a_norm_alone_is_that_of_a_convolution(norm: NormName) -> None:
    start = Shape(8, 3, 3)
    model = alone(Norm(norm), start, start)
    assert sum(p.numel() for p in model.parameters()) == 16
    x, (scale, shift) = picture(start), (p.detach() for p in model.parameters())
    axes = {"batch": (0, 2, 3), "layer": (1, 2, 3), "group": (2, 3)}[norm]
    mean = x.mean(axes, keepdim=True)
    spread_by = x.var(axes, correction=0, keepdim=True).add(1e-5).sqrt()
    expected = (x - mean) / spread_by * scale.reshape(-1, 1, 1) + shift.reshape(-1, 1, 1)
    torch.testing.assert_close(model.encode(x), expected)


@pytest.mark.parametrize("name", get_args(ActivationName))
def test_an_activation_alone_trains_at_most_its_slope(name: ActivationName) -> None:
    start = Shape(2, 3, 3)
    model, x = alone(Activation(name), start, start), picture(Shape(2, 3, 3))
    assert sum(p.numel() for p in model.parameters()) == (name == "prelu")
    assert torch.equal(model.encode(x), x) == (name == "none")


def test_dropout_zeroes_only_while_training() -> None:
    start = Shape(4, 20, 20)
    model, x = alone(Dropout(0.25), start, start), torch.ones(1, 4, 20, 20).double()
    torch.manual_seed(0)
    share = float((model.encode(x) == 0).double().mean())
    assert share == pytest.approx(0.25, abs=0.05)
    assert torch.equal(model.eval().encode(x), x)


def joined(op: Op, output: Shape) -> Autoencoder:
    """Input 2×4×4 → conv 3 → conv 3 (early) → conv 3, latent; then conv 3, the join, conv 2."""
    start, wide = Shape(2, 4, 4), Shape(3, 4, 4)
    encoder = [(point(3), wide), (point(3), wide), (point(3), wide)]
    decoder = [(point(3), wide), (op, output), (point(2), start)]
    return build(plan_with(start, encoder, decoder), seed=0).double()


def parts(model: Autoencoder, x: Tensor) -> list[Tensor]:
    """Each layer's output, up to the one before the join."""
    outputs = [x]
    for module in [*model.encoder, model.decoder[0]]:
        outputs.append(module(outputs[-1]))
    return outputs


def test_concat_puts_the_current_tensor_first() -> None:
    model, x = joined(Concat(2), Shape(6, 4, 4)), picture(Shape(2, 4, 4))
    outputs = parts(model, x)
    expected = model.decoder[2](torch.cat([outputs[4], outputs[2]], 1))
    assert torch.equal(model(x), expected)


def test_concat_may_take_the_input() -> None:
    model, x = joined(Concat(0), Shape(5, 4, 4)), picture(Shape(2, 4, 4))
    expected = model.decoder[2](torch.cat([parts(model, x)[4], x], 1))
    assert torch.equal(model(x), expected)


@pytest.mark.parametrize("op", [Add(2), Residual(2, None)])
def test_add_and_a_bare_residual_sum(op: Op) -> None:
    model, x = joined(op, Shape(3, 4, 4)), picture(Shape(2, 4, 4))
    outputs = parts(model, x)
    assert torch.equal(model(x), model.decoder[2](outputs[4] + outputs[2]))


def test_a_residual_that_changes_channels_has_a_convolution_as_shortcut() -> None:
    model, x = joined(Residual(0, point(3)), Shape(3, 4, 4)), picture(Shape(2, 4, 4))
    outputs = parts(model, x)
    weight, bias = (p for p in model.decoder[1].parameters())
    shortcut = torch.nn.functional.conv2d(x, weight, bias)
    torch.testing.assert_close(model(x), model.decoder[2](outputs[4] + shortcut))


def test_a_strided_shortcut_skips_pixels() -> None:
    start, small = Shape(2, 4, 4), Shape(3, 2, 2)
    halved = point(3, Pair(2, 2))
    model = build(
        plan_with(start, [(halved, small), (Residual(0, halved), small)], [(point(2), small)]),
        seed=0,
    ).double()
    x = picture(start)
    weight, bias = model.encoder[1].parameters()
    shortcut = torch.nn.functional.conv2d(x[:, :, ::2, ::2], weight, bias)
    torch.testing.assert_close(model.encode(x), model.encoder[0](x) + shortcut)


def test_decoding_needs_the_tensors_that_pass_the_latent_by() -> None:
    model, x = joined(Concat(2), Shape(6, 4, 4)), picture(Shape(2, 4, 4))
    latent = model.encode(x)
    with pytest.raises(ValueError, match="early"):
        model.decode(latent)
    assert torch.equal(model.decode(latent, {"early": parts(model, x)[2]}), model(x))


def test_a_join_with_the_latent_itself_passes_nothing_by() -> None:
    model, x = joined(Add(3), Shape(3, 4, 4)), picture(Shape(2, 4, 4))
    assert torch.equal(model.decode(model.encode(x)), model(x))
