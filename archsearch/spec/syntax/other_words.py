"""What people write who know PyTorch, Keras or an older YAML, and what it is called here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from archsearch.spec.text.scalars import core_value

__all__ = [
    "called_with",
    "field_for",
    "no_such_field",
    "no_such_kind",
    "read_as_meant",
    "word_for",
]

_FIELDS: Mapping[str, str] = {
    "out_channels": "channels",
    "filters": "channels",
    "kernel_size": "kernel",
    "pool_size": "kernel",
    "strides": "stride",
    "dilation_rate": "dilation",
    "use_bias": "bias",
    "scale_factor": "scale",
    "units": "size",
    "out_features": "size",
    "output_size": "size",
    "interpolation": "mode",
    "act": "activation",
    "layer": "with",
    "from": "with",
    "source": "with",
    "skip": "shortcut",
    "downsample": "shortcut",
}
"""Names of fields elsewhere → those here."""

_NO_FIELD: Mapping[str, str] = {
    "in_channels": "remove it: the layer before it gives the number",
    "in_features": "remove it: the layer before it gives the number",
    "num_features": "remove it: the layer before it gives the number",
    "ceil_mode": "write `padding: same`, which rounds up",
    "inplace": "remove it: memory is reused where that is safe",
    "negative_slope": "write the number with its word: `activation: {leaky_relu: 0.2}`",
    "alpha": "write the number with its word: `activation: {elu: 0.5}`",
    "num_groups": "write the number with its word: `norm: {group: 4}`",
    "return_indices": "give the pool a name and write `unpool: NAME`, which finds them",
    "count_include_pad": "remove it: `avg` counts real pixels only",
    "padding_mode": "only conv takes it",
    "name": "it stands beside the kind: `- {name: NAME, conv: {…}}`",
    "when": "it stands beside the kind: `- {when: $flag, conv: {…}}`",
}

BACK = "remove it, and give the dense layer before it `shape: {}` in place of its size"
"""What leads a vector back to a picture."""

_NO_KIND: Mapping[str, str] = {
    "nn.flatten": "remove it: `dense` flattens what comes in",
    "flatten": "remove it: `dense` flattens what comes in",
    "reshape": BACK.format("[C, H, W]"),
    "unflatten": BACK.format("[C, H, W]"),
    "view": BACK.format("[C, H, W]"),
    "sequential": "write its layers one after the other",
    "identity": "remove it",
}

_WORDS: Mapping[str, str] = {
    "mean": "avg",
    "average": "avg",
    "maximum": "max",
    "linear": "none",
    "identity": "none",
    "swish": "silu",
    "lrelu": "leaky_relu",
    "leakyrelu": "leaky_relu",
    "leaky": "leaky_relu",
    "batchnorm2d": "batch",
    "instancenorm2d": "instance",
    "groupnorm": "group",
    "layernorm": "layer",
    "batchnorm": "batch",
    "batch_norm": "batch",
    "bn": "batch",
    "reflection": "reflect",
    "cubic": "bicubic",
}

_QUOTES = str.maketrans("", "", "\u201c\u201d\u2018\u2019\u201e\u00ab\u00bb")
_DASHES = str.maketrans("\u2013\u2014\u2212", "---")


def field_for(word: str, fields: Iterable[str]) -> str | None:
    """The field that is meant by a word from elsewhere, if a layer has it.

    Example:
        >>> field_for("out_channels", ["channels", "kernel"]), field_for("zonk", ["channels"])
        ('channels', None)
    """
    return _among(_FIELDS, word, fields)


def no_such_field(word: str) -> str | None:
    """What to do instead of a field that has no counterpart here."""
    return _NO_FIELD.get(word.lower())


def no_such_kind(word: str) -> str | None:
    """What to do instead of a layer that has no counterpart here."""
    return _NO_KIND.get(word.lower())


def word_for(word: str, words: Iterable[str]) -> str | None:
    """The word that is meant by one from elsewhere, if it is among ``words``."""
    return _among(_WORDS, word, words)


def called_with(text: str) -> tuple[str, str] | None:
    """A call in Python as its last name and its number, which is "" without one.

    Example:
        >>> called_with("nn.LeakyReLU(negative_slope=0.2)"), called_with("nn.ReLU()")
        (('LeakyReLU', '0.2'), ('ReLU', ''))
    """
    found = re.fullmatch(r"(?:\w+\.)*(\w+)\((?:\s*(?:\w+\s*=\s*)?([-+.\de]+)\s*)?\)", text)
    return (found[1], found[2] or "") if found else None


def _among(meanings: Mapping[str, str], word: str, known: Iterable[str]) -> str | None:
    meant = meanings.get(word.lower())
    return meant if meant is not None and meant in known else None


def _with_point(text: str) -> str:
    """A decimal comma as a point; the comma of ``1,000`` isn't one."""
    return "" if re.fullmatch(r"[1-9]\d{0,2}(,000)+", text) else text.replace(",", ".")


def _without_thousands(text: str) -> str:
    return text.replace(",", "") if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+", text) else ""


def read_as_meant(text: str, allowed: Callable[[object], bool]) -> str:
    """The sentence that mends a number or word as a word processor or another language writes it.

    Args:
        text: as written.
        allowed: whether a value may stand there.

    Example:
        >>> read_as_meant("1_000", lambda value: isinstance(value, int))
        'write 1000: a number has no `_` in YAML 1.2'
    """
    ways = (
        (text.translate(_QUOTES), "these are a word processor's quotes"),
        (text.translate(_DASHES), "this is a dash, no minus sign"),
        (text.replace("_", ""), "a number has no `_` in YAML 1.2"),
        (_with_point(text), "a decimal fraction is written with a point"),
        (_without_thousands(text), "a number has no comma between its thousands"),
    )
    for meant, why in ways:
        if meant != text and meant and allowed(core_value(meant)):
            return f"write {meant}: {why}"
    if text.translate(_QUOTES) != text:
        return "these are a word processor's quotes: write the value without them"
    if text.translate(_DASHES) != text and isinstance(core_value(text.translate(_DASHES)), int):
        return f"this is a dash, no minus sign, and {text.translate(_DASHES)} isn't allowed either"
    return ""
