"""Codes of a layer's own arithmetic: windows, groups, vectors."""

from __future__ import annotations

from archsearch.spec.codes.entry import Explanation, spec

__all__ = ["SIZES"]

SIZES = (
    Explanation(
        "shape-nonpositive",
        "a layer that would have no output",
        "For height and width apart, a conv or pool gives ⌊(W − K_eff + P)/S⌋ + 1 rows, with "
        "K_eff = dilation·(K − 1) + 1 and P the padding of both sides together; a conv_transpose "
        "(W − 1)·S − P + K_eff + output_padding. Below 1, the window is larger than the padded "
        "picture.",
        spec("- conv: {channels: 2, kernel: 9, padding: 0}"),
        spec("- conv: {channels: 2, kernel: 3}"),
    ),
    Explanation(
        "rows-lost",
        "rows that no window sees",
        "Where the division in ⌊(W − K_eff + P)/S⌋ + 1 isn't exact, the last max(0, remainder − "
        "padding after) rows are dropped, and the decoder can't know them. An input of the right "
        "size or `padding: same` (⌈W/S⌉ rows come out) loses none.",
        spec(
            "- conv: {channels: 2, kernel: 3, stride: 2, padding: 0}",
            "{mirror: encoder, up: conv_transpose}",
        ),
        spec("- conv: {channels: 2, kernel: 3, stride: 2}", "{mirror: encoder}"),
        severity="warning",
    ),
    Explanation(
        "pool-padding",
        "pool padding above half the kernel",
        "With more, some windows would lie in the border alone, without one real pixel to take "
        "the maximum or mean of: padding ≤ kernel/2.",
        spec("- pool: {kernel: 2, stride: 1, padding: 2}\n- conv: {channels: 2, padding: valid}"),
        spec("- pool: {kernel: 3, stride: 1, padding: 1}\n- conv: {channels: 2}"),
    ),
    Explanation(
        "output-padding",
        "output_padding that is too large",
        "output_padding tells apart the input sizes that a strided convolution maps to one "
        "output size, so it is smaller than stride or dilation, whichever is larger.",
        spec(
            "- conv: {channels: 2, stride: 2}",
            "- conv_transpose: {channels: auto, stride: 2, output_padding: 2}",
        ),
        spec(
            "- conv: {channels: 2, stride: 2}",
            "- conv_transpose: {channels: auto, stride: 2, padding: 1, output_padding: 1}",
        ),
    ),
    Explanation(
        "groups-dont-divide",
        "channels that can't be split evenly",
        "`groups` must divide the channels that come in and those that go out; `norm: group` "
        "makes 8 groups of the channels; pixel_shuffle takes groups of scale² channels.",
        spec(
            "- conv: {channels: 8}\n- conv: {channels: 6, stride: 2, groups: 4}",
            "- upsample: {}\n- conv: {channels: auto}",
        ),
        spec(
            "- conv: {channels: 8}\n- conv: {channels: 12, stride: 2, groups: 4}",
            "- upsample: {}\n- conv: {channels: auto}",
        ),
    ),
    Explanation(
        "dense-size",
        "a dense layer with both sizes, or none",
        "`size` makes a vector of so many numbers; `shape: [C, H, W]` leads back to a picture.",
        spec("- dense: {activation: relu}", "- dense: {shape: [3, 8, 8]}"),
        spec("- dense: {size: 16, activation: relu}", "- dense: {shape: [3, 8, 8]}"),
    ),
    Explanation(
        "picture-after-vector",
        "a picture's layer after a vector",
        "A vector has no height and width. After `dense: {size: …}` only dense, activation and "
        "dropout make sense, until `dense: {shape: [C, H, W]}` leads back to a picture.",
        spec("- dense: {size: 16}"),
        spec("- dense: {size: 16}", "- dense: {shape: [4, 8, 8]}\n- conv: {channels: auto}"),
    ),
    Explanation(
        "too-many-elements",
        "an output too large for any memory",
        "Over 2⁴⁰ numbers for one picture. Repeated enlarging multiplies quickly.",
        spec("- repeat: {times: 7, layers: [upsample: {scale: 8}]}\n- pool: {kernel: 8}"),
        spec(
            "- repeat: {times: 1, layers: [upsample: {scale: 8}]}\n- pool: {kernel: 8}",
            "- conv: {channels: auto}",
        ),
    ),
)
