"""Codes of the sizes of one layer: windows, groups, vectors."""

from __future__ import annotations

from archsearch.spec.codes.entry import Explanation, spec
from archsearch.spec.kinds import KINDS
from archsearch.spec.text.enumeration import enumerated

__all__ = ["SIZES"]

_FOR_VECTORS = enumerated(kind.name for kind in KINDS.builtin.values() if kind.takes_vector)

SIZES = (
    Explanation(
        "shape-nonpositive",
        "a layer without output",
        "For height and width separately, a conv or pool gives ⌊(W − K_eff + P)/S⌋ + 1 rows. "
        "K_eff = dilation·(K − 1) + 1, and P is the padding of both sides together. A "
        "conv_transpose gives (W − 1)·S − P + K_eff + output_padding. If the result is below 1, "
        "the window is larger than the padded picture.",
        spec("- conv: {channels: 2, kernel: 9, padding: 0}"),
        spec("- conv: {channels: 2, kernel: 3}"),
    ),
    Explanation(
        "rows-lost",
        "rows that no window sees",
        "If the division in ⌊(W − K_eff + P)/S⌋ + 1 has a remainder, the last max(0, remainder − "
        "padding after) rows are dropped, and the decoder can't know them. No row is lost with an "
        "input of the right size, or with `padding: same`, which gives ⌈W/S⌉ rows.",
        spec(
            "- conv: {channels: 2, kernel: 4, stride: 4, padding: 1}",
            "{mirror: encoder, up: conv_transpose}",
        ),
        spec("- conv: {channels: 2, kernel: 3, stride: 2}", "{mirror: encoder}"),
        severity="warning",
    ),
    Explanation(
        "pool-padding",
        "pool padding above half the kernel",
        "With more padding, some windows would lie completely in the border and contain no pixel. "
        "So padding ≤ kernel/2.",
        spec("- pool: {kernel: 2, stride: 1, padding: 2}\n- conv: {channels: 2, padding: valid}"),
        spec("- pool: {kernel: 3, stride: 1, padding: 1}\n- conv: {channels: 2}"),
    ),
    Explanation(
        "output-padding",
        "output_padding that is too large",
        "A strided convolution maps several input sizes to one output size. output_padding selects "
        "one of them. So it must be smaller than the larger of stride and dilation.",
        spec(
            "- conv: {channels: 2, stride: 2}",
            "- conv_transpose: {channels: auto, stride: 2, output_padding: 2}",
        ),
        spec(
            "- conv: {channels: 2, stride: 2}",
            "- conv_transpose: {channels: auto, kernel: 2, stride: 2, output_padding: 1}\n"
            "- crop: {to: input}",
        ),
    ),
    Explanation(
        "groups-dont-divide",
        "channels that can't be split evenly",
        "`groups` must divide the input channels and the output channels. `norm: group` divides "
        "the channels into 8 groups, or as many as `{group: n}` says. pixel_shuffle needs a "
        "multiple of scale² channels.",
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
        "checkerboard",
        "a transposed conv that overlaps unevenly",
        "At stride S a transposed convolution spreads each pixel over K rows, S apart. If S "
        "doesn't divide K, some rows get one product more than others, and the picture may show "
        "checkerboards (Odena, Dumoulin and Olah 2016, Deconvolution and Checkerboard Artifacts).",
        spec(
            "- conv: {channels: 2, stride: 2}",
            "- conv_transpose: {channels: auto, kernel: 3, stride: 2}",
        ),
        spec(
            "- conv: {channels: 2, stride: 2}",
            "- conv_transpose: {channels: auto, kernel: 4, stride: 2, padding: 1}",
        ),
        severity="warning",
    ),
    Explanation(
        "border-too-wide",
        "a border wider than its picture",
        "`padding_mode: reflect` mirrors the picture without its edge, so a side can be at most "
        "the size minus 1. `circular` takes the other side of the picture: at most its size. "
        "`zeros` and `replicate` have no limit.",
        spec("- conv: {channels: 2, kernel: 17, padding_mode: reflect}"),
        spec("- conv: {channels: 2, kernel: 3, padding_mode: reflect}"),
    ),
    Explanation(
        "norm-of-one",
        "instance norm of a single pixel",
        "`norm: instance` subtracts the mean of each channel of each picture. If the channel has "
        "one pixel, nothing is left.",
        spec(
            "- conv: {channels: 4, kernel: 8, padding: valid, norm: instance}",
            "- dense: {shape: [3, 8, 8]}",
        ),
        spec(
            "- conv: {channels: 4, kernel: 8, padding: valid, norm: batch}",
            "- dense: {shape: [3, 8, 8]}",
        ),
    ),
    Explanation(
        "dense-size",
        "`size` and `shape` both given, or neither",
        "`size` gives a vector with that many numbers. `shape: [C, H, W]` gives a picture.",
        spec("- dense: {activation: relu}", "- dense: {shape: [3, 8, 8]}"),
        spec("- dense: {size: 16, activation: relu}", "- dense: {shape: [3, 8, 8]}"),
    ),
    Explanation(
        "picture-after-vector",
        "a layer for pictures after a vector",
        f"A vector has no height and width. After `dense: {{size: …}}` only {_FOR_VECTORS} are "
        "allowed, until `dense: {shape: [C, H, W]}` gives a picture again.",
        spec("- dense: {size: 16}"),
        spec("- dense: {size: 16}", "- dense: {shape: [4, 8, 8]}\n- conv: {channels: auto}"),
    ),
    Explanation(
        "too-many-elements",
        "an output that is too large",
        "A layer may give at most 2⁴⁰ numbers per picture. Repeated enlarging multiplies quickly.",
        spec("- repeat: {times: 7, layers: [upsample: {scale: 8}]}\n- pool: {kernel: 8}"),
        spec(
            "- repeat: {times: 1, layers: [upsample: {scale: 8}]}\n- pool: {kernel: 8}",
            "- conv: {channels: auto}",
        ),
    ),
)
