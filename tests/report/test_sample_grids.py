"""Reading grids of test pictures, and telling which pictures are the same."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from archsearch.records import PlanRecord
from archsearch.report.drawing.sample_grids import (
    Pictures,
    read_sample_grid,
    same_columns,
    side_by_side,
)
from tests.report.colored import strip_of
from tests.synthetic import StudyRecipe, synthetic_study

(TRIAL,) = synthetic_study(StudyRecipe(complete=1)).trials
SQUARE = TRIAL.plan


def of_size(height: int, width: int) -> PlanRecord:
    last = SQUARE.layers[-1].model_copy(update={"output": (3, height, width)})
    return SQUARE.model_copy(update={"layers": (*SQUARE.layers[:-1], last)})


def test_a_strip_is_cut_into_its_pictures():
    found = read_sample_grid(strip_of(), SQUARE)
    assert found.true.shape == found.predicted.shape == (17, 16, 16, 3)
    assert [int(picture[3, 5, 0]) for picture in found.true] == [10 * n for n in range(17)]
    assert np.all(found.true[9:, ..., 1].astype(int) - found.predicted[9:, ..., 1] == 20)
    assert len(found.fixed.true) == 8
    assert [int(picture[0, 0, 0]) for picture in found.chosen.true] == [
        10 * n for n in range(8, 17)
    ]


@pytest.mark.parametrize(("test", "fixed", "chosen"), [(3, 3, 9), (8, 8, 9), (1200, 8, 9)])
def test_the_last_nine_are_the_net_s_own_choice(test, fixed, chosen):
    found = read_sample_grid(strip_of(test), SQUARE)
    assert (len(found.fixed.true), len(found.chosen.true)) == (fixed, chosen)


def test_pictures_of_any_shape_are_cut():
    found = read_sample_grid(strip_of(), of_size(32, 64))  # 17 of 16×16 would be 8.5 of 16×32
    assert found is None
    found = read_sample_grid(strip_of(), of_size(64, 32))
    assert found.true.shape == (34, 16, 8, 3)


def test_gray_is_the_luminance():
    found = read_sample_grid(strip_of(), SQUARE)
    gray = found.gray[2, 0, 0]
    assert gray.tolist() == [round(0.299 * 20 + 0.587 * 200 + 0.114 * 90)] * 3


def test_what_is_no_strip_is_none():
    assert read_sample_grid(b"no picture", SQUARE) is None
    assert read_sample_grid(strip_of()[:60], SQUARE) is None
    assert read_sample_grid(strip_of(), of_size(16, 19)) is None


def pictures(levels: list[int], side: int = 2) -> Pictures:
    true = np.array(levels, dtype=np.uint8).reshape(-1, 1, 1, 1).repeat(side, 1).repeat(side, 2)
    return Pictures(true.repeat(3, 3), 255 - true.repeat(3, 3))


grids = st.lists(
    st.builds(
        pictures, st.lists(st.integers(0, 2), min_size=1, max_size=5), st.sampled_from([2, 3])
    ),
    max_size=5,
)


@given(grids)
def test_a_column_never_holds_two_pictures(found: list[Pictures]):
    kept, columns = same_columns(found)
    assert (kept == []) == (columns == []) == (found == [])
    assert kept[:1] == [0][: len(found)]  # the first is what the others are compared with
    for column in columns:
        for grid in kept:
            assert np.array_equal(found[grid].true[column], found[0].true[column])
    for grid in set(range(len(found))) - set(kept):  # left out for a reason
        same = [
            column
            for column in columns
            if column < len(found[grid].true)
            and np.array_equal(found[grid].true[column], found[0].true[column])
        ]
        assert same == []


@pytest.mark.parametrize(("group", "gaps"), [(0, [1, 1, 1]), (2, [1, 2, 1])])
def test_pictures_side_by_side_are_the_same_with_clear_pixels_between(group, gaps):
    pictures = np.random.default_rng(0).integers(0, 256, (4, 3, 5, 3), dtype=np.uint8)
    row = np.asarray(Image.open(io.BytesIO(side_by_side(pictures, group))))
    assert row.shape == (3, 4 * 5 + sum(gaps), 4)
    left = 0
    for picture, gap in zip(pictures, [*gaps, 0], strict=True):
        assert np.array_equal(row[:, left : left + 5, :3], picture)
        assert (row[:, left : left + 5, 3] == 255).all()
        assert (row[:, left + 5 : left + 5 + gap, 3] == 0).all()
        left += 5 + gap
