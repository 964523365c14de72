"""The rewritten model against the plain one: outputs, gradients, weights, and what must not be."""

import copy
import math
from pathlib import Path
from typing import get_args

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from torch import Tensor

from archsearch.config import load
from archsearch.errors import ArchsearchError
from archsearch.nn import Autoencoder, build, compiled, load_weights, save_weights
from archsearch.nn.rewrite import PASSES
from archsearch.nn.rewrite.axis import along
from archsearch.nn.rewrite.phases import PhaseConvolve
from archsearch.spec import ModelPlan
from archsearch.spec.kinds.activation import ActivationName

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))
NAMES = [name for name in get_args(ActivationName) if name != "none"]
MONOTONE = ("relu", "leaky_relu", "elu", "selu")

UPSAMPLED = "upsample and conv at low resolution"
POOLED = "pool before activation"
SWAPPED = "upsample after 1×1 conv or activation"
IN_PLACE = "activation in place"


@pytest.fixture(scope="session")
def write(tmp_path_factory):
    def _write(encoder: list[str], decoder: list[str], size: str = "height: 12, width: 12"):
        height, width = (word.split(": ")[1] for word in size.split(", "))
        decoder = [*decoder, f"dense: {{shape: [2, {height}, {width}]}}"]  # any size fits
        lines = [f"input: {{channels: 2, {size}}}", "name: made", "allow: [leak-past-latent]"]
        for name, layers in (("encoder", encoder), ("decoder", decoder)):
            lines += [f"{name}:", *(f"  - {layer}" for layer in layers)]
        path = tmp_path_factory.mktemp("specs") / "made.yaml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return load(path).plan(picture_channels=2)

    return _write


def pair(plan: ModelPlan, dtype: torch.dtype = torch.float64) -> tuple[Autoencoder, Autoencoder]:
    plain, fast = build(plan, seed=1).to(dtype), compiled(plan, seed=1).to(dtype)
    draws = torch.Generator().manual_seed(5)
    for p, q in zip(plain.parameters(), fast.parameters(), strict=True):
        # Norms start at 1 and 0, which would hide a mix-up. Weights keep activations near 1:
        # a saturated sigmoid's slope would magnify rounding.
        spread = 0.4 if p.dim() == 1 else (p[0].numel()) ** -0.5
        torch.nn.init.normal_(p, 0.1 if p.dim() == 1 else 0.0, spread, generator=draws)
        q.data.copy_(p.data)
    return plain, fast


def backward(model: Autoencoder, images: Tensor) -> list[Tensor]:
    """The output, then the gradients of the input and of every parameter."""
    x = images.clone().requires_grad_()
    y = model(x)
    weights = torch.linspace(-1, 1, y.numel(), dtype=y.dtype).view_as(y).cos()
    (y * weights).sum().backward()
    return [y.detach(), x.grad, *(p.grad for p in model.parameters())]


def assert_same(plan: ModelPlan, tolerance: float, dtype: torch.dtype = torch.float64) -> None:
    plain, fast = pair(plan, dtype)
    draws = torch.Generator().manual_seed(6)
    images = torch.randn(3, *plan.input.as_tuple(), dtype=dtype, generator=draws)
    ones, others = backward(plain, images), backward(fast, images)
    floor = 1e-3 * max(float(one.abs().max()) for one in ones)  # some gradients are truly 0
    for one, other in zip(ones, others, strict=True):
        largest = max(float(one.abs().max()), floor)
        assert float((one - other).abs().max()) <= tolerance * largest
    with torch.no_grad():
        assert_same_halves(plain, fast, images, tolerance)


def assert_same_halves(
    plain: Autoencoder, fast: Autoencoder, images: Tensor, tolerance: float
) -> None:
    latent, skips = plain.encode_with_skips(images)
    fast_latent, fast_skips = fast.encode_with_skips(images)
    bound = tolerance * max(1.0, float(latent.abs().max()))
    assert torch.allclose(latent, fast_latent, rtol=0, atol=bound)
    assert skips.keys() == fast_skips.keys()
    before = fast_latent.clone()
    decoded = fast.decode(fast_latent, fast_skips)
    assert torch.equal(before, fast_latent)  # a caller's tensor is never written to
    expected = plain.decode(latent, skips)
    assert torch.allclose(decoded, expected, rtol=0, atol=tolerance * float(expected.abs().max()))


def names(plan: ModelPlan) -> list[str]:
    return [done.name for done in compiled(plan).applied]


pairs = st.tuples(st.integers(1, 3), st.integers(1, 3)).map(list)
activations = st.sampled_from(["none", *NAMES])


@st.composite
def convs(draw: st.DrawFn, out: int = 0) -> str:
    kernel = draw(st.one_of(st.sampled_from([1, 3, 5, 7]), pairs))
    padding = draw(st.sampled_from(["same", "valid", "0", "1", "2"]))
    parts = [f"channels: {out or draw(st.sampled_from([2, 4, 8]))}", f"kernel: {kernel}"]
    parts += [f"padding: {padding}", f"dilation: {draw(st.sampled_from([1, 1, 1, 2]))}"]
    parts += [f"groups: {draw(st.sampled_from([1, 1, 1, 2]))}"]
    parts += [f"activation: {draw(activations)}", f"bias: {str(draw(st.booleans())).lower()}"]
    parts += [f"norm: {draw(st.sampled_from(['none', 'none', 'batch', 'layer']))}"]
    parts += [f"stride: {draw(st.sampled_from([1, 1, 1, 2]))}"]
    return f"conv: {{{', '.join(parts)}}}"


others = st.one_of(
    st.sampled_from([1, 2, 3]).map(lambda s: f"upsample: {{scale: {s}}}"),
    pairs.map(lambda s: f"upsample: {{scale: {s}}}"),
    st.just("upsample: {scale: 2, mode: bilinear}"),
    st.sampled_from([2, 3]).map(lambda k: f"pool: {{kernel: {k}}}"),
    st.just("pool: {kernel: 3, stride: 2, padding: 1}"),
    st.just("pool: {kernel: 2, mode: avg}"),
    activations.map(lambda a: f"activation: {a}"),
    st.just("add: first"),
    st.just("concat: first"),
    st.just("conv_transpose: {channels: 4, kernel: 4, stride: 2, padding: 1, activation: relu}"),
    st.just("residual: {layers: [conv: {channels: 4, kernel: 3, padding: same}]}"),
)


@st.composite
def stacks(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    layer = st.one_of(convs(), convs(), others)
    first = draw(convs()).replace("conv: {", "conv: {", 1)
    encoder = draw(st.lists(layer, max_size=3))
    return [f"{first}\n    name: first", *encoder], [
        *draw(st.lists(layer, max_size=4)),
        draw(convs(2)),
    ]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(stack=stacks())
def test_any_stack_gives_the_plain_outputs_and_gradients(write, stack) -> None:
    try:
        plan = write(*stack, size="height: 9, width: 12")
    except ArchsearchError:
        assume(False)
    assume(max(layer.output.elements for layer in plan.layers) < 20_000)
    assume(_varies(plan))
    normed = any(getattr(layer.op, "norm", "none") != "none" for layer in plan.layers)
    # A norm over nearly equal numbers enlarges rounding.
    assert_same(plan, 1e-9 if normed else 1e-10)
    if not normed:
        assert_same(plan, 1e-4, torch.float32)  # (norms leave differences of large numbers)


def _varies(plan: ModelPlan) -> bool:
    """Norms of few numbers divide by nearly nothing, which magnifies rounding."""
    return not any(
        layer.output.height * layer.output.width < 16
        for layer in plan.layers
        if getattr(layer.op, "norm", "none") != "none"
    )


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    scale=pairs,
    kernel=st.tuples(st.sampled_from([1, 2, 3, 5, 7]), st.sampled_from([1, 2, 3, 5, 7])),
    padding=st.one_of(st.just("same"), st.integers(0, 4).map(str)),
    dilation=st.integers(1, 3),
    channels=st.sampled_from([2, 32]),
    activation=activations,
)
def test_upsample_and_conv_are_done_at_low_resolution(
    write, *, scale, kernel, padding, dilation, channels, activation
) -> None:
    conv = f"channels: 2, kernel: {list(kernel)}, padding: {padding}, dilation: {dilation}"
    try:
        plan = write(
            [f"conv: {{channels: {channels}, kernel: 3, padding: same}}"],
            [f"upsample: {{scale: {scale}}}", f"conv: {{{conv}, activation: {activation}}}"],
            size="height: 5, width: 6",
        )
    except ArchsearchError:
        assume(False)
    swapped = kernel == (1, 1) and padding in {"same", "0"}
    assert (SWAPPED if swapped else UPSAMPLED) in names(plan)
    assert_same(plan, 1e-10)


@pytest.mark.parametrize("change", ["groups: 2", "stride: 2"])
def test_other_convolutions_after_an_upsampling_stay(write, change) -> None:
    plan = write(
        ["conv: {channels: 4, kernel: 3, padding: same}"],
        ["upsample: {scale: 2}", f"conv: {{channels: 2, kernel: 3, padding: 1, {change}}}"],
    )
    assert UPSAMPLED not in names(plan)
    assert_same(plan, 1e-10)


@settings(max_examples=300, deadline=None)
@given(
    scale=st.integers(1, 5),
    taps=st.integers(1, 9),
    dilation=st.integers(1, 3),
    before=st.integers(0, 6),
    after=st.integers(0, 6),
    rows=st.integers(1, 9),
    tight=st.booleans(),
)
def test_a_phase_reads_the_rows_that_the_large_picture_repeats(
    *, scale, taps, dilation, before, after, rows, tight
) -> None:
    axis = along(scale, taps, dilation, before, after, rows, tight=tight)
    assume(axis.wanted > 0)
    large = [row // scale for row in range(rows * scale)]
    padded = [None] * before + large + [None] * after
    for output in range(axis.wanted):
        read = [padded[output + dilation * tap] for tap in range(taps)]
        place, phase = divmod(output + axis.cut, scale)
        small = [
            place + (phase - before - axis.cut + dilation * tap) // scale for tap in range(taps)
        ]
        assert read == [row if 0 <= row < rows else None for row in small]
        assert axis.first + place <= min(small)
        assert max(small) < axis.first + place + axis.small
    if tight:  # the fewest there can be: those that one window and its phases span
        assert axis.small == (scale - 1 + dilation * (taps - 1)) // scale + 1


@pytest.mark.parametrize("activation", NAMES)
@pytest.mark.parametrize("pool", ["kernel: 2", "kernel: 3, stride: 2, padding: 1"])
def test_pooling_goes_before_monotone_activations_only(write, activation, pool) -> None:
    plan = write(
        [
            f"conv: {{channels: 4, kernel: 3, padding: same, activation: {activation}}}",
            f"pool: {{{pool}}}",
        ],
        ["conv: {channels: 2, kernel: 3, padding: same}"],
    )
    assert (POOLED in names(plan)) == (activation in MONOTONE)
    assert_same(plan, 1e-10)


def test_an_activation_that_a_join_reads_stays_before_the_pooling(write) -> None:
    encoder = [
        "conv: {channels: 4, kernel: 3, padding: same, activation: relu}\n    name: skip",
        "pool: {kernel: 2}",
    ]
    decoder = [
        "upsample: {scale: 2}\n    name: large",
        "conv: {channels: 4, kernel: 3, padding: same}",
        "add: skip",
        "add: large",
        "conv: {channels: 2, kernel: 3, padding: same}",
    ]
    plan = write(encoder, decoder)
    assert not {POOLED, UPSAMPLED} & set(names(plan))
    assert_same(plan, 1e-10)


def test_an_activation_is_in_place_only_where_nothing_reads_what_it_writes_over(write) -> None:
    read_again = write(
        ["conv: {channels: 2, kernel: 3, padding: same}\n    name: raw", "activation: relu"],
        ["add: raw", "conv: {channels: 2, kernel: 1, activation: gelu}"],
    )
    assert IN_PLACE not in names(read_again)
    assert_same(read_again, 1e-10)
    latent = write(
        ["conv: {channels: 2, kernel: 3, padding: same}"],
        ["activation: relu", "conv: {channels: 2, kernel: 1, activation: sigmoid}"],
    )
    assert names(latent) == [IN_PLACE]  # the sigmoid; the latent is the caller's
    assert_same(latent, 1e-10)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_model_of_the_gallery_stays_what_it_is(path) -> None:
    plan = load(path).plan()
    assert_same(plan, 1e-10)
    plain, fast = build(plan, seed=2), compiled(plan, seed=2)
    assert list(plain.state_dict()) == list(fast.state_dict())
    assert all(
        torch.equal(one, other)
        for one, other in zip(plain.parameters(), fast.parameters(), strict=True)
    )


def test_all_passes_find_their_place_in_the_gallery() -> None:
    found = {name for path in SPECS for name in names(load(path).plan())}
    assert found >= {UPSAMPLED, POOLED, IN_PLACE}
    assert found <= set(PASSES)


def test_weights_go_from_one_to_the_other(tmp_path) -> None:
    plan = load(SPECS[0]).plan()
    plain, fast = build(plan, seed=1), compiled(plan, seed=2)
    save_weights(fast, tmp_path / "model.safetensors")
    load_weights(plain, tmp_path / "model.safetensors")
    x = torch.rand(2, *plan.input.as_tuple())
    assert torch.allclose(plain(x), fast(x), atol=1e-6)


@pytest.mark.parametrize("name", ["acml-nine-layer", "unet"])
def test_no_pictures_give_none(name) -> None:
    (path,) = (path for path in SPECS if path.stem == name)
    assert compiled(load(path).plan(), seed=0)(torch.rand(0, 3, 32, 32)).shape == (0, 3, 32, 32)


def test_what_is_made_with_a_model_moves_with_it() -> None:
    for path in SPECS:
        model = compiled(load(path).plan()).to("meta")
        for step in (*model._steps["encoder"], *model._steps["decoder"]):
            assert not isinstance(step, PhaseConvolve) or step.folding.matrix.is_meta


def test_a_copy_has_weights_of_its_own() -> None:
    plan = load(SPECS[0]).plan()
    model = compiled(plan, seed=1)
    twin = copy.deepcopy(model)
    x = torch.rand(2, *plan.input.as_tuple())
    expected = model(x).detach()
    with torch.no_grad():
        for parameter in twin.parameters():
            parameter.zero_()
    assert torch.equal(model(x), expected)
    assert not math.isclose(float(twin(x).detach().sum()), float(expected.sum()), rel_tol=1e-3)
