"""What params, loops and layers may be called."""

from __future__ import annotations

import re
from collections.abc import Container

__all__ = ["RESERVED", "bad_name"]

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_OF_MODELS = (
    "latent bottleneck params macs encoder_depth train task data input defaults encoder decoder"
)
RESERVED = tuple(_OF_MODELS.split())
"""Names that mean something in paths and constraints."""
_OF_EXPRESSIONS = "and or not if else true false True False min max round"
_OPERATORS = frozenset(_OF_EXPRESSIONS.split())


def bad_name(name: str, taken: Container[str] = ()) -> str:
    """Why ``name`` can't be used, or "".

    Example:
        >>> bad_name("width"), bad_name("latent")
        ('', '`latent` already means something else; choose another name')
    """
    if not _IDENTIFIER.fullmatch(name):
        return "use letters, digits and _, not beginning with a digit"
    if name in RESERVED or name in _OPERATORS:
        return f"`{name}` already means something else; choose another name"
    return f"`{name}` is taken; choose another name" if name in taken else ""
