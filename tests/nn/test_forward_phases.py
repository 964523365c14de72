"""Outputs left as phases: their squared error and its gradients are the plain model's."""

from pathlib import Path

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from archsearch.config import load
from archsearch.errors import ArchsearchError
from archsearch.nn import Autoencoder, build, compiled
from archsearch.spec import ModelPlan
from archsearch.tasks import squared_error

SPECS = Path(__file__).parents[2] / "specs"

pairs = st.tuples(st.integers(1, 3), st.integers(1, 3)).map(list)


@pytest.fixture(scope="session")
def ending(tmp_path_factory):
    """A plan whose decoder is an upsampling and a convolution, as large as the picture."""

    def _ending(scale: list[int], conv: str, channels: int = 2) -> ModelPlan:
        lines = [
            "name: made",
            "input: {channels: 2, height: 12, width: 6}",
            "encoder:",
            f"  - conv: {{channels: {channels}, kernel: 3, padding: same}}",
            f"  - pool: {{kernel: {scale}}}",
            "decoder:",
            f"  - upsample: {{scale: {scale}}}",
            f"  - conv: {{channels: 2, {conv}}}",
        ]
        path = tmp_path_factory.mktemp("specs") / "made.yaml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return load(path).plan(picture_channels=2)

    return _ending


def pictures(plan: ModelPlan, count: int = 3) -> Tensor:
    draws = torch.Generator().manual_seed(6)
    images = torch.rand(count, *plan.input.as_tuple(), dtype=torch.float64, generator=draws)
    return images.contiguous(memory_format=torch.channels_last)


def error_and_gradients(model: Autoencoder, loss: Tensor) -> list[Tensor]:
    model.zero_grad()
    torch.autograd.backward(loss)
    return [loss.detach(), *(p.grad.clone() for p in model.parameters() if p.grad is not None)]


def assert_same_error(plan: ModelPlan, *, left_out_of_order: bool) -> None:
    plain, fast = build(plan, seed=1).double(), compiled(plan, seed=1).double()
    images = pictures(plan)
    wanted = error_and_gradients(plain, functional.mse_loss(plain(images), images))
    output, order = fast.forward_phases(images)
    assert (order is not None) == left_out_of_order
    assert torch.equal(
        squared_error(output, images, order), squared_error(output, images.contiguous(), order)
    )
    found = error_and_gradients(fast, squared_error(output, images, order))
    floor = 1e-3 * max(float(one.abs().max()) for one in wanted)
    for one, other in zip(wanted, found, strict=True):
        assert float((one - other).abs().max()) <= 1e-10 * max(float(one.abs().max()), floor)


@settings(max_examples=60, deadline=None)
@given(
    scale=pairs,
    kernel=st.tuples(st.integers(2, 5), st.integers(2, 5)).map(list),
    dilation=st.integers(1, 2),
    activation=st.sampled_from(["none", "relu", "sigmoid", "gelu"]),
)
def test_the_error_of_phases_is_that_of_the_picture(
    ending, *, scale, kernel, dilation, activation
) -> None:
    try:
        plan = ending(
            scale,
            f"kernel: {kernel}, padding: same, dilation: {dilation}, activation: {activation}",
        )
    except ArchsearchError:
        assume(False)
    assert_same_error(plan, left_out_of_order=True)


def test_columns_that_are_cut_off_are_brought_in_order(ending) -> None:
    plan = ending([2, 2], "kernel: 3, padding: same, activation: sigmoid", channels=32)
    assert_same_error(plan, left_out_of_order=False)


@pytest.mark.parametrize(
    ("name", "left"),
    [("acml-nine-layer", True), ("kernel-5", True), ("unet", False), ("strided-transposed", False)],
)
def test_specs_of_the_gallery(name, left) -> None:
    assert_same_error(load(SPECS / f"{name}.yaml").plan(), left_out_of_order=left)


def test_the_plain_model_gives_its_output() -> None:
    model = build(load(SPECS / "acml-nine-layer.yaml").plan(), seed=0)
    images = torch.rand(2, 3, 32, 32)
    output, order = model.forward_phases(images)
    assert order is None
    assert torch.equal(output, model(images))


@pytest.mark.parametrize("name", ["acml-nine-layer", "unet"])
def test_no_pictures_give_none(name) -> None:
    plan = load(SPECS / f"{name}.yaml").plan()
    assert compiled(plan, seed=0)(torch.rand(0, 3, 32, 32)).shape == (0, 3, 32, 32)
