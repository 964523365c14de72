"""What a plain YAML scalar means: the core schema of YAML 1.2.

Source: YAML 1.2.2, section 10.3.2. So ``1e-3`` is a number, ``no`` and ``on``
are texts and ``012`` is twelve, as editors show them.
"""

from __future__ import annotations

import re

from archsearch.spec.text.nodes import Scalar

__all__ = ["core_value"]

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"([-+]?)\.(inf|Inf|INF)")
_NAN = frozenset({".nan", ".NaN", ".NAN"})
_LONGEST_INTEGER = 400  # digits; Python refuses conversions above 4300


def core_value(text: str) -> Scalar:
    """Resolve a plain (unquoted) scalar.

    Example:
        >>> [core_value(t) for t in ("1e-3", "no", "012", "0x1F", "~", "True")]
        [0.001, 'no', 12, 31, None, True]
    """
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    return _number(text)


def _number(text: str) -> float | int | str:
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= _LONGEST_INTEGER else float(text)
    if _BASED.fullmatch(text) and len(text) <= _LONGEST_INTEGER:
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if infinite := _INFINITE.fullmatch(text):
        return float(f"{infinite[1]}inf")
    return float("nan") if text in _NAN else text
