"""Reading strips of test pictures."""

from __future__ import annotations

import numpy as np

from archsearch.report.color.strips import read_strip
from tests.report.colored import strip_of


def test_a_strip_is_cut_into_its_pictures():
    found = read_strip(strip_of(), 17)
    assert found.true.shape == found.predicted.shape == (17, 16, 16, 3)
    assert [int(picture[3, 5, 0]) for picture in found.true] == [10 * n for n in range(17)]
    assert np.all(found.true[9:, ..., 1].astype(int) - found.predicted[9:, ..., 1] == 20)
    assert len(found.fixed.true) == 8
    assert [int(picture[0, 0, 0]) for picture in found.chosen.true] == [
        10 * n for n in range(8, 17)
    ]


def test_gray_is_the_luminance():
    found = read_strip(strip_of(), 17)
    gray = found.gray[2, 0, 0]
    assert gray.tolist() == [round(0.299 * 20 + 0.587 * 200 + 0.114 * 90)] * 3


def test_what_is_no_strip_is_none():
    assert read_strip(b"no picture", 17) is None
    assert read_strip(strip_of()[:60], 17) is None
    assert read_strip(strip_of(), 19) is None
