from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archsearch.config.tasks.chroma_bins import BINS_PER_AXIS, bin_centers
from archsearch.errors import InputError


def chroma_of(red: float, green: float, blue: float) -> tuple[float, float]:
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return 0.5 + (blue - luma) / 1.772, 0.5 + (red - luma) / 1.402


def cell_of(color: tuple[float, float], step: int) -> tuple[int, int]:
    return round((color[0] - 0.5) * step), round((color[1] - 0.5) * step)


def cells(step: int) -> set[tuple[int, int]]:
    return {cell_of(center, step) for center in bin_centers(step)}


def surface(fineness: int) -> list[tuple[float, float]]:
    """Chroma of colors all over the gamut: every chroma has a color on the cube's surface.

    A millionth off the faces, as colors on the very border of two cells belong to either.
    """
    values = [1e-6 + i / fineness * (1 - 2e-6) for i in range(fineness + 1)]
    return [
        chroma_of(*pick)
        for face in (values[0], values[-1])
        for pair in itertools.product(values, values)
        for pick in ((face, *pair), (pair[0], face, pair[1]), (*pair, face))
    ]


@pytest.mark.parametrize("step", [2, 3, 5, 10, 13])
def test_the_cells_are_those_that_hold_a_color(step: int) -> None:
    found = {cell_of(color, step) for color in surface(150)}
    assert found <= cells(step)
    missed = cells(step) - found  # corners that reach in by less than colors were tried apart
    assert len(missed) <= 4


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.integers(2, 64))
def test_every_color_has_a_class_within_half_a_cell(
    red: float, green: float, blue: float, step: int
) -> None:
    cb, cr = chroma_of(red, green, blue)
    assert any(
        abs(cb - x) <= 0.5 / step + 1e-9 and abs(cr - y) <= 0.5 / step + 1e-9
        for x, y in bin_centers(step)
    )


def test_the_number_of_classes_grows_with_the_grid() -> None:
    counts = [len(bin_centers(step)) for step in (2, 4, 8, 10, 12, 16, 64)]
    assert counts == [9, 21, 65, 93, 127, 213, 3031]
    assert len(bin_centers(BINS_PER_AXIS)) == 93


@pytest.mark.parametrize("step", [3, 10, 31])
def test_classes_are_ordered_distinct_symmetric_and_gray_is_one(step: int) -> None:
    centers = bin_centers(step)
    assert list(centers) == sorted(set(centers))
    assert (0.5, 0.5) in centers
    assert cells(step) == {(-x, -y) for x, y in cells(step)}  # each color has its opposite


@pytest.mark.parametrize("step", [1, 0, -3, 65])
def test_other_grids_are_refused(step: int) -> None:
    with pytest.raises(InputError, match=f"grid of {step} cells") as caught:
        bin_centers(step)
    assert "2 to 64" in caught.value.help
