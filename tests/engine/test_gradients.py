"""A training step against torch in float64: loss, outputs and every gradient."""

import re
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from archsearch.config import Model, load
from archsearch.engine import unsupported
from archsearch.engine.program.fused import fused_sources
from archsearch.engine.translate import translated
from archsearch.errors import ArchsearchError
from archsearch.spec import Source, parse_spec
from archsearch.spec.kinds.activation import ActivationName
from tests.spec.strategies import specs

from .nets import LANES, Both, assert_close, both, error, plan_of, without_dropout

GALLERY = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))
SOME, MANY = 40, 400
ACTIVATIONS = [name for name in get_args(ActivationName) if name != "prelu"]
LEFT_TO_TORCH = re.compile(
    r"it has nothing to train|its layer \S+ (has padding_mode: \w+|has align_corners: true"
    r"|has the activation prelu|is bicubic|is of the kind (resize|unpool))"
)
"""Why the engine doesn't train a net of the language's own layers; there is no other reason."""


def hold_against_torch(text: str, lanes: int, pictures: int, threads: int) -> None:
    family = parse_spec(Source("drawn.yaml", text))
    assert family is not None
    try:
        plan = Model(family).resolve().plan
    except ArchsearchError:
        assume(False)
    assume(plan is not None)
    reason = unsupported(plan, "mse")
    assert reason is None or LEFT_TO_TORCH.fullmatch(reason), reason
    assume(reason is None)
    # A norm over few numbers divides by next to nothing, which magnifies rounding.
    normed = [la for la in plan.layers if getattr(la.op, "norm", "none") != "none"]
    assume(all(la.output.height * la.output.width * pictures >= 16 for la in normed))
    pair = both(without_dropout(plan), lanes=lanes, pictures=pictures, threads=threads)
    assert_close(*pair.step(), 1e-8)
    assert_same_when_evaluated(pair)


def assert_same_when_evaluated(pair: Both) -> None:
    """Outputs, latents and what becomes of those, with the running moments that the step left."""
    pair.model.eval()
    with torch.no_grad():
        x = torch.from_numpy(pair.fed)
        latent, skips = pair.model.encode_with_skips(x)
        wanted = {"output": pair.model(x).numpy(), "latent": latent.numpy()}
        decoded = pair.model.decode(latent, skips).numpy()
    found = {"output": pair.engine.forward(pair.fed), "latent": pair.engine.codes(pair.fed)}
    assert pair.engine.decodes == (not skips)
    if skips:
        with pytest.raises(ValueError, match="reads layers of the encoder, too"):
            pair.engine.decode(wanted["latent"])
    else:
        wanted |= {"decoded": decoded}
        found |= {"decoded": pair.engine.decode(wanted["latent"])}
    assert_close(found, wanted, 1e-8)


drawn = {
    "lanes": st.sampled_from(LANES),
    "pictures": st.sampled_from([2, 5, 16, 19]),
    "threads": st.integers(1, 3),
}


@settings(
    max_examples=SOME,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(text=specs, **drawn)
def test_random_nets_give_torchs_outputs_and_gradients(
    text: str, lanes: int, pictures: int, threads: int
) -> None:
    hold_against_torch(text, lanes, pictures, threads)


@pytest.mark.full
@settings(
    max_examples=MANY,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(text=specs, **drawn)
def test_many_random_nets(text: str, lanes: int, pictures: int, threads: int) -> None:
    hold_against_torch(text, lanes, pictures, threads)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_activation(activation: str, dtype: str) -> None:
    """Behind a convolution, as a layer of its own, before a maximum, and before the loss."""
    conv = f"conv: {{channels: 4, activation: {activation}}}"
    plan = plan_of(
        [conv, f"activation: {activation}", "pool: {}"],
        [conv, "pool: {kernel: 3, stride: 1}", f"activation: {activation}"],
        activation,
    )
    pair = both(plan, dtype=dtype, pictures=9)
    assert_close(*pair.step(), 1e-8 if dtype == "float64" else 5e-6)


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("channels", [1, 3, 6, 13])
def test_a_convolution_that_ends_with_a_maximum(lanes: int, dtype: str, channels: int) -> None:
    """Also in groups, and where several pixels are the largest: the first gets the gradient."""
    plan = plan_of(
        [
            f"conv: {{channels: {channels}, activation: relu}}",
            "pool: {}",
            f"conv: {{channels: {channels}, groups: depthwise, bias: false, activation: tanh}}",
            "pool: {}",
        ],
        [],
    )
    assert len(fused_sources(translated(plan, plan.layers, None, training=True).graph)) == 2
    pair = both(plan, lanes=lanes, dtype=dtype, pictures=7)
    pair.fed[:, :, :, ::2] = pair.fed[:, :, :, 1::2] = 0.5
    assert_close(*pair.step(), 1e-8 if dtype == "float64" else 5e-6)


@pytest.mark.parametrize("bias", ["true", "false"])
def test_rows_that_read_nothing(bias: str) -> None:
    """A stride longer than the window: some rows hold the bias alone, some gradients are 0."""
    last = f"conv_transpose: {{channels: 2, kernel: 1, stride: 3, padding: 0, bias: {bias}}}"
    strided = f"conv: {{channels: 3, kernel: 1, stride: 3, padding: 0, bias: {bias}}}"
    assert_close(*both(plan_of([strided], [last]), pictures=5).step(), 1e-8)


@pytest.mark.parametrize(
    "layers",
    [
        ["conv: {channels: 2}", "pool: {kernel: 3}"],
        ["conv: {channels: 2}", "pool: {stride: 1}"],
        ["conv: {channels: 2, kernel: 2, padding: 0}", "pool: {}"],  # 7 rows: one is left over
        ["upsample: {}", "conv: {channels: 2}", "pool: {}"],  # in phases
        ["conv: {channels: 2}\n    name: kept", "pool: {}", "upsample: {}", "add: kept"],
        ["conv: {channels: 2, norm: layer}", "pool: {}"],
        ["pool: {}"],
    ],
)
def test_other_maxima_are_taken_by_themselves(layers: list[str]) -> None:
    plan = plan_of(layers, [])
    assert not fused_sources(translated(plan, plan.layers, None, training=True).graph)
    assert_close(*both(plan, pictures=7).step(), 1e-8)


@pytest.mark.parametrize("kind", ["concat", "add"])
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("after", ["norm: batch", "pool: {}", "activation: tanh"])
def test_a_layer_that_is_joined_with_itself(
    kind: str, times: int, channels: int, after: str
) -> None:
    """Each copy of a channel adds to its gradient."""
    joins = [f"{kind}: a"] * times
    layers = [f"{{conv: {{channels: {channels}}}, name: a}}", *joins, after]
    assert_close(*both(plan_of(layers, [])).step(), 1e-8)


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize(
    ("encoder", "decoder", "decodes"),
    [
        (["conv: {channels: 3, stride: 2}", "norm: batch"], ["upsample: {}"], True),
        (["pool: {}", "dense: {size: 7}"], ["dense: {shape: [3, 4, 4]}", "norm: batch"], True),
        (["conv: {channels: 4}"], ["conv: {channels: 4}\n    name: own", "add: own"], True),
        (["conv: {channels: 4}\n    name: code"], ["conv: {channels: 4}", "add: code"], True),
        (["conv: {channels: 4}\n    name: skip", "pool: {}"], ["upsample: {}", "add: skip"], False),
        (["conv: {channels: 2}"], ["add: input"], False),
    ],
    ids=["picture", "vector", "own layer", "latent", "skip", "input"],
)
def test_latents_are_decoded_unless_a_skip_reaches_past_them(
    lanes: int, encoder: list[str], decoder: list[str], decodes: bool
) -> None:
    pair = both(plan_of(encoder, decoder), lanes=lanes, pictures=lanes + 3)
    pair.step()
    assert pair.engine.decodes == decodes
    assert_same_when_evaluated(pair)


@pytest.mark.parametrize("loss", ["mse", "l1", "huber", "bce"])
@pytest.mark.parametrize("last", ["sigmoid", "none"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_loss(loss: str, last: str, dtype: str) -> None:
    plan = plan_of(["conv: {channels: 4, stride: 2}"], [], "sigmoid" if loss == "bce" else last)
    pair = both(plan, dtype=dtype, loss=loss, pictures=9)
    assert_close(*pair.step(), 1e-8 if dtype == "float64" else 5e-6)


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_the_gallery_in_float32(path: Path) -> None:
    """With some pictures rounding turns the order of two pixels in a window, or a sign."""
    plan, found = load(path).plan(), []
    for pictures in (1, 2, 4):
        found.append(error(*both(plan, dtype="float32", lanes=16, pictures=pictures).step()))
        if found[-1] <= 5e-6:
            return
    pytest.fail(f"the largest errors were {found}")


def test_what_is_not_a_number_stays_so() -> None:
    plan = plan_of(
        ["conv: {channels: 4, activation: relu}", "pool: {}", "activation: tanh"],
        ["upsample: {}", "conv: {channels: 2, activation: relu}"],
        "sigmoid",
    )
    for bad in (np.nan, np.inf):
        pair = both(plan, pictures=3)
        pair.engine.parameters["encoder.0.conv.weight"][0, 0, 1, 1] = np.nan
        fed = np.full((3, 2, 8, 8), bad)
        assert np.isnan(pair.engine.step(fed, pair.target))
        assert np.isnan(pair.engine.forward(fed)).any()
        assert all(np.isnan(g).any() for g in pair.engine.gradients.values())


@pytest.mark.parametrize("pictures", [1, 9, 16])
def test_a_loss_that_overflows_is_infinite(pictures: int) -> None:
    """Also where lanes without a picture overflow with it."""
    pair = both(plan_of(["conv: {channels: 2}"], []), dtype="float32", lanes=16, pictures=pictures)
    pair.engine.parameters["decoder.0.linear.bias"][...] = 1e25
    assert pair.engine.step(np.zeros((pictures, 2, 8, 8), np.float32)) == np.inf
