"""Codes of study files."""

from __future__ import annotations

from archsearch.spec.codes.entry import Explanation, study

__all__ = ["STUDIES"]

_PLAIN = study("width: {int: [4, 32]}")

STUDIES = (
    Explanation(
        "missing-model",
        "the study's spec doesn't exist",
        "`model` is the path of a spec file, relative to the study file.",
        study("width: {int: [4, 32]}", model="nte.yaml"),
        _PLAIN,
    ),
    Explanation(
        "broken-model",
        "the study's spec has errors",
        "A study varies a model that works with its default values. Run `archsearch check` on the "
        "spec to see its errors.",
        study("width: {int: [4, 32]}", model="broken.yaml"),
        _PLAIN,
    ),
    Explanation(
        "step-misses-end",
        "steps that don't reach the upper end",
        "`int: [low, high]` includes both ends. If `step` doesn't divide the range, the upper end "
        "is never tried. If this is intended, write `allow: [step-misses-end]`.",
        study("width: {int: [4, 32], step: 8}"),
        study("width: {int: [4, 28], step: 8}"),
        severity="warning",
    ),
    Explanation(
        "unsatisfiable-space",
        "a space of which nothing can be trained",
        "Every point of the space breaks a constraint or gives no model. The message names the "
        "rule that excludes most points, with one of them. (Spaces of up to 4,000 points are gone "
        "through; `archsearch space` samples larger ones.)",
        study("width: {int: [4, 32]}", "constraints: [params < 10]\n"),
        study("width: {int: [4, 32]}", "constraints: [params < 1000]\n"),
    ),
    Explanation(
        "bad-domain",
        "an invalid domain",
        "A domain is `{int: [low, high]}` (with step or log: true, if wanted), `{float: [low, "
        "high]}` (with log: true, if wanted), or `{choice: [a, b, …]}`. Both ends are included. A "
        "log scale needs a low end above 0. No choice may be repeated.",
        study("width: {int: [32, 4]}"),
        _PLAIN,
    ),
    Explanation(
        "bad-path",
        "a path in `space` that leads nowhere",
        "A path is the name of a param, follows the spec (`encoder[0].conv.channels`, counted from "
        "0), begins with a layer's name (`early.conv.kernel`), or is like `defaults.conv.kernel`, "
        "`train.lr` or `task`. `data` can't vary. `task` may vary only in ways that leave the "
        "errors comparable.",
        study("widht: {int: [4, 32]}"),
        _PLAIN,
    ),
    Explanation(
        "bad-condition",
        "an invalid condition",
        "`when` of a domain must be true or false: `$flag`, or an expression such as `$(depth > "
        "1)` over params and searched names. Where it is false, the name isn't searched and keeps "
        "the model's default. A condition can't depend on itself. It also can't depend on a path "
        "that has a `when` itself, because such a path has no default.",
        study("width: {int: [4, 32]}\ntrain.lr: {float: [0.001, 0.1], when: $width}"),
        study("width: {int: [4, 32]}\ntrain.lr: {float: [0.001, 0.1], when: $(width > 8)}"),
    ),
)
