"""Maps of rows against matrices made by going through every row."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from archsearch.engine.axes import AxisMap, Run, averaged, convolved, interpolated, spread

few = st.integers(1, 4)


def matrix(runs: tuple[Run, ...], written: int, read: int, keys: int) -> NDArray[np.float64]:
    """Which key leads from which row read to which row written; every row is written once."""
    found, seen = np.zeros((written, read, keys)), np.zeros(written, dtype=int)
    for run in runs:
        for q in range(run.count):
            seen[run.start + run.step * q] += 1
            for delta, own in run.taps:
                row = run.stride * q + delta
                if 0 <= row < read:
                    np.add.at(found, (run.start + run.step * q, row, list(own)), 1)
    assert (seen == 1).all()
    return found


@given(
    given_rows=st.integers(1, 9),
    kernel=few,
    stride=few,
    before=st.integers(0, 5),
    after=st.integers(0, 5),
    dilation=st.integers(1, 3),
    scale=few,
)
def test_windows_on_repeated_rows_and_back(
    *, given_rows: int, kernel: int, stride: int, before: int, after: int, dilation: int, scale: int
) -> None:
    large = [None] * before + [i // scale for i in range(given_rows * scale)] + [None] * after
    count = (len(large) - dilation * (kernel - 1) - 1) // stride + 1
    assume(count > 0)
    wanted = np.zeros((count, given_rows, kernel))
    for o in range(count):
        for j in range(kernel):
            row = large[stride * o + dilation * j]
            if row is not None:
                wanted[o, row, j] += 1
    axis = convolved(
        given_rows,
        count,
        kernel=kernel,
        stride=stride,
        before=before,
        dilation=dilation,
        scale=scale,
    )
    np.testing.assert_array_equal(matrix(axis.runs, count, given_rows, kernel), wanted)
    back = matrix(axis.inverse, given_rows, count, kernel)
    np.testing.assert_array_equal(back, wanted.swapaxes(0, 1))
    assert axis.reversed() == AxisMap(axis.inverse, axis.runs)


def test_two_rows_of_a_repeated_picture_need_two_taps_of_three() -> None:
    axis = convolved(8, 16, kernel=3, before=1, scale=2)
    assert [len(run.taps) for run in axis.runs] == [2, 2]
    assert [len(run.taps) for run in axis.inverse] == [4]


def weighted(
    runs: tuple[Run, ...], written: int, read: int, values: list[float]
) -> NDArray[np.float64]:
    return matrix(runs, written, read, len(values)) @ np.array(values)


@given(rows=st.integers(1, 9), kernel=few, stride=few, before=st.integers(0, 2))
def test_means_of_real_rows(rows: int, kernel: int, stride: int, before: int) -> None:
    before = min(before, kernel // 2)
    count = (rows + 2 * before - kernel) // stride + 1
    assume(count > 0)
    wanted = np.zeros((count, rows))
    for o in range(count):
        real = [
            i for i in range(o * stride - before, o * stride - before + kernel) if 0 <= i < rows
        ]
        wanted[o, real] = 1 / len(real)
    axis, values = averaged(rows, count, kernel=kernel, stride=stride, before=before)
    np.testing.assert_allclose(weighted(axis.runs, count, rows, values), wanted, rtol=1e-12)
    np.testing.assert_allclose(weighted(axis.inverse, rows, count, values), wanted.T, rtol=1e-12)


@given(rows=st.integers(1, 9), scale=few)
def test_interpolation_reads_neighbors(rows: int, scale: int) -> None:
    axis, values = interpolated(rows, scale)
    line = np.arange(rows, dtype=float)
    centres = (np.arange(rows * scale) + 0.5) / scale - 0.5
    found = weighted(axis.runs, rows * scale, rows, values)
    np.testing.assert_allclose(found @ line, np.clip(centres, 0, rows - 1), atol=1e-12)
    np.testing.assert_allclose(weighted(axis.inverse, rows, rows * scale, values), found.T)


@pytest.mark.parametrize("scale", range(2, 8))
def test_interpolated_rows_between_the_edges_are_one_run_a_phase(scale: int) -> None:
    few_rows, many = (interpolated(rows, scale)[0] for rows in (8, 64))
    assert len(many.runs) == len(few_rows.runs) <= 2 * scale
    assert len(many.inverse) == len(few_rows.inverse) == 3


def test_a_spread_writes_one_phase() -> None:
    axis = spread(3, 4, 1)
    assert [run.start + run.step * q for run in axis.runs for q in range(run.count)] == [1, 5, 9]
    assert [run.taps for run in axis.inverse] == [((1, (0,)),)]
