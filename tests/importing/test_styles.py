"""Nets as people write them: what ``forward`` is given and gives, and what hangs together."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from archsearch.errors import InputError
from archsearch.importing import from_torch

C, F, T = nn.Conv2d, functional, nn.ConvTranspose2d
SHAPE = (3, 16, 16)


class Net(nn.Module):
    """One layer each way, and a forward of the test's."""

    def __init__(self, forward: Callable[[Net, Tensor], object], **parts: nn.Module) -> None:
        super().__init__()
        self.encoder = C(3, 8, 4, 4)
        self.decoder = T(8, 3, 4, 4)
        for name, part in parts.items():
            setattr(self, name, part)
        self.own = forward

    def forward(self, x: Tensor) -> object:
        return self.own(self, x)


def body(net: nn.Module, shape: tuple[int, int, int] = SHAPE) -> str:
    """Its layers. ``from_torch`` has compared its outputs with the net's."""
    text = from_torch(net, shape).text.partition("encoder:\n")[2]
    return "; ".join(line.strip().removeprefix("- ") for line in text.splitlines())


PLAIN = (
    "conv: {channels: 8, kernel: 4, stride: 4}; decoder:; "
    "conv_transpose: {channels: auto, kernel: 4, stride: 4}"
)


@pytest.mark.parametrize(
    "gives",
    [
        lambda z, y: y,
        lambda z, y: (z, y),
        lambda z, y: (y, z, z.mean()),
        lambda z, y: [{"latent": z, "pictures": y}],
        lambda z, y: (y.flatten(1), y),
    ],
)
def test_the_output_is_the_tensor_of_the_pictures_size(
    gives: Callable[[Tensor, Tensor], object],
) -> None:
    def forward(m: Net, x: Tensor) -> object:
        z = m.encoder(x)
        return gives(z, m.decoder(z))

    assert body(Net(forward)) == PLAIN


def test_the_pictures_themselves_are_no_output() -> None:
    net = Net(lambda m, x: (x, m.decoder(m.encoder(x))))
    assert body(net) == PLAIN
    assert "the module gives 2 tensors" in from_torch(net, SHAPE).notes[0]


class Halves(nn.Module):
    """No forward."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = C(3, 8, 4, 4), T(8, 3, 4, 4)


@pytest.mark.parametrize("net", [Halves(), nn.ModuleDict(dict(Halves().named_children()))])
def test_without_a_forward_the_decoder_follows_the_encoder(net: nn.Module) -> None:
    assert body(net) == PLAIN


def fails(error: Exception) -> Callable[[Net, Tensor], object]:
    def forward(m: Net, x: Tensor) -> object:
        raise error

    return forward


@pytest.mark.parametrize("error", [AssertionError("gray only"), KeyError("a"), StopIteration()])
def test_whatever_forward_raises_is_told(error: Exception) -> None:
    told = f"can't be run on pictures of 3×16×16: {type(error).__name__}"
    with pytest.raises(InputError, match=told):
        from_torch(Net(fails(error)), SHAPE)


@pytest.mark.parametrize(
    "forward",
    [lambda m, x: None, lambda m, x: torch.from_numpy(m.decoder(m.encoder(x)).numpy() * 2)],
)
def test_an_output_without_torch_is_refused(forward: Callable[[Net, Tensor], object]) -> None:
    with pytest.raises(InputError, match="gives no tensor that layers or functions of torch made"):
        from_torch(Net(forward), SHAPE)


def test_an_encode_of_the_module_stays() -> None:
    net = Net(lambda m, x: m.decoder(m.encode(x)))  # type: ignore[operator]
    encode = net.encode = lambda x: net.encoder(x).relu()  # type: ignore[assignment]
    assert "activation: relu}; decoder:" in body(net)
    assert net.encode is encode


def test_pictures_may_be_changed_in_place() -> None:
    assert body(Net(lambda m, x: m.decoder(m.encoder(x.sigmoid_())))).startswith("activation: sig")


def test_a_shortcut_of_an_empty_sequential_is_none() -> None:
    def forward(m: Net, x: Tensor) -> Tensor:
        z = m.encoder(x)
        y: Tensor = m.decoder(F.relu(m.inner(z) + m.shortcut(z)))  # type: ignore[operator]
        return y

    net = Net(forward, inner=C(8, 8, 3, padding=1), shortcut=nn.Sequential())
    assert "residual:; activation: relu; layers:; conv: {channels: 8}; conv_tr" in body(net)


def test_sizes_that_forward_asks_for() -> None:
    """Of a transposed convolution and an unpooling, given by name."""

    def forward(m: Net, x: Tensor) -> Tensor:
        z, places = F.max_pool2d(m.first(x), 2, return_indices=True)  # type: ignore[operator, call-overload]
        z = m.unpool(z, indices=places, output_size=(9, 10))  # type: ignore[operator]
        y: Tensor = m.last(z, output_size=x.size())  # type: ignore[operator]
        return y

    net = Net(forward, first=C(3, 4, 3, 2, 1), unpool=nn.MaxUnpool2d(2), last=T(4, 3, 3, 2, 1))
    text = body(net, (3, 18, 19))
    assert "output_padding: [1, 0]" in text
    assert "unpool: max_pool2d_with_indices" in text


def test_an_own_class_of_a_layer_is_that_layer() -> None:
    class Wide(nn.Conv2d):
        def __init__(self, before: int) -> None:
            super().__init__(before, 8, 4, 4)

    assert body(nn.Sequential(Wide(3), T(8, 3, 4, 4))) == PLAIN


def test_weights_of_two_layers_are_told() -> None:
    net = Net(lambda m, x: m.decoder(m.encoder(x)))
    net.decoder.weight = net.encoder.weight
    with pytest.raises(InputError, match="decoder: its weights have run before"):
        from_torch(net, SHAPE)


def test_lazy_layers_are_to_be_run_first() -> None:
    with pytest.raises(InputError, match=r"module\(torch.zeros\(1, 3, 16, 16\)\)"):
        from_torch(nn.Sequential(nn.LazyConv2d(8, 1), nn.LazyConv2d(3, 1)), SHAPE)


def test_skips_across_a_net_in_one_concatenation() -> None:
    """As in U-Net++: of three tensors one leads on, one is early, and one is made of early ones."""

    def forward(m: Net, x: Tensor) -> Tensor:
        a = m.a(x)  # type: ignore[operator]
        b = m.b(F.max_pool2d(a, 2))  # type: ignore[operator]
        side = m.side(torch.cat([a, m.up(b)], 1))  # type: ignore[operator]
        y: Tensor = m.last(  # type: ignore[operator]
            torch.cat([a, side, m.up(m.inner(b))], 1)  # type: ignore[operator]
        )
        return y

    parts = {"a": C(3, 4, 1), "b": C(4, 8, 1), "side": C(12, 4, 1), "inner": C(8, 8, 1)}
    net = Net(forward, **parts, last=C(16, 3, 1), up=nn.Upsample(scale_factor=2))
    assert "concat: {with: a, place: before}" in body(net)


def test_a_vector_of_a_picture_needs_an_unflatten() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(768, 8), nn.Linear(8, 768))
    with pytest.raises(InputError, match="gives vectors of 768 numbers") as caught:
        from_torch(net, SHAPE)
    assert "nn.Unflatten(1, (3, 16, 16))" in caught.value.help


def test_a_latent_must_run() -> None:
    net = Net(lambda m, x: m.decoder(m.encoder(x)), other=nn.ReLU())
    with pytest.raises(InputError, match="other gives no tensor when the module runs"):
        from_torch(net, SHAPE, latent="other")


def test_notes_are_of_layers_that_run() -> None:
    net = Net(lambda m, x: m.decoder(m.encoder(x)), other=nn.BatchNorm2d(8, momentum=0.5))
    assert from_torch(net, SHAPE).notes == ()
    inner = nn.LayerNorm([8, 4, 4], elementwise_affine=False)
    (note,) = from_torch(nn.Sequential(net.encoder, inner, net.decoder), SHAPE).notes
    assert note.startswith("norms without weights got them")


def test_a_rule_of_the_language_is_told_without_a_file() -> None:
    with pytest.raises(InputError, match="breaks rules of the language") as caught:
        from_torch(nn.Sequential(C(3, 65537, 1), nn.ReLU(), C(65537, 3, 1)), (3, 2, 2))
    (told,) = caught.value.details
    assert told.startswith("  value-not-allowed: `channels: 65537` is not allowed in conv; ")


def test_a_vector_is_not_normed_and_reshaped() -> None:
    def forward(m: Net, x: Tensor) -> Tensor:
        z = m.a(x.flatten(1))  # type: ignore[operator]
        normed = m.b(m.norm(z)).view(-1, 8, 4, 4)  # type: ignore[operator]
        y: Tensor = m.decoder(normed + z.view(-1, 8, 4, 4))
        return y

    parts = {"a": nn.Linear(768, 128), "norm": nn.BatchNorm1d(128), "b": nn.Linear(128, 128)}
    with pytest.raises(InputError, match="norm: a norm of a vector that is reshaped"):
        from_torch(Net(forward, **parts), SHAPE)


def test_pictures_that_no_memory_holds_are_told() -> None:
    with pytest.raises(InputError, match="don't fit into memory"):
        from_torch(nn.Sequential(C(3, 3, 1)), (3, 10**9, 10**9))
