"""Codes of study files."""

from __future__ import annotations

from archsearch.spec.codes.entry import Explanation, study

__all__ = ["STUDIES"]

_PLAIN = study("width: {int: [4, 32]}")

STUDIES = (
    Explanation(
        "missing-model",
        "the study's spec isn't there",
        "`model` is the path of a spec file, relative to the study file.",
        study("width: {int: [4, 32]}", model="nte.yaml"),
        _PLAIN,
    ),
    Explanation(
        "broken-model",
        "the study's spec has errors",
        "A study searches around a model that works by itself. `archsearch check` of the spec "
        "shows what is wrong with it.",
        study("width: {int: [4, 32]}", model="broken.yaml"),
        _PLAIN,
    ),
    Explanation(
        "bad-domain",
        "values to search over that make no sense",
        "A domain is `{int: [low, high]}` (also step, or log: true), `{float: [low, high]}` (also "
        "log: true), or `{choice: [a, b, …]}`. Both ends are included; a log scale begins above "
        "0; no choice stands there twice.",
        study("width: {int: [32, 4]}"),
        _PLAIN,
    ),
    Explanation(
        "bad-path",
        "a path in `space` that leads nowhere",
        "A path is a param, follows the spec as written (`encoder[0].conv.channels`, layers "
        "counted from 0), begins with a layer's name (`early.conv.kernel`), or is "
        "`defaults.conv.kernel`, `train.lr` or `task`. `data` is the same for all trials; of "
        "`task`, only what leaves errors comparable may vary.",
        study("widht: {int: [4, 32]}"),
        _PLAIN,
    ),
    Explanation(
        "bad-condition",
        "a `when` that can't decide",
        "`when` on a domain is true or false: `$flag`, or an expression such as `$(depth > 1)` "
        "over params and searched names. Where it is false, nothing is searched there and the "
        "model's default stands. It can't depend on itself, nor on a path that has a `when` of "
        "its own: such a path has no default to fall back on.",
        study("width: {int: [4, 32]}\ntrain.lr: {float: [0.001, 0.1], when: $width}"),
        study("width: {int: [4, 32]}\ntrain.lr: {float: [0.001, 0.1], when: $(width > 8)}"),
    ),
)
