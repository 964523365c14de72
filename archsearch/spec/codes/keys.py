"""Codes of keys and values: there or not, of the right type and range."""

from __future__ import annotations

from archsearch.spec.codes.entry import Explanation, spec
from archsearch.spec.kinds import JOINS, KINDS
from archsearch.spec.text.enumeration import enumerated

__all__ = ["KEYS"]

_PLAIN = spec("- conv: {channels: 2}")

KEYS = (
    Explanation(
        "duplicate-key",
        "a repeated key",
        "Many YAML readers silently use the last of the two. Remove one of them.",
        spec("- conv: {channels: 2, channels: 8}"),
        _PLAIN,
    ),
    Explanation(
        "unknown-key",
        "an unknown key",
        "This key has no meaning here. Often it is misspelt, or one level too far out: fields "
        "belong inside their layer kind.",
        spec("- conv: {channels: 2, kernal: 5}"),
        spec("- conv: {channels: 2, kernel: 5}"),
    ),
    Explanation(
        "missing-key",
        "a required key is missing",
        "A spec needs input, encoder and decoder. A study needs model and space. Some fields have "
        "no built-in default, such as the channels of a conv: set them on the layer or in "
        "`defaults`.",
        spec("- conv: {kernel: 5}"),
        spec("- conv: {channels: 2, kernel: 5}"),
    ),
    Explanation(
        "null-value",
        "a key without a value",
        "In YAML, `key:` alone means null, which is not allowed here. Only a layer kind may have "
        "no value: `- pool:` means `- pool: {}`.",
        spec("- conv: {channels: }"),
        _PLAIN,
    ),
    Explanation(
        "wrong-type",
        "a list, mapping or value in the wrong place",
        "A section is a list of layers. A layer is a mapping with one layer kind. The fields of a "
        "kind are a mapping. A field is a value or a list [height, width].",
        spec("- conv: 4"),
        _PLAIN,
    ),
    Explanation(
        "value-not-allowed",
        "a value that the field doesn't accept",
        "Most fields accept whole numbers in a range, or one of a few words. Quoted numbers are "
        "texts. So are yes, no, on and off, as in YAML 1.2: write true or false.",
        spec("- conv: {channels: 0}"),
        _PLAIN,
    ),
    Explanation(
        "unknown-kind",
        "a layer kind that doesn't exist",
        f"The layer kinds are {enumerated(KINDS.builtin)}. Joins and containers are "
        f"{enumerated([*JOINS, 'repeat', 'choose', 'block'])}.",
        spec("- convolution: {channels: 2}"),
        _PLAIN,
    ),
    Explanation(
        "missing-kind",
        "a layer without a kind",
        "A layer is a mapping with one layer kind. It may also have `name:` and `when:`.",
        spec("- name: early"),
        spec("- conv: {channels: 2}\n  name: early"),
    ),
    Explanation(
        "two-kinds",
        "two kinds in one layer",
        "A layer has one kind. Probably a `- ` is missing before the second one.",
        spec("- conv: {channels: 2}\n  activation: relu"),
        spec("- conv: {channels: 2}\n- activation: relu"),
    ),
    Explanation(
        "empty-section",
        "a list without layers",
        "The encoder, the decoder and every other list of layers need at least one layer. In the "
        "encoder and in the decoder, at least one layer must remain after `when`, `choose` and "
        "`times` have left others out.",
        "input: {channels: auto, height: 8, width: 8}\nencoder: []\ndecoder: mirror\n",
        "input: {channels: auto, height: 8, width: 8}\n"
        "encoder: [conv: {channels: 2}]\ndecoder: mirror\n",
    ),
    Explanation(
        "unknown-code",
        "`allow` names a code that isn't a warning",
        "`allow` lists the codes of warnings to silence in this file. Errors can't be allowed.",
        "allow: [row-lost]\n" + _PLAIN,
        "allow: [rows-lost]\n" + _PLAIN,
    ),
)
