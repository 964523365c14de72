"""Every tile shape with every end, against numpy, in vectors of 4, 8 and 16 lanes."""

import ctypes
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from archsearch.engine.library import Library
from archsearch.engine.memory import aligned_zeros
from archsearch.engine.operations import CONVOLVE, WEIGHTS
from archsearch.engine.tiles import (
    bands,
    bias_parts,
    channel_parts,
    position_runs,
    positions,
    weight_parts,
    weight_taps,
)

from .nets import LANES, kernels

ENDS = ("none", "relu", "leaky_relu(0.01)", "back:relu", "back:leaky_relu(0.01)")
VARIANTS = [*product((0, 1, 2), ENDS, (0, 1), (0, 1))]
TAPS = 5


def shapes(lanes: int) -> list[tuple[int, int]]:
    machine = kernels(lanes).machine
    return [(c, p) for c in range(1, 9) for p in range(1, positions(c, machine) + 1)]


def filled(shape: tuple[int, ...], seed: int, dtype: np.dtype) -> NDArray[np.float64]:
    array = aligned_zeros(int(np.prod(shape)), dtype).reshape(shape)
    array[...] = np.random.default_rng(seed).integers(-4, 5, shape)
    return array


def ended(end: str, value: NDArray[np.float64], result: NDArray[np.float64]) -> NDArray[np.float64]:
    slope = {"relu": 0.0, "leaky_relu(0.01)": 0.01}.get(end.removeprefix("back:"), 1.0)
    decides = result if end.startswith("back:") else value
    return np.where(decides > 0, value, slope * value)


def hold_tile(
    library: Library, shape: tuple[int, int], stride: int, end: str, add: int, bias: int
) -> None:
    channels, width = shape
    lanes, dtype = library.lanes, library.dtype
    apart = stride or 3
    source = filled((TAPS + apart * width, lanes), 1, dtype)
    weights, biases = filled((TAPS, channels), 2, dtype), filled((channels,), 3, dtype)
    out, result = (
        filled((channels, width, lanes), 4, dtype),
        filled((channels, width, lanes), 5, dtype),
    )
    offsets = np.arange(TAPS, dtype=np.int32) * lanes
    steps = {f"{which}_channel": width * lanes for which in ("out", "result")}
    steps |= {f"{which}_column": lanes for which in ("out", "result")}
    steps["in_column"] = apart * lanes
    record = np.array(
        CONVOLVE.record({"taps": TAPS, "offsets": offsets.ctypes.data, **steps}), np.int64
    )
    wanted = np.stack(
        [
            sum(weights[k, :, None] * source[k + p] for k in range(TAPS)) + bias * biases[:, None]
            for p in range(0, apart * width, apart)
        ],
        axis=1,
    )
    wanted = ended(end, wanted + add * out, result)
    address = library.address("tile", channels, width, stride, end, add, bias)
    call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 6)(address)
    call(*(array.ctypes.data for array in (record, source, weights, biases, out, result)))
    np.testing.assert_allclose(out, wanted, rtol=1e-6)


@pytest.mark.parametrize("lanes", LANES)
def test_every_shape(lanes: int) -> None:
    """Each shape with one of the variants, each variant with some shape."""
    for i, shape in enumerate(shapes(lanes)):
        hold_tile(kernels(lanes, "float32"), shape, *VARIANTS[i % len(VARIANTS)])


@pytest.mark.full
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("lanes", LANES)
def test_every_shape_with_every_end(lanes: int, dtype: str) -> None:
    for shape, variant in product(shapes(lanes), VARIANTS):
        hold_tile(kernels(lanes, dtype), shape, *variant)


@pytest.mark.parametrize("lanes", LANES)
def test_every_shape_of_a_weights_gradient(lanes: int) -> None:
    library = kernels(lanes, "float32")
    for channels in range(1, 9):
        for taps in range(weight_taps(channels, library.machine) + 1):
            hold_weight_tile(library, taps, channels)
    for channels in range(9, max(bias_parts(1000, library.machine)) + 1):
        hold_weight_tile(library, 0, channels)


def hold_weight_tile(library: Library, taps: int, channels: int) -> None:
    lanes, dtype, rows, columns = library.lanes, library.dtype, 3, 4
    source = filled((rows, columns + taps, lanes), 1, dtype)
    gradient = filled((channels, rows, columns, lanes), 2, dtype)
    count = -(-max(taps, 1) * channels // lanes) * lanes
    sums = filled((count,), 3, dtype)
    offsets = np.arange(taps, dtype=np.int32) * lanes
    fields = {
        "columns": columns,
        "in_row": (columns + taps) * lanes,
        "in_column": lanes,
        "gradient_channel": rows * columns * lanes,
        "gradient_row": columns * lanes,
        "gradient_column": lanes,
    }
    read = [source[:, k : k + columns] for k in range(taps)] or [np.ones_like(gradient[0])]
    products = [float((g * x).sum()) for g in gradient for x in read]
    wanted = sums.copy()
    wanted[: len(products)] += products
    address = library.address("weight_tile", taps, channels)
    call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 5, ctypes.c_int64)(address)
    record = np.array(WEIGHTS.record(fields), np.int64)
    call(*(array.ctypes.data for array in (record, offsets, source, gradient, sums)), rows)
    np.testing.assert_allclose(sums, wanted, rtol=1e-5)


@pytest.mark.parametrize("lanes", LANES)
def test_tiles_fill_what_they_are_cut_from(lanes: int) -> None:
    machine = kernels(lanes).machine
    for count in range(1, 70):
        assert sum(channel_parts(count, 32, machine)) == sum(weight_parts(count, machine)) == count
        assert sum(bias_parts(count, machine)) == count
        assert sum(p * times for p, times in position_runs(count, 6)) == count
        assert 1 <= bands(count, 32, 8, machine.vector_bytes) <= count
    for channels in range(1, 9):
        for other in (positions(channels, machine), weight_taps(channels, machine)):
            assert channels * other + min(channels, other) + 1 <= machine.registers
