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
        "an expression uses a name that doesn't exist",
        "$name and $(…) can use the params of the file and the `as` names of the repeats around "
        "them. Inside a block, they can use the params of the block.",
        spec("- conv: {channels: $widht}", above=_WIDTH),
        spec("- conv: {channels: $width}", above=_WIDTH),
    ),
    Explanation(
        "bad-expression",
        "an invalid expression",
        "An expression may contain numbers, texts, names, + - * / // % **, comparisons, and, or, "
        "not, `a if c else b`, min, max and round. A value is either a literal or one whole "
        "expression. Only `name`, `concat` and `add` may embed expressions in a text.",
        spec("- conv: {channels: $(width ^ 2)}\n- pool: {}", _UP, above=_WIDTH),
        spec("- conv: {channels: $(width ** 2)}\n- pool: {}", _UP, above=_WIDTH),
    ),
    Explanation(
        "expression-value",
        "an expression with an unusable value",
        "It divides by zero, exceeds ±2⁵³ (beyond which floats aren't exact), mixes texts with "
        "numbers, or gives a value that the field doesn't accept, such as 3 / 2 channels or a "
        "kernel of 0. Use // for whole numbers, and max(1, …) for a lower bound.",
        spec("- conv: {channels: $(width / 2)}", above=_WIDTH),
        spec("- conv: {channels: $(width // 2)}", above=_WIDTH),
    ),
    Explanation(
        "bad-name",
        "a name that isn't allowed",
        "Names of params, layers and loops consist of letters, digits and _. Each name may be "
        f"used once. Reserved for paths and constraints are {', '.join(RESERVED)}.",
        spec("- conv: {channels: $latent}", above="params: {latent: 2}"),
        spec("- conv: {channels: $code}", above="params: {code: 2}"),
    ),
    Explanation(
        "duplicate-name",
        "two layers with the same name",
        "A name must identify one layer. Inside a repeat, embed the count: `name: skip_$(i)`. "
        "Names inside a block are local, so a block may be used twice.",
        spec("- repeat: {times: 2, as: i, layers: [{conv: {channels: 2}, name: up}]}"),
        spec("- repeat: {times: 2, as: i, layers: [{conv: {channels: 2}, name: up_$i}]}"),
    ),
    Explanation(
        "unused-param",
        "an unused param",
        "Changing this param would change nothing, even in a study. Use it in an expression, or "
        "remove it.",
        spec("- conv: {channels: 2}", above=_WIDTH),
        spec("- conv: {channels: $width}", above=_WIDTH),
        severity="warning",
    ),
)
