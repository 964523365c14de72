"""What a plan becomes: which tensors are stored, and which operations clear them."""

import numpy as np
import pytest

from archsearch.engine.axes import convolved
from archsearch.engine.graph import Given, Node, Term
from archsearch.engine.kernels.catalogue import KERNELS
from archsearch.engine.kernels.emitter import Symbol
from archsearch.engine.layout import Buffer, laid_out
from archsearch.engine.memory import ALIGNMENT, aligned_zeros
from archsearch.engine.program.forward import in_order, reading
from archsearch.engine.program.linear import Channels, Convolve
from archsearch.engine.program.pointwise import Each
from archsearch.engine.translate import Translated, translated

from .nets import both, plan_of


def net(encoder: list[str], decoder: list[str] | None = None) -> Translated:
    plan = plan_of(encoder, decoder or [])
    return translated(plan, plan.layers, None, training=True)


def heights(encoder: list[str]) -> list[int]:
    return [node.height for node in net(encoder).graph.nodes]


def test_what_only_moves_pixels_or_channels_is_not_stored() -> None:
    moved = ["channel_shuffle: {groups: 2}", "concat: first", "upsample: {scale: 2}"]
    layers = ["conv: {channels: 4}\n    name: first", *moved, "conv: {channels: 2, stride: 2}"]
    assert heights(layers) == [8, 8, 8, 1, 1, 8]  # pictures, two convs, flat, dense, picture


@pytest.mark.parametrize(
    ("conv", "height"), [("kernel: 1", 4), ("kernel: 3", 8), ("kernel: 1, norm: batch", 8)]
)
def test_a_1x1_convolution_comes_before_an_enlargement(conv: str, height: int) -> None:
    layers = ["pool: {}", "upsample: {}", f"conv: {{channels: 3, {conv}, activation: tanh}}"]
    made = [node for node in net(layers).graph.nodes if node.channels == 3]
    assert made[0].height == height
    assert made[0].activation == ("tanh" if "norm" not in conv else "none")


def part(buffer: Buffer, first: int, count: int) -> list[Convolve]:
    axis = convolved(2, 2, kernel=1)
    term = Term(((Node(1, 2, 2, Given()), 0),), axis, axis, np.ones((1, count, 1, 1, 1)))
    read = reading(term, axis.runs[0], axis.runs[0])
    return [Convolve(read, Channels(buffer, first, 0, count), 1, term.weights)]


def test_the_first_part_writes_and_others_add() -> None:
    buffer = Buffer(4, 2, 2)
    whole, half, rest = part(buffer, 0, 4), part(buffer, 0, 2), part(buffer, 2, 2)

    def adds(*parts: list[Convolve], written: bool = False) -> list[bool | str]:
        done = in_order(buffer, parts, written=written)
        return ["fill" if isinstance(one, Each) else one.add for one in done]  # type: ignore[union-attr]

    assert adds(whole, half) == [False, True]
    assert adds(half, rest) == [False, False]
    assert adds(half, rest, written=True) == [True, True]
    assert adds(half) == ["fill", True]  # nothing writes the rest
    assert adds(half, whole) == ["fill", True, True]


def test_memory_is_shared_only_by_tensors_that_are_not_needed_together() -> None:
    one, two, three = Buffer(2, 4, 4), Buffer(2, 4, 4), Buffer(2, 4, 4)
    layout = laid_out(8, [[one], [one, two], [two, three]], [(one, (1, 0), (0, 2))])
    assert layout.row(one) == (4 + 2) * 8
    assert layout.channel(one) == 5 * layout.row(one)
    assert layout.place(one) == layout.place(three) != layout.place(two)
    assert layout.numbers == 4 * layout.channel(one)
    other = Buffer(2, 4, 4, bordered=False)
    apart = laid_out(8, [[one], [other]], [(one, (1, 0), (0, 2))])
    assert apart.row(other) == 4 * 8


@pytest.mark.parametrize("count", [1, 17, 1000])
def test_arrays_start_where_vectors_may(count: int) -> None:
    arrays = [aligned_zeros(count, np.dtype(kind)) for kind in ("float32", "float64")]
    assert {array.ctypes.data % ALIGNMENT for array in arrays} == {0}


def test_kernels_count_on_no_more_than_that() -> None:
    """Else LLVM puts addresses together bit by bit, and they go wrong."""
    for lanes, align in ((16, 64), (4, 32)):
        text = KERNELS["fill"](Symbol("fill", lanes, double=True))
        assert f"align {align}\n" in text
        assert "align 128" not in text


def test_a_maximum_finds_what_is_not_a_number_anywhere_in_a_window() -> None:
    layers = ["pool: {}", "conv: {channels: 2, kernel: 1}", "pool: {}"]
    for place in range(4):
        pair = both(plan_of(layers, []), pictures=1)
        pair.fed[0, 0, place // 2, place % 2] = np.nan
        codes = pair.engine.codes(pair.fed)
        assert np.isnan(codes[0, :, 0, 0]).all()
        assert not np.isnan(codes[0, :, 1, 1]).any()
