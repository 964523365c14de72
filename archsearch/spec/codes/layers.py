"""Codes of containers and joins: blocks, choices, repeats, concat, add, residual."""

from __future__ import annotations

from archsearch.spec.codes.entry import Explanation, spec

__all__ = ["LAYERS"]

_DOUBLE = "blocks:\n  double: {layers: [conv: {channels: 2}]}"

LAYERS = (
    Explanation(
        "unknown-block",
        "a block that isn't declared",
        "`block: {use: name}` inserts the layers that `blocks:` declares under that name.",
        spec("- block: {use: double}"),
        spec("- block: {use: double}", above=_DOUBLE),
    ),
    Explanation(
        "unused-block",
        "an unused block",
        "No layer uses this block. Use it, or remove it.",
        spec("- conv: {channels: 2}", above=_DOUBLE),
        spec("- block: {use: double}", above=_DOUBLE),
        severity="warning",
    ),
    Explanation(
        "block-recursion",
        "a block that uses itself",
        "A block may use other blocks, but not itself: that would never end. To repeat layers, use "
        "`repeat`.",
        spec("- block: {use: a}", above="blocks:\n  a: {layers: [block: {use: a}]}"),
        spec("- block: {use: a}", above="blocks:\n  a: {layers: [conv: {channels: 2}]}"),
    ),
    Explanation(
        "choose-no-branch",
        "`choose` has no branch for the value",
        "`choose` takes the branch whose key equals the value of `by`. The types must be equal "
        'too: 1, true and "1" are three different keys.',
        spec("- choose: {by: $n, of: {'1': [conv: {channels: 2}]}}", above="params: {n: 1}"),
        spec("- choose: {by: $n, of: {1: [conv: {channels: 2}]}}", above="params: {n: 1}"),
    ),
    Explanation(
        "too-many-layers",
        "too many layers",
        "A model may have at most 2,000 layers, and the expansion of its repeats at most 20,000 "
        "places. Nested repeats multiply.",
        spec("- repeat: {times: 5000, layers: [conv: {channels: 2}]}"),
        spec("- repeat: {times: 5, layers: [conv: {channels: 2}]}"),
    ),
    Explanation(
        "unknown-layer",
        "concat or add names a missing layer",
        "Both join the current tensor with that of an earlier layer. Name that layer, or `input` "
        "for the picture.",
        spec("- conv: {channels: 2}\n  name: early\n- add: earyl"),
        spec("- conv: {channels: 2}\n  name: early\n- add: early"),
    ),
    Explanation(
        "layer-not-there",
        "a layer that doesn't exist at this point",
        "The file has a layer with this name, but it comes later; or `when`, `choose` or `times` "
        "leaves it out; or it is local to a block. From outside a block, write the name of its "
        "use first: use_name.inner.",
        spec("- add: late\n- conv: {channels: 3}\n  name: late"),
        spec("- conv: {channels: 3}\n  name: late\n- add: late"),
    ),
    Explanation(
        "not-unpoolable",
        "an unpool that can't undo its pool",
        "`unpool` puts each value back to where a max pool found its maximum. So it needs the name "
        "of a max pool whose windows don't overlap, and a tensor of the shape that the pool gave.",
        spec(
            "- pool: {mode: avg}\n  name: p1",
            "- unpool: p1\n- conv: {channels: auto}",
            "allow: [leak-past-latent]",
        ),
        spec(
            "- pool: {}\n  name: p1",
            "- unpool: p1\n- conv: {channels: auto}",
            "allow: [leak-past-latent]",
        ),
    ),
    Explanation(
        "concat-size",
        "concat of different sizes",
        "concat appends channels, so heights and widths must be equal.",
        spec(
            "- conv: {channels: 2}\n  name: early\n- pool: {}\n- upsample: {scale: 4}\n"
            "- concat: early\n- conv: {channels: 2}"
        ),
        spec(
            "- conv: {channels: 2}\n  name: early\n- pool: {}\n- upsample: {scale: 2}\n"
            "- concat: early\n- conv: {channels: 2}"
        ),
    ),
    Explanation(
        "add-mismatch",
        "add of different shapes",
        "A sum needs equal channels, height and width. `residual` adapts different shapes with a "
        "1×1 convolution. `concat` needs only equal height and width.",
        spec("- conv: {channels: 2}\n  name: early\n- conv: {channels: 6}\n- add: early"),
        spec("- conv: {channels: 2}\n  name: early\n- conv: {channels: 2}\n- add: early"),
    ),
    Explanation(
        "residual-mismatch",
        "a shortcut that can't reach the output size",
        "The shortcut is a 1×1 convolution. Its stride is the ratio of the sizes, so the ratio "
        "must be a whole number: 8 → 4 has the ratio 2, but 8 → 6 has no whole ratio.",
        spec(
            "- residual: {layers: [conv: {channels: 2, padding: valid}]}\n"
            "- conv: {channels: 2, padding: 2}"
        ),
        spec("- residual: {layers: [conv: {channels: 2}]}"),
    ),
)
