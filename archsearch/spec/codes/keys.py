"""Codes of keys and values: there or not, of the right type and range."""

from __future__ import annotations

from archsearch.spec.codes.entry import Explanation, spec

__all__ = ["KEYS"]

_PLAIN = spec("- conv: {channels: 2}")

KEYS = (
    Explanation(
        "duplicate-key",
        "a key that is there twice",
        "Other readers let the last one win without a word. Remove one of the two.",
        spec("- conv: {channels: 2, channels: 8}"),
        _PLAIN,
    ),
    Explanation(
        "unknown-key",
        "a key that has no meaning here",
        "Nothing reads this key, so it would silently do nothing. Often it is misspelt, or it "
        "stands one level too far out: fields belong inside their kind.",
        spec("- conv: {channels: 2, kernal: 5}"),
        spec("- conv: {channels: 2, kernel: 5}"),
    ),
    Explanation(
        "missing-key",
        "a key that must be there",
        "A spec needs input, encoder and decoder, a study model and space; some fields have no "
        "default (neither in `defaults` nor in the language), such as a conv's channels.",
        spec("- conv: {kernel: 5}"),
        spec("- conv: {channels: 2, kernel: 5}"),
    ),
    Explanation(
        "null-value",
        "a key without a value",
        "`key:` alone is null in YAML, and null means nothing here. Only a kind may stand alone: "
        "`- pool:` means `- pool: {}`.",
        spec("- conv: {channels: }"),
        _PLAIN,
    ),
    Explanation(
        "wrong-type",
        "a list, mapping or value of the wrong sort",
        "Sections are lists of layers, a layer is a mapping with one kind, a kind's fields are a "
        "mapping, a field is a value or a list [height, width].",
        spec("- conv: 4"),
        _PLAIN,
    ),
    Explanation(
        "value-not-allowed",
        "a value that the field doesn't take",
        "Each field takes whole numbers in a range, or one of a few words. Numbers in quotes are "
        "texts; yes, no, on and off are texts too, as in YAML 1.2.",
        spec("- conv: {channels: 0}"),
        _PLAIN,
    ),
    Explanation(
        "unknown-kind",
        "a layer kind that doesn't exist",
        "The kinds are conv, conv_transpose, pool, upsample, pixel_shuffle, dense, norm, "
        "activation and dropout; concat, add, residual, repeat, choose and block bring layers "
        "together.",
        spec("- convolution: {channels: 2}"),
        _PLAIN,
    ),
    Explanation(
        "missing-kind",
        "a layer without a kind",
        "A layer is a mapping with one kind; `name:` and `when:` stand beside it.",
        spec("- name: early"),
        spec("- conv: {channels: 2}\n  name: early"),
    ),
    Explanation(
        "two-kinds",
        "two kinds in one layer",
        "A layer has one kind. The second one probably lacks its own `- `.",
        spec("- conv: {channels: 2}\n  activation: relu"),
        spec("- conv: {channels: 2}\n- activation: relu"),
    ),
    Explanation(
        "empty-section",
        "a list without layers",
        "Encoder, decoder and every list of layers hold at least one; and at least one must "
        "remain in encoder and decoder, whatever `when`, `choose` and `times` leave out.",
        "input: {channels: auto, height: 8, width: 8}\nencoder: []\ndecoder: mirror\n",
        "input: {channels: auto, height: 8, width: 8}\n"
        "encoder: [conv: {channels: 2}]\ndecoder: mirror\n",
    ),
    Explanation(
        "unknown-code",
        "`allow` names what is no warning",
        "`allow` silences warnings of this file by their code. Errors can't be allowed.",
        "allow: [row-lost]\n" + _PLAIN,
        "allow: [rows-lost]\n" + _PLAIN,
    ),
)
