"""Tiles: weights that sum to 1, mirrored edges, no seam, bounded memory."""

from unittest import mock

import numpy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from archsearch.apply import tiles as module
from archsearch.apply.tiles import Grid, fade, mirrored

lengths = st.integers(1, 24)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """From one pixel to three tiles and a bit, tiles of any size."""
    tall, wide = draw(lengths), draw(lengths)
    height, width = draw(st.integers(1, 3 * tall + 1)), draw(st.integers(1, 3 * wide + 1))
    return Grid(height, width, tall, wide, batch=draw(st.integers(1, 9)))


def blended(
    grid: Grid, picture_CHW: Tensor, predict: module.Predict = lambda tiles: tiles
) -> Tensor:
    """The whole picture, each pixel written exactly once."""
    whole_CHW = torch.full_like(picture_CHW, float("nan"))
    for block, part in grid.blend(lambda y, x: picture_CHW[:, y][:, :, x], predict):
        here = (slice(None), slice(block.top, block.bottom), slice(block.left, block.right))
        assert whole_CHW[here].isnan().all()
        whole_CHW[here] = part
    assert not whole_CHW.isnan().any()
    return whole_CHW


@settings(deadline=None)
@given(grids())
def test_the_weights_at_every_pixel_sum_to_1(grid: Grid) -> None:
    ones = blended(grid, torch.zeros(1, grid.height, grid.width), lambda tiles: tiles + 1)
    assert ones.numpy() == pytest.approx(1, abs=1e-6)


@settings(deadline=None)
@given(grids(), st.integers(0, 99))
def test_tiles_that_stay_as_they_are_give_the_picture_back(grid: Grid, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    picture = torch.rand(3, grid.height, grid.width, generator=generator)
    assert blended(grid, picture).numpy() == pytest.approx(picture.numpy(), abs=1e-6)


@settings(deadline=None)
@given(st.integers(1, 20), st.integers(0, 70), st.integers(0, 70))
def test_a_line_goes_on_as_its_mirror_image(length: int, before: int, after: int) -> None:
    padded = numpy.pad(numpy.arange(length), (before, after), mode="reflect")
    assert mirrored(-before, length + after, length).tolist() == padded.tolist()


@settings(deadline=None)
@given(grids())
def test_all_tiles_are_counted(grid: Grid) -> None:
    counts: list[int] = []
    read = lambda y, x: torch.zeros(1, len(y), len(x))  # noqa: E731 - one expression
    for _ in grid.blend(read, lambda tiles: tiles, counts.append):
        pass
    assert sum(counts) == grid.tiles
    assert max(counts) <= grid.batch


def test_what_a_net_gets_wrong_at_its_border_is_hardly_seen() -> None:
    """Zero padding spoils the outermost pixels of every tile; inside it is right."""

    def spoiled(tiles_NCHW: Tensor) -> Tensor:
        made_NCHW = torch.zeros_like(tiles_NCHW)
        made_NCHW[..., 0, :] = made_NCHW[..., -1, :] = 1
        made_NCHW[..., :, 0] = made_NCHW[..., :, -1] = 1
        return made_NCHW

    whole = blended(Grid(100, 90, 32, 32), torch.zeros(1, 100, 90), spoiled)
    assert whole.max() < 0.01


def test_tiles_that_disagree_fade_into_each_other_without_a_step() -> None:
    """Each tile one random gray: the steepest slope anywhere is the fade's own."""
    generator = torch.Generator().manual_seed(0)

    def flat(tiles_NCHW: Tensor) -> Tensor:
        grays = torch.rand(len(tiles_NCHW), 1, 1, 1, generator=generator)
        return grays.expand(-1, 1, *tiles_NCHW.shape[-2:])

    whole = blended(Grid(200, 160, 32, 32), torch.zeros(1, 200, 160), flat)
    steepest = fade(32).diff().abs().max()
    assert whole.std() > 0.1
    assert whole.diff(dim=1).abs().max() <= steepest + 1e-6
    assert whole.diff(dim=2).abs().max() <= steepest + 1e-6


def test_blocks_leave_no_trace() -> None:
    """A net whose result hangs on the whole tile, in one block and in many."""
    picture = torch.rand(3, 150, 130, generator=torch.Generator().manual_seed(1))
    grid = Grid(150, 130, 16, 16)
    predict = lambda tiles: tiles * tiles.mean(dim=(2, 3), keepdim=True)  # noqa: E731
    at_once = blended(grid, picture, predict)
    with mock.patch.object(module, "BLOCK_SIDE", 32):
        assert len(list(grid._blocks())) == 25
        assert torch.allclose(blended(grid, picture, predict), at_once, atol=1e-6)


@pytest.mark.parametrize(("height", "width"), [(3000, 2000), (1, 100_000)])
def test_no_more_than_a_block_and_its_margin_is_read_at_once(height: int, width: int) -> None:
    read_at_once = []

    def read(rows: numpy.ndarray, columns: numpy.ndarray) -> Tensor:
        read_at_once.append(len(rows) * len(columns))
        return torch.zeros(1, len(rows), len(columns))

    for _ in Grid(height, width, 32, 32, batch=2000).blend(read, lambda tiles: tiles):
        pass
    assert max(read_at_once) <= (module.BLOCK_SIDE + 32) ** 2
