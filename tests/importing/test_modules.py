"""Layers and functions as people write them in PyTorch, and what they become."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from archsearch.errors import InputError
from archsearch.importing import from_torch

C, T = nn.Conv2d, nn.ConvTranspose2d


def lines(*modules: nn.Module, size: int = 8, latent: str | None = "0") -> str:
    """The layers of a net that begins with a 1×1 convolution, and ends with its size and one."""
    net = nn.Sequential(C(3, 4, 1), *modules, nn.Upsample(size=(size, size)), nn.LazyConv2d(3, 1))
    net.eval()(torch.zeros(2, 3, size, size))
    text = from_torch(net, (3, size, size), latent=latent).text
    inside = text.partition("decoder:\n")[2].splitlines()[:-2]
    return "; ".join(line.strip().removeprefix("- ") for line in inside)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize(
    ("modules", "wanted"),
    [
        ([C(4, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU(inplace=True)],
         "conv: {channels: 8, stride: 2, norm: batch, activation: relu, padding: 1}"),
        ([C(4, 4, (3, 5), padding="same", groups=2, dilation=2, bias=False)],
         "conv: {channels: 4, kernel: [3, 5], dilation: 2, groups: 2, bias: false}"),
        ([C(4, 8, 4, padding="same")], "conv: {channels: 8, kernel: 4}"),
        ([C(4, 8, 3, padding="valid")], "conv: {channels: 8, padding: 0}"),
        ([C(4, 8, 3, padding=1, padding_mode="reflect")],
         "conv: {channels: 8, padding_mode: reflect}"),
        ([nn.ReflectionPad2d(1), C(4, 8, 3)], "conv: {channels: 8, padding_mode: reflect}"),
        ([nn.ZeroPad2d((0, 1, 0, 1)), C(4, 8, 3, 2)], "conv: {channels: 8, stride: 2}"),
        ([nn.ZeroPad2d((1, 0, 0, 2))], "pad: [[0, 2], [1, 0]]"),
        ([nn.ZeroPad2d((-1, 2, 0, 0))], "crop: [[0, 0], [1, 0]]; pad: [[0, 0], [0, 2]]"),
        ([nn.ConstantPad2d(1, 0.0)], "pad: 1"),
        ([T(4, 8, 4, 2, 1), nn.Tanh()],
         "conv_transpose: {channels: 8, kernel: 4, stride: 2, activation: tanh}"),
        ([T(4, 8, 3, 2, 1, output_padding=1)],
         "conv_transpose: {channels: 8, stride: 2, padding: 1, output_padding: 1}"),
        ([C(4, 8, 3), nn.GroupNorm(8, 8)], "conv: {channels: 8, norm: group, padding: 0}"),
        ([nn.GroupNorm(2, 4)], "norm: {group: 2}"),
        ([nn.GroupNorm(1, 4)], "norm: layer"),
        ([nn.LayerNorm([4, 8, 8], elementwise_affine=False)], "norm: layer"),
        ([nn.InstanceNorm2d(4)], "norm: instance"),
        ([nn.BatchNorm2d(4, affine=False)], "norm: batch"),
        ([nn.LeakyReLU(0.2)], "activation: {leaky_relu: 0.2}"),
        ([nn.LeakyReLU(), nn.ELU(0.5)], "activation: leaky_relu; activation: {elu: 0.5}"),
        ([nn.PReLU()], "activation: prelu"),
        ([nn.PReLU(init=0.1)], "activation: {prelu: 0.1}"),
        ([nn.GELU(), nn.SiLU(), nn.Sigmoid(), nn.SELU(), nn.Mish()],
         "activation: gelu; activation: silu; activation: sigmoid; activation: selu; "
         "activation: mish"),
        ([nn.Softplus(2), nn.Hardtanh(-3, 3)],
         "activation: {softplus: 2.0}; activation: {hardtanh: 3.0}"),
        ([nn.Dropout(0.1)], "dropout: 0.1"),
        ([nn.MaxPool2d(2)], "pool: {}"),
        ([nn.MaxPool2d(3, 2, ceil_mode=True)],
         "pool: {kernel: 3, stride: 2, padding: same}"),
        ([nn.AvgPool2d(3, 1, 1)], "pad: 1; pool: {kernel: 3, stride: 1, mode: avg}"),
        ([nn.AvgPool2d(3, 1, 1, count_include_pad=False)],
         "pool: {kernel: 3, stride: 1, padding: 1, mode: avg}"),
        ([nn.AdaptiveAvgPool2d(2)], "pool: {kernel: 4, mode: avg}"),
        ([nn.AdaptiveMaxPool2d((1, 4))], "pool: {kernel: [8, 2]}"),
        ([nn.Upsample(scale_factor=2)], "upsample: {}"),
        ([nn.UpsamplingBilinear2d(scale_factor=3)],
         "upsample: {scale: 3, mode: bilinear, align_corners: true}"),
        ([nn.Upsample(size=(5, 6), mode="bicubic")], "resize: {size: [5, 6], mode: bicubic}"),
        ([nn.PixelShuffle(2)], "pixel_shuffle: {}"),
        ([nn.ChannelShuffle(2)], "channel_shuffle: {groups: 2}"),
        ([nn.Sequential(nn.Identity(), nn.Sequential(nn.ReLU()))], "activation: relu"),
        ([nn.Flatten(), nn.Linear(256, 16), nn.BatchNorm1d(16), nn.ReLU(),
          nn.Linear(16, 32, bias=False), nn.Unflatten(1, (2, 4, 4)), nn.BatchNorm2d(2)],
         "dense: {size: 16, norm: batch, activation: relu}; "
         "dense: {shape: [2, 4, 4], bias: false, norm: batch}"),
        ([nn.Flatten(), nn.ReLU(), nn.Linear(256, 9), nn.LayerNorm(9), nn.Dropout(0.2),
          nn.Linear(9, 9), nn.Tanh(), nn.Dropout(0.5), nn.Unflatten(1, (1, 3, 3))],
         "activation: relu; dense: {size: 9, norm: layer}; dropout: 0.2; "
         "dense: {shape: [1, 3, 3], activation: tanh}; dropout: 0.5"),
        ([nn.Flatten(), nn.Linear(256, 32), nn.ReLU(), nn.BatchNorm1d(32), nn.LayerNorm(32),
          nn.GroupNorm(4, 32), nn.Linear(32, 16), nn.Unflatten(1, (1, 4, 4))],
         "dense: {shape: [32, 1, 1], activation: relu}; norm: batch; norm: layer; "
         "norm: {group: 4}; dense: {shape: [1, 4, 4]}"),
        ([nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LayerNorm(4), nn.Linear(4, 16),
          nn.Unflatten(1, (1, 4, 4))],
         "pool: {kernel: 8, mode: avg}; norm: layer; dense: {shape: [1, 4, 4]}"),
        ([nn.Flatten(), nn.Unflatten(1, (4, 8, 8)), nn.ReLU()], "activation: relu"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_layer_has_its_words(modules: list[nn.Module], wanted: str) -> None:
    """``from_torch`` has compared outputs; here is how it is said."""
    for module in modules:
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.running_mean.uniform_(-1, 1)  # type: ignore[union-attr, operator]
            module.running_var.uniform_(0.5, 2)  # type: ignore[union-attr, operator]
    assert lines(*modules) == wanted


class Plain(nn.Module):
    """One convolution each way, and what is given between them."""

    def __init__(self, between: Callable[[Plain, Tensor], Tensor]) -> None:
        super().__init__()
        self.encoder = C(3, 4, 3, 2, 1)
        self.inner = C(4, 4, 3, padding=1)
        self.other = C(4, 4, 1)
        self.scale = nn.Parameter(torch.ones(4, 1, 1))
        self.decoder = nn.Sequential(nn.Upsample(size=(16, 16)), nn.LazyConv2d(3, 1))
        self.between = between

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.decoder(self.between(self, self.encoder(x)))
        return y


def between(what: Callable[[Plain, Tensor], Tensor]) -> str:
    net = Plain(what)
    net(torch.zeros(2, 3, 16, 16))
    text = from_torch(net, (3, 16, 16)).text
    return "; ".join(line.strip() for line in text.partition("decoder:\n")[2].splitlines()[:-2])


F = functional


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        (lambda m, x: F.relu(m.inner(x)), "- conv: {channels: 4, activation: relu}"),
        (lambda m, x: m.inner(x).sigmoid(), "- conv: {channels: 4, activation: sigmoid}"),
        (lambda m, x: torch.tanh(x), "- activation: tanh"),
        (lambda m, x: F.leaky_relu(x, 0.2), "- activation: {leaky_relu: 0.2}"),
        (lambda m, x: F.max_pool2d(x, 2), "- pool: {}"),
        (lambda m, x: F.max_pool2d(x, kernel_size=3, stride=1, padding=1),
         "- pool: {kernel: 3, stride: 1, padding: 1}"),
        (lambda m, x: F.avg_pool2d(x, 2), "- pool: {mode: avg}"),
        (lambda m, x: F.adaptive_avg_pool2d(x, 1), "- pool: {kernel: 8, mode: avg}"),
        (lambda m, x: x.mean((2, 3), keepdim=True), "- pool: {kernel: 8, mode: avg}"),
        (lambda m, x: x.mean((2, 3)).view(-1, 4, 1, 1), "- pool: {kernel: 8, mode: avg}"),
        (lambda m, x: x.mean(axis=(2, 3), keepdims=True), "- pool: {kernel: 8, mode: avg}"),
        (lambda m, x: F.interpolate(x, scale_factor=2), "- upsample: {}"),
        (lambda m, x: F.interpolate(x, size=x.shape[2:], mode="bilinear"),
         "- resize: {size: 8, mode: bilinear}"),
        (lambda m, x: F.pad(x, (1, 2)), "- pad: [[0, 0], [1, 2]]"),
        (lambda m, x: F.pixel_shuffle(x, 2), "- pixel_shuffle: {}"),
        (lambda m, x: F.dropout(x, 0.3, m.training).relu_(), "- dropout: 0.3; - activation: relu"),
        (lambda m, x: x + m.inner(x), "- residual:; layers:; - conv: {channels: 4}"),
        (lambda m, x: F.relu(torch.add(m.inner(x), m.other(x))),
         "- residual:; activation: relu; layers:; - conv: {channels: 4}; shortcut:; "
         "- conv: {channels: 4, kernel: 1}"),
        (lambda m, x: sum([x, m.inner(x), m.other(x)]),
         "- parallel:; join: add; branches:; - []; - - conv: {channels: 4}; "
         "- - conv: {channels: 4, kernel: 1}"),
        (lambda m, x: torch.cat([x, m.inner(x)], 1),
         "- conv: {channels: 4}; - concat: {with: encoder_2, place: before}"),
        (lambda m, x: torch.cat((m.inner(x), m.other(x)), dim=1),
         "- parallel:; branches:; - - conv: {channels: 4}; - - conv: {channels: 4, kernel: 1}"),
        (lambda m, x: torch.cat([m.inner(x)], 1), "- conv: {channels: 4}"),
        (lambda m, x: F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2),
         "- name: max_pool2d_with_indices; pool: {}; - unpool: max_pool2d_with_indices"),
        (lambda m, x: m.inner(x).contiguous().view(-1, 4, 8, 8), "- conv: {channels: 4}"),
    ],
)  # fmt: skip
def test_a_forward_is_followed(what: Callable[[Plain, Tensor], Tensor], wanted: str) -> None:
    assert between(what) == wanted


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        (lambda m, x: m.inner(m.inner(x)), "inner: its weights have run before"),
        (lambda m, x: x * m.scale, "mul() in forward: a function of several tensors"),
        (lambda m, x: x + m.scale, "add() in forward: it joins a tensor that isn't of a layer"),
        (lambda m, x: x + 1, "add() in forward: a sum with a number"),
        (lambda m, x: torch.add(x, x, alpha=2), "add() in forward: a sum with a number, or with"),
        (lambda m, x: x + torch.randn_like(x), "randn_like() in forward: no layer does this"),
        (lambda m, x: x.flip(1), "flip() in forward: no layer does this"),
        (lambda m, x: torch.cat([x, x], 2), "cat() in forward: a concatenation along another axis"),
        (lambda m, x: x.view(-1, 8, 4, 8), "view() in forward: a reshaping to 8×4×8 that isn't"),
        (lambda m, x: torch.cat([x.flatten(1)] * 2, 1).view(-1, 8, 8, 8),
         "cat() in forward: vectors are joined"),
        (lambda m, x: torch.cat(x.chunk(2, 1)[::-1], 1), "chunk() in forward: no layer does this"),
        (lambda m, x: (x.__setitem__((0, 0), 0), x)[1], "setitem() in forward: no layer does this"),
        (lambda m, x: F.dropout(x, 0.3), "dropout() in forward: it drops in evaluation, too"),
        (lambda m, x: F.conv2d(x, m.other.weight), "conv2d() in forward: a function of several"),
        (lambda m, x: x.mean(1, keepdim=True), "mean() in forward: no layer does this"),
        (lambda m, x: F.interpolate(x, 16, mode="bilinear", antialias=True),
         "interpolate() in forward: no layer does this"),
    ],
)  # fmt: skip
def test_what_has_no_words_is_named(what: Callable[[Plain, Tensor], Tensor], wanted: str) -> None:
    with pytest.raises(InputError, match="no words for this module:") as caught:
        between(what)
    assert len(caught.value.details) == 1
    assert caught.value.details[0].startswith(f"  {wanted}")


@pytest.mark.parametrize(
    ("module", "why"),
    [
        (nn.BatchNorm2d(4, eps=1e-3), "eps is 0.001, and every norm here has 1e-05"),
        (nn.BatchNorm2d(4, track_running_stats=False), "it has no running statistics"),
        (nn.InstanceNorm2d(4, track_running_stats=True), "its running statistics"),
        (nn.LayerNorm([4, 8, 8]), "LayerNorm with a weight for each pixel"),
        (nn.LayerNorm(8), "LayerNorm over some axes"),
        (nn.Linear(8, 8), "Linear on the last axis"),
        (nn.ReLU6(), "there is no layer like ReLU6"),
        (nn.GELU("tanh"), 'GELU(approximate="tanh")'),
        (nn.Softplus(1, 5), "Softplus with a threshold of its own"),
        (nn.Hardtanh(0, 1), "Hardtanh from 0 to 1"),
        (nn.PReLU(4), "PReLU with a slope for each channel"),
        (nn.Dropout2d(), "there is no layer like Dropout2d"),
        (nn.Dropout(1.0), "a dropout of everything"),
        (nn.MaxPool2d(2, dilation=2), "a pooling with dilation"),
        (nn.MaxPool2d(7, 7, ceil_mode=True), "ceil_mode, whose last window is more than half"),
        (nn.AvgPool2d(2, divisor_override=3), "an average with a divisor of its own"),
        (nn.AvgPool2d(3, 2, 1, ceil_mode=True), "an average that counts its border, with ceil"),
        (nn.AdaptiveAvgPool2d(3), "windows of several sizes: 8×8 isn't a multiple of 3×3"),
        (nn.ReflectionPad2d(1), "a border that isn't of zeros"),
        (nn.ConstantPad2d(1, 0.5), "a border of 0.5; zeros are there"),
        (nn.PixelUnshuffle(2), "there is no layer like PixelUnshuffle"),
        (nn.utils.parametrizations.weight_norm(C(4, 4, 3)), "its weight is computed in each step"),
        (nn.utils.parametrizations.spectral_norm(C(4, 4, 3)), "its weight is computed in each"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_layer_without_words_is_named(module: nn.Module, why: str) -> None:
    with pytest.raises(InputError) as caught:
        lines(module)
    assert caught.value.details[0].startswith(f"  1: {why}")


def test_all_that_has_no_words_is_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        lines(nn.ReLU6(), C(4, 4, 3), nn.Dropout2d(), nn.Hardtanh(0, 1))
    assert [line.partition(":")[0] for line in caught.value.details] == ["  1", "  3", "  4"]


def test_other_numbers_than_the_modules_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the layer that gives them is named, whatever went wrong."""
    from archsearch.importing import modules

    monkeypatch.setattr(modules, "EPS", 1e-3)
    with pytest.raises(InputError, match="isn't the same: 1 gives other numbers than `norm`"):
        lines(nn.BatchNorm2d(4, eps=1e-3))


def test_a_forward_that_looks_at_the_numbers_is_refused() -> None:
    """Of two ways that it takes, one was recorded."""

    def by_sum(module: Plain, x: Tensor) -> Tensor:
        return x.relu() if len(x) == 2 else x.sigmoid()

    with pytest.raises(InputError, match="does something else with other pictures"):
        between(by_sum)
