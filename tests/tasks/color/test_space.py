from __future__ import annotations

import numpy
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import rgb2lab, rgb2ycbcr

from archsearch.tasks.color.space import luminance, merge, to_lab, to_rgb, to_ycbcr
from tests.tasks.tiny import smooth_pictures

channel = st.floats(0, 1, width=32)


def every_17th_color() -> torch.Tensor:
    """All mixtures of 16 levels, 0 and 255 among them, as one uint8 picture of 64×64."""
    levels = torch.arange(0, 256, 17, dtype=torch.uint8)
    return torch.cartesian_prod(levels, levels, levels).T.reshape(1, 3, 64, 64)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_eight_bit_pictures_survive_the_round_trip(dtype: torch.dtype) -> None:
    colors = every_17th_color()
    back = to_rgb(to_ycbcr(colors.to(dtype) / 255)) * 255
    assert torch.equal(back.round().to(torch.uint8), colors)
    assert (back - colors).abs().max() < 1e-3


@given(st.tuples(channel, channel, channel))
def test_any_color_survives_the_round_trip(color: tuple[float, float, float]) -> None:
    picture = torch.tensor(color, dtype=torch.float32).reshape(1, 3, 1, 1)
    ycbcr = to_ycbcr(picture)
    assert (to_rgb(ycbcr) - picture).abs().max() < 1e-6 < 1 / 255
    assert ycbcr.min() >= -1e-6
    assert ycbcr.max() <= 1 + 1e-6


def test_even_colors_rounded_to_eight_bits_in_between_come_back_within_two_levels() -> None:
    colors = every_17th_color().double()
    stored = (to_ycbcr(colors / 255) * 255).round() / 255
    assert (to_rgb(stored) * 255 - colors).abs().max() < 2


def test_ycbcr_is_that_of_scikit_image_in_studio_range() -> None:
    colors = every_17th_color()
    found = to_ycbcr(colors.double() / 255)
    expected = rgb2ycbcr(colors.numpy(), channel_axis=1)
    scale = torch.tensor([219.0, 224.0, 224.0]).reshape(3, 1, 1)
    studio = 16 + scale * found
    assert numpy.abs(studio.numpy() - expected).max() < 2e-3  # its constants have three digits


def test_luminance_is_the_first_of_the_three() -> None:
    pictures = smooth_pictures(3) / 255
    assert luminance(pictures).shape == (3, 1, 8, 8)
    assert torch.equal(luminance(pictures), to_ycbcr(pictures)[:, :1])
    weights = torch.tensor([0.299, 0.587, 0.114]).reshape(3, 1, 1)
    assert torch.allclose(luminance(pictures), (weights * pictures).sum(1, keepdim=True))


@given(st.floats(0, 1, width=32))
def test_gray_has_no_chroma_and_no_chroma_is_gray_to_the_last_bit(level: float) -> None:
    gray = torch.full((1, 3, 1, 1), level)
    assert to_ycbcr(gray)[0, 1:].flatten().tolist() == [0.5, 0.5]
    merged = merge(torch.full((1, 1, 1, 1), level), torch.full((1, 2, 1, 1), 0.5))
    assert merged.flatten().tolist() == [torch.tensor(level).item()] * 3


def test_perfect_chroma_with_the_exact_luminance_is_the_original() -> None:
    pictures = smooth_pictures(4) / 255
    ycbcr = to_ycbcr(pictures)
    assert (merge(luminance(pictures), ycbcr[:, 1:]) - pictures).abs().max() < 1e-6


def test_merging_keeps_the_luminance_and_does_not_clip() -> None:
    luma = torch.rand(2, 1, 4, 4, dtype=torch.float64)
    merged = merge(luma, torch.rand(2, 2, 4, 4, dtype=torch.float64))
    assert (luminance(merged) - luma).abs().max() < 1e-12
    assert merged.min() < 0
    assert merged.max() > 1


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 2e-4), (torch.float64, 1e-10)])
def test_lab_is_that_of_scikit_image(dtype: torch.dtype, tolerance: float) -> None:
    colors = every_17th_color().to(dtype) / 255
    found = to_lab(colors)
    assert found.dtype == dtype
    expected = rgb2lab(colors.double().numpy(), channel_axis=1)
    assert numpy.abs(found.numpy() - expected).max() < tolerance
