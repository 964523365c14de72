"""Luminance taken off as Pillow does it, and put back exactly."""

import numpy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from archsearch.apply.luminance import gray_of, with_luminance
from archsearch.tasks.color.space import luminance

unit = st.floats(0, 1, width=32)
colors = st.tuples(unit, unit, unit)


def test_gray_is_bit_for_bit_what_pillow_saves(astronaut: Image.Image) -> None:
    levels = numpy.stack(numpy.meshgrid(*[numpy.arange(0, 256, 3)] * 3), -1).reshape(86, -1, 3)
    for picture in (astronaut, Image.fromarray(levels.astype(numpy.uint8))):
        expected = numpy.asarray(picture.convert("L"))
        assert numpy.array_equal(gray_of(numpy.asarray(picture))[..., 0], expected)


def test_gray_is_the_luminance_rounded(astronaut: Image.Image) -> None:
    pixels = numpy.asarray(astronaut)
    exact = pixels @ numpy.array([0.299, 0.587, 0.114])
    assert numpy.abs(gray_of(pixels)[..., 0] - exact).max() <= 0.501


@settings(deadline=None)
@given(colors, unit)
def test_the_luminance_is_kept_and_nothing_leaves_the_range(
    color: tuple[float, ...], wanted: float
) -> None:
    made = with_luminance(torch.tensor(color).view(3, 1, 1), torch.tensor([[wanted]]))
    assert made.min() >= -1e-6
    assert made.max() <= 1 + 1e-6
    assert luminance(made).item() == pytest.approx(wanted, abs=2e-6)


@settings(deadline=None)
@given(colors)
def test_with_its_own_luminance_a_color_stays_as_it_is(color: tuple[float, ...]) -> None:
    color_CHW = torch.tensor(color).view(3, 1, 1)
    same = with_luminance(color_CHW, luminance(color_CHW)[0])
    assert same.numpy() == pytest.approx(color_CHW.numpy(), abs=2e-6)


def test_a_color_too_strong_for_its_luminance_keeps_its_hue() -> None:
    blue = torch.tensor([0.1, 0.2, 0.9]).view(3, 1, 1)
    made = with_luminance(blue, torch.tensor([[0.8]]))
    difference = (made - 0.8).flatten()
    wanted = (blue - luminance(blue)).flatten()
    assert torch.cosine_similarity(difference, wanted, dim=0) > 0.99999
    assert made.max().item() == pytest.approx(1)
