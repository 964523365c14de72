from __future__ import annotations

import numpy
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import deltaE_ciede2000

from archsearch.tasks.color.difference import delta_e_2000, lab_accuracy

SHARMA = """
50 2.6772 -79.7751  50 0 -82.7485  2.0425
50 3.1571 -77.2803  50 0 -82.7485  2.8615
50 2.8361 -74.0200  50 0 -82.7485  3.4412
50 -1.3802 -84.2814  50 0 -82.7485  1.0000
50 -1.1848 -84.8006  50 0 -82.7485  1.0000
50 -0.9009 -85.5211  50 0 -82.7485  1.0000
50 0 0  50 -1 2  2.3669
50 -1 2  50 0 0  2.3669
50 2.4900 -0.0010  50 -2.4900 0.0009  7.1792
50 2.4900 -0.0010  50 -2.4900 0.0010  7.1792
50 2.4900 -0.0010  50 -2.4900 0.0011  7.2195
50 2.4900 -0.0010  50 -2.4900 0.0012  7.2195
50 -0.0010 2.4900  50 0.0009 -2.4900  4.8045
50 -0.0010 2.4900  50 0.0010 -2.4900  4.8045
50 -0.0010 2.4900  50 0.0011 -2.4900  4.7461
50 2.5 0  50 0 -2.5  4.3065
50 2.5 0  73 25 -18  27.1492
50 2.5 0  61 -5 29  22.8977
50 2.5 0  56 -27 -3  31.9030
50 2.5 0  58 24 15  19.4535
50 2.5 0  50 3.1736 0.5854  1.0000
50 2.5 0  50 3.2972 0  1.0000
50 2.5 0  50 1.8634 0.5757  1.0000
50 2.5 0  50 3.2592 0.3350  1.0000
60.2574 -34.0099 36.2677  60.4626 -34.1751 39.4387  1.2644
63.0109 -31.0961 -5.8663  62.8187 -29.7946 -4.0864  1.2630
61.2901 3.7196 -5.3901  61.4292 2.2480 -4.9620  1.8731
35.0831 -44.1164 3.7933  35.0232 -40.0716 1.5901  1.8645
22.7233 20.0904 -46.6940  23.0331 14.9730 -42.5619  2.0373
36.4612 47.8580 18.3852  36.2715 50.5065 21.2231  1.4146
90.8027 -2.0831 1.4410  91.1528 -1.6435 0.0447  1.4441
90.9257 -0.5406 -0.9208  88.6381 -0.8985 -0.7239  1.5381
6.7747 -0.2908 -2.4247  5.8714 -0.0985 -2.2286  0.6377
2.0776 0.0795 -1.1350  0.9033 -0.0636 -0.5514  0.9082
"""
"""The test data of Sharma, Wu and Dalal 2005: L, a, b twice, and the difference to four digits."""

lab = st.tuples(st.floats(0, 100), st.floats(-110, 110), st.floats(-110, 110))


def pixels(rows: numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.float64]]) -> torch.Tensor:
    return torch.from_numpy(rows.T.copy()).reshape(1, 3, 1, -1)


def test_the_published_pairs() -> None:
    table = numpy.array([line.split() for line in SHARMA.split("\n") if line], dtype=numpy.float64)
    assert table.shape == (34, 7)
    first, second, expected = table[:, :3], table[:, 3:6], table[:, 6]
    found = delta_e_2000(pixels(first), pixels(second)).flatten().numpy()
    assert numpy.abs(found - expected).max() < 5.1e-5
    assert numpy.abs(deltaE_ciede2000(first, second) - expected).max() < 5.1e-5
    back = delta_e_2000(pixels(second), pixels(first)).flatten().numpy()
    assert back == pytest.approx(found, abs=1e-12)


def test_random_colors_differ_as_scikit_image_says() -> None:
    rng = numpy.random.default_rng(0)
    scale, shift = numpy.array([100.0, 220.0, 220.0]), numpy.array([0.0, -110.0, -110.0])
    first, second = (rng.random((5000, 3)) * scale + shift for _ in range(2))
    first[:50, 1:] = 0  # grays have no hue
    second[25:75, 1:] = 0
    found = delta_e_2000(pixels(first), pixels(second)).flatten().numpy()
    assert found == pytest.approx(deltaE_ciede2000(first, second), abs=1e-10)


@given(lab)
def test_nothing_differs_from_itself(color: tuple[float, float, float]) -> None:
    same = torch.tensor(color, dtype=torch.float64).reshape(1, 3, 1, 1)
    assert delta_e_2000(same, same).item() == 0
    assert lab_accuracy(same, same, 0).item()


@given(lab, lab, st.integers(0, 30))
def test_accuracy_is_agreement_of_the_rounded_channels(
    first: tuple[float, float, float], second: tuple[float, float, float], tolerance: int
) -> None:
    a, b = (
        torch.tensor(color, dtype=torch.float64).reshape(1, 3, 1, 1) for color in (first, second)
    )
    apart = [abs(round(x) - round(y)) for x, y in zip(first, second, strict=True)]
    expected = (
        apart[0] <= tolerance
        and 10 * apart[1] <= 22 * tolerance
        and 10 * apart[2] <= 22 * tolerance
    )
    assert lab_accuracy(a, b, tolerance).item() is expected


@pytest.mark.parametrize(
    ("offset", "tolerance", "right"),
    [
        ((2, 0, 0), 2, True),
        ((3, 0, 0), 2, False),
        ((0, 4, -4), 2, True),
        ((0, 5, 0), 2, False),
        ((0, 0, -5), 2, False),
        ((5, 11, 11), 5, True),
        ((5, 12, 0), 5, False),
        ((2.4, 4.4, 0), 2, True),
    ],
)
def test_tolerances(offset: tuple[float, ...], tolerance: float, right: bool) -> None:
    a = torch.tensor([50.0, 3.0, -7.0]).reshape(1, 3, 1, 1)
    b = a + torch.tensor(offset).reshape(3, 1, 1)
    assert lab_accuracy(a, b, tolerance).item() is right
    assert lab_accuracy(b, a, tolerance).item() is right


def test_each_pixel_counts_by_itself() -> None:
    a, b = torch.rand(2, 3, 4, 5, dtype=torch.float64), torch.rand(2, 3, 4, 5, dtype=torch.float64)
    whole = delta_e_2000(100 * a, 100 * b)
    assert whole.shape == (2, 4, 5)
    one = delta_e_2000(100 * a[1:, :, 2:3, 3:4], 100 * b[1:, :, 2:3, 3:4])
    assert whole[1, 2, 3].item() == pytest.approx(one.item(), rel=1e-12)
