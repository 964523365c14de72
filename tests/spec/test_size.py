"""The size formulas against counting: windows laid one by one."""

from hypothesis import given
from hypothesis import strategies as st

from archsearch.spec.size import (
    effective_kernel,
    lost_rows,
    same_padding,
    transposed_crop,
    transposed_size,
    window_count,
)

sizes = st.integers(1, 70)
kernels = st.integers(1, 9)
strides = st.integers(1, 5)


def windows(size: int, spanned: int, before: int, after: int, stride: int) -> list[range]:
    """Every window that fits, as the rows it spans; the picture begins at 0."""
    starts = range(-before, size + after - spanned + 1, stride)
    return [range(start, start + spanned) for start in starts]


@given(sizes, kernels, st.integers(1, 4), st.integers(0, 5), st.integers(0, 5), strides)
def test_window_count_and_lost_rows(
    size: int, kernel: int, dilation: int, before: int, after: int, stride: int
):
    spanned = effective_kernel(kernel, dilation)
    assert spanned == len(range(0, (kernel - 1) * dilation + 1))
    laid = windows(size, spanned, before, after, stride)
    assert max(0, window_count(size, spanned, before + after, stride)) == len(laid)
    if laid:
        assert lost_rows(size, spanned, before, after, stride) == max(0, size - laid[-1].stop)


@given(sizes, kernels, st.integers(1, 4), strides)
def test_same_gives_the_size_over_the_stride_and_overlapping_windows_lose_nothing(
    size: int, kernel: int, dilation: int, stride: int
):
    spanned = effective_kernel(kernel, dilation)
    before, after = same_padding(size, spanned, stride)
    assert window_count(size, spanned, before + after, stride) == -(-size // stride)
    assert 0 <= after - before <= 1
    if spanned >= stride:
        assert lost_rows(size, spanned, before, after, stride) == 0


@given(sizes, kernels, strides)
def test_transposed_same_gives_size_times_stride(size: int, kernel: int, stride: int):
    crop = transposed_crop(kernel, stride, None, 0)
    assert transposed_size(size, kernel, stride) - sum(crop) == size * stride


@given(sizes, kernels, strides, st.integers(0, 4), st.integers(0, 4))
def test_transposed_padding_and_output_padding(
    size: int, kernel: int, stride: int, padding: int, extra: int
):
    crop = transposed_crop(kernel, stride, padding, extra)
    rows = transposed_size(size, kernel, stride) - sum(crop)
    assert rows == (size - 1) * stride - 2 * padding + kernel + extra
