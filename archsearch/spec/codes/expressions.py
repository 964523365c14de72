"""Codes of names and expressions."""

from __future__ import annotations

from archsearch.spec.codes.entry import Explanation, spec
from archsearch.spec.expressions.names import RESERVED

__all__ = ["EXPRESSIONS"]

_WIDTH = "params: {width: 3}"
_UP = "- upsample: {}\n- conv: {channels: auto}"

EXPRESSIONS = (
    Explanation(
        "unknown-name",
        "an expression reads a name that isn't there",
        "$name and $(…) read the file's params, a block's own params inside it, and the `as` "
        "names of the repeats around.",
        spec("- conv: {channels: $widht}", above=_WIDTH),
        spec("- conv: {channels: $width}", above=_WIDTH),
    ),
    Explanation(
        "bad-expression",
        "an expression that can't be read",
        "Allowed are numbers, texts, names, + - * / // % **, comparisons, and or not, "
        "`a if c else b`, min, max and round. A value is a whole expression or none; only `name`, "
        "`concat` and `add` may embed one in a text.",
        spec("- conv: {channels: $(width ^ 2)}\n- pool: {}", _UP, above=_WIDTH),
        spec("- conv: {channels: $(width ** 2)}\n- pool: {}", _UP, above=_WIDTH),
    ),
    Explanation(
        "expression-value",
        "an expression with a value that can't be used",
        "It divides by zero, leaves ±2⁵³ (where floats are exact), mixes texts with numbers, or "
        "gives what its field doesn't take: 3 / 2 channels, a kernel of 0. Use // for whole "
        "numbers, and max(1, …) for a lower bound.",
        spec("- conv: {channels: $(width / 2)}", above=_WIDTH),
        spec("- conv: {channels: $(width // 2)}", above=_WIDTH),
    ),
    Explanation(
        "bad-name",
        "a name that can't be used",
        "Names of params, layers and loops are made of letters, digits and _, differ from each "
        f"other, and are none of {', '.join(RESERVED)}, which mean something in paths and "
        "constraints.",
        spec("- conv: {channels: $latent}", above="params: {latent: 2}"),
        spec("- conv: {channels: $code}", above="params: {code: 2}"),
    ),
    Explanation(
        "duplicate-name",
        "two layers with one name",
        "A name means one layer. Inside a repeat, embed the count: `name: skip_$(i)`. A block's "
        "names are local, so a block may be used twice.",
        spec("- repeat: {times: 2, as: i, layers: [{conv: {channels: 2}, name: up}]}"),
        spec("- repeat: {times: 2, as: i, layers: [{conv: {channels: 2}, name: up_$i}]}"),
    ),
    Explanation(
        "unused-param",
        "a param that nothing reads",
        "Changing it would change nothing, in a study as well. Read it somewhere, or remove it.",
        spec("- conv: {channels: 2}", above=_WIDTH),
        spec("- conv: {channels: $width}", above=_WIDTH),
        severity="warning",
    ),
)
