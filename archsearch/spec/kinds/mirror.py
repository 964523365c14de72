"""What leads back through a layer that shrinks, for the mirrored decoder.

What shrank by s first grows by s, in one of three ways (``up``): nearest upsampling, a
transposed convolution, or a 1×1 convolution whose channels become pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archsearch.spec.kinds.fields import FieldValue
from archsearch.spec.kinds.rule import ONE
from archsearch.spec.shape import Pads, Pair, Shape
from archsearch.spec.size import effective_kernel

__all__ = ["LayerValues", "NoMirrorError", "enlarging", "refilling", "same_size", "widening"]

LayerValues = tuple[str, Mapping[str, FieldValue]]
"""A layer to make: the kind's name with its fields."""

_PLAIN: Mapping[str, FieldValue] = {
    "dilation": ONE,
    "groups": 1,
    "norm": "none",
    "activation": "none",
}
"""What a convolution has that only changes a size."""


class NoMirrorError(Exception):
    """A layer that can't be mirrored: why, and what to do."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def same_size(one: Shape, other: Shape) -> bool:
    """Whether height and width are equal."""
    return (one.height, one.width) == (other.height, other.width)


def enlarging(
    kind: str, input: Shape, output: Shape, stride: Pair, up: str
) -> Iterator[LayerValues]:
    """What enlarges ``output`` by ``stride``, without a transposed convolution.

    Args:
        kind: the layer's, for messages.
        input: the shape that it got, and that is led back to.
        output: the shape that it gave.
        stride: by how much it shrank.
        up: upsample or pixel_shuffle.

    Raises:
        NoMirrorError: that doesn't give the input's size.
    """
    if (output.height * stride.height, output.width * stride.width) != (input.height, input.width):
        raise _unequal(input, output, stride, up)
    if up == "upsample":
        yield "upsample", {"scale": stride}
        return
    if stride.height != stride.width:
        raise NoMirrorError(
            f"pixel_shuffle enlarges both axes alike, and {kind} shrinks by {stride}",
            "use `up: upsample` or `up: conv_transpose`",
        )
    channels = output.channels * stride.height**2
    yield (
        "conv",
        {**_PLAIN, "channels": channels, "kernel": ONE, "stride": ONE, "padding": "same"},
    )
    yield "pixel_shuffle", {"scale": stride.height}


def widening(input: Shape, output: Shape, stride: Pair) -> LayerValues:
    """A transposed convolution C → C whose kernel is its stride: each pixel becomes ``stride``.

    Raises:
        NoMirrorError: the rows lost are a stride or more.
    """
    extra = Pair(
        input.height - output.height * stride.height, input.width - output.width * stride.width
    )
    if not all(0 <= more < s for more, s in zip(extra, stride, strict=True)):
        raise _unequal(input, output, stride, "conv_transpose")
    return "conv_transpose", {
        **_PLAIN,
        "channels": input.channels,
        "kernel": stride,
        "stride": stride,
        "padding": Pair(0, 0),
        "output_padding": extra,
    }


def refilling(
    input: Shape, output: Shape, kernel: Pair, stride: Pair, pads: Pads, dilation: Pair = ONE
) -> LayerValues:
    """The transposed convolution to the input's channels and size, rows that were lost included."""
    padding, extra = _refill(input, output, kernel, stride, pads, dilation)
    return "conv_transpose", {
        **_PLAIN,
        "channels": input.channels,
        "kernel": kernel,
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
        "output_padding": extra,
    }


def _unequal(input: Shape, output: Shape, stride: Pair, up: str) -> NoMirrorError:
    grown = f"{output.height * stride.height}×{output.width * stride.width}"
    return NoMirrorError(
        f"{input.height}×{input.width} becomes {output.height}×{output.width}, "
        f"and {stride} times that is {grown}",
        "make this layer's division exact: the mirror of a pool has kernel and stride "
        f"{stride}, and restores less than one stride"
        if up == "conv_transpose"
        else "make this layer's division exact, or use `decoder: {mirror: encoder, "
        "up: conv_transpose}`, which restores lost rows",
    )


def _refill(
    input: Shape, output: Shape, kernel: Pair, stride: Pair, pads: Pads, dilation: Pair
) -> tuple[FieldValue, Pair]:
    """Padding and output_padding of the transposed conv that gives the input's size."""
    sizes, rows = (input.height, input.width), (output.height, output.width)
    exact = all(size == n * s for size, n, s in zip(sizes, rows, stride, strict=True))
    if exact and not pads.symmetric:
        return "same", Pair(0, 0)
    axes = zip(sizes, rows, kernel, dilation, stride, strict=True)
    totals = [(n - 1) * s + effective_kernel(k, d) - size for size, n, k, d, s in axes]
    padding = [-(-max(total, 0) // 2) for total in totals]
    extra = [2 * n - total for n, total in zip(padding, totals, strict=True)]
    return Pair(*padding), Pair(*extra)
