"""One picture through a net whose weights are known."""

from collections.abc import Callable

import numpy
import pytest
import torch
from PIL import Image

from archsearch.apply import Photograph, TileNet, predict_picture
from archsearch.apply.luminance import gray_of

Net = Callable[..., TileNet]

PALE = torch.full((3, 3), 1 / 3) * 0.5 + torch.eye(3) * 0.5
TEAL = torch.tensor([[0.2, 0.2, 0.2], [0.3, 0.3, 0.3], [0.35, 0.35, 0.35]])
"""Gives any gray v the color (.6v, .9v, 1.05v)."""


def photograph(picture: Image.Image, **more: object) -> Photograph:
    pixels = numpy.asarray(picture)
    return Photograph(pixels if pixels.ndim == 3 else pixels[..., None], **more)


def test_the_identity_gives_the_picture_back_to_the_bit(net: Net, astronaut: Image.Image) -> None:
    original = photograph(astronaut.crop((0, 0, 301, 203)))
    predicted = predict_picture(net(), original)
    assert numpy.array_equal(predicted.result.pixels_HWC, original.pixels_HWC)
    assert predicted.fed is original


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (5, 3), (12, 16), (13, 17)])
def test_pictures_smaller_than_a_tile_or_just_larger(
    net: Net, astronaut: Image.Image, size: tuple[int, int]
) -> None:
    original = photograph(astronaut.crop((100, 100, 100 + size[0], 100 + size[1])))
    assert numpy.array_equal(
        predict_picture(net(), original).result.pixels_HWC, original.pixels_HWC
    )


def test_what_the_net_makes_is_what_is_given(net: Net, face: Image.Image) -> None:
    result = predict_picture(net(PALE), photograph(face)).result.pixels_HWC
    expected = (numpy.asarray(face) / 255) @ PALE.double().numpy().T
    assert numpy.abs(result / 255 - expected).max() <= 0.5 / 255 + 1e-5


def test_a_gray_picture_stays_gray(net: Net, face: Image.Image) -> None:
    """It is fed in three equal channels; of a colored result the luminance is kept."""
    gray = photograph(face.convert("L"))
    result = predict_picture(net(TEAL), gray).result
    assert result.gray
    factor = float(torch.tensor([0.299, 0.587, 0.114]) @ TEAL.sum(dim=1))
    assert numpy.abs(result.pixels_HWC - gray.pixels_HWC * factor).max() <= 0.501


def test_16_bits_come_out_as_8(net: Net) -> None:
    levels = numpy.arange(0, 65536, 97, dtype=numpy.uint16).reshape(26, 26, 1)
    result = predict_picture(net(), Photograph(levels)).result
    assert result.pixels_HWC.dtype == numpy.uint8
    assert numpy.abs(result.pixels_HWC - levels / 257).max() <= 0.501


def test_opacity_is_kept(net: Net, face: Image.Image) -> None:
    alpha = numpy.asarray(face.convert("L"))
    result = predict_picture(net(PALE), photograph(face, alpha_HW=alpha)).result
    assert numpy.array_equal(result.alpha_HW, alpha)


def test_colors_come_with_the_exact_luminance(net: Net, face: Image.Image) -> None:
    gray = photograph(face.convert("L"))
    result = predict_picture(net(TEAL, colors=True), gray).result
    assert not result.gray
    exact = result.pixels_HWC @ numpy.array([0.299, 0.587, 0.114])
    assert numpy.abs(exact - gray.pixels_HWC[..., 0]).max() <= 0.501
    teal = result.pixels_HWC[..., 2].astype(int) - result.pixels_HWC[..., 0]
    assert teal.mean() > 20


def test_a_color_picture_and_its_gray_version_are_colored_alike(
    net: Net, astronaut: Image.Image
) -> None:
    coloring = net(TEAL, colors=True)
    of_color = predict_picture(coloring, photograph(astronaut))
    of_gray = predict_picture(coloring, photograph(astronaut.convert("L")))
    assert numpy.array_equal(of_color.result.pixels_HWC, of_gray.result.pixels_HWC)
    assert numpy.array_equal(of_color.fed.pixels_HWC[..., :1], gray_of(numpy.asarray(astronaut)))


def test_progress_ends_with_all_tiles(net: Net, face: Image.Image) -> None:
    told: list[tuple[int, int]] = []
    predicted = predict_picture(
        net(), photograph(face), on_tiles=lambda done, total: told.append((done, total))
    )
    assert told[-1] == (predicted.tiles, predicted.tiles)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
