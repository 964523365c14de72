"""Codes of layers that hold or name others: blocks, choices, repeats, joins."""

from __future__ import annotations

from archsearch.spec.codes.entry import Explanation, spec

__all__ = ["LAYERS"]

_DOUBLE = "blocks:\n  double: {layers: [conv: {channels: 2}]}"

LAYERS = (
    Explanation(
        "unknown-block",
        "a block that isn't declared",
        "`block: {use: name}` puts in the layers that `blocks:` declares under that name.",
        spec("- block: {use: double}"),
        spec("- block: {use: double}", above=_DOUBLE),
    ),
    Explanation(
        "unused-block",
        "a block that nothing uses",
        "Its layers are part of no model. Use it, or remove it.",
        spec("- conv: {channels: 2}", above=_DOUBLE),
        spec("- block: {use: double}", above=_DOUBLE),
        severity="warning",
    ),
    Explanation(
        "block-recursion",
        "a block that uses itself",
        "That would never end. A block may use others; `repeat` gives more of the same.",
        spec("- block: {use: a}", above="blocks:\n  a: {layers: [block: {use: a}]}"),
        spec("- block: {use: a}", above="blocks:\n  a: {layers: [conv: {channels: 2}]}"),
    ),
    Explanation(
        "choose-no-branch",
        "a choice without a branch for its value",
        "`choose` takes the branch whose key equals the value of `by`, in type as well: 1, "
        'true and "1" are three different keys.',
        spec("- choose: {by: $n, of: {'1': [conv: {channels: 2}]}}", above="params: {n: 1}"),
        spec("- choose: {by: $n, of: {1: [conv: {channels: 2}]}}", above="params: {n: 1}"),
    ),
    Explanation(
        "too-many-layers",
        "repeats that explode",
        "A model has at most 2,000 layers, and unfolding looks at 20,000 places at most. Repeats "
        "inside each other multiply.",
        spec("- repeat: {times: 5000, layers: [conv: {channels: 2}]}"),
        spec("- repeat: {times: 5, layers: [conv: {channels: 2}]}"),
    ),
    Explanation(
        "unknown-layer",
        "concat or add names a layer that isn't there",
        "Both join the current tensor with that of an earlier layer, by its name, or with "
        "`input`, the picture.",
        spec("- conv: {channels: 2}\n  name: early\n- add: earyl"),
        spec("- conv: {channels: 2}\n  name: early\n- add: early"),
    ),
    Explanation(
        "layer-not-there",
        "a layer that is not there at this point",
        "The file names it, but it comes later, `when`, `choose` or `times` leaves it out, or it "
        "is local to a block. Outside a block, the name of its use comes first: use_name.inner.",
        spec("- add: late\n- conv: {channels: 3}\n  name: late"),
        spec("- conv: {channels: 3}\n  name: late\n- add: late"),
    ),
    Explanation(
        "concat-size",
        "concat of unlike sizes",
        "concat lays channels on top of each other, so height and width must agree.",
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
        "add of unlike tensors",
        "A sum needs equal channels, height and width. `residual` adapts with a 1×1 convolution "
        "where they differ; `concat` needs equal sizes only.",
        spec("- conv: {channels: 2}\n  name: early\n- conv: {channels: 6}\n- add: early"),
        spec("- conv: {channels: 2}\n  name: early\n- conv: {channels: 2}\n- add: early"),
    ),
    Explanation(
        "residual-mismatch",
        "a shortcut that can't reach the size",
        "The shortcut is a 1×1 convolution whose stride is the exact ratio of the sizes, so that "
        "ratio must be a whole number: 8 → 4 is 2, and 8 → 6 is none.",
        spec(
            "- residual: {layers: [conv: {channels: 2, padding: valid}]}\n"
            "- conv: {channels: 2, padding: 2}"
        ),
        spec("- residual: {layers: [conv: {channels: 2}]}"),
    ),
)
