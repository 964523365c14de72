"""What YAML reads otherwise than it is meant: a blank or a colon is missing, or brackets."""

from __future__ import annotations

import re

from archsearch.spec.text.nodes import MapNode, Node, ScalarNode
from archsearch.spec.text.scalars import core_value
from archsearch.spec.text.source import Source

__all__ = ["as_meant", "tuple_of"]

_NO_BREAK = "\u00a0\u2007\u202f"
_GLUED = re.compile(rf"([A-Za-z_]\w*):([{_NO_BREAK}]*)(.*)", re.DOTALL)
_EQUALS = re.compile(r"([A-Za-z_]\w*)\s*=\s*(\S.*)")
_NO_COLON = re.compile(r"([A-Za-z_]\w*)\s*\{")


def as_meant(source: Source, key: ScalarNode, value: Node) -> tuple[ScalarNode, Node] | None:
    """Key and value as they were meant, the mistake noted; None where there is none.

    Args:
        source: where the problem goes.
        key: as YAML reads it: ``channels:8`` with nothing behind it, ``conv {channels`` with 8.
        value: what YAML takes for its value; ``kernel=3`` has none, either.
    """
    glued, nothing = _GLUED.fullmatch(key.text), _is_nothing(value)
    if nothing and (set_ := _EQUALS.fullmatch(key.text)):
        word, rest = set_.groups()
        help = f"write `{word}: {rest}`"
        source.problem("yaml-syntax", key.span, f"`{word}` has `=` for its colon", help=help)
        return ScalarNode(word, word, key.span), ScalarNode(core_value(rest), rest, key.span)
    if glued and (nothing or "{" in glued[3]):
        word, space, rest = glued.groups()
        if space:
            message = f"a no-break space stands behind `{word}:`"
            help = "type an ordinary space in its place"
        else:
            message = f"a space is missing behind `{word}:`"
            help = f"write `{word}: {rest if nothing else rest + ': …}'}`"
        inner = ScalarNode(core_value(rest), rest, key.span) if nothing and rest else None
    elif bare := _NO_COLON.match(key.text):
        word, inner = bare[1], None
        message = f"a colon is missing behind `{word}`"
        help = f"write `{word}: {key.text[key.text.index('{') :]}: …}}`"
    else:
        return None
    source.problem("yaml-syntax", key.span, message, help=help)
    return ScalarNode(word, word, key.span), inner or MapNode((), key.span, damaged=True)


def _is_nothing(value: Node) -> bool:
    return isinstance(value, ScalarNode) and value.value is None


def tuple_of(text: str) -> str:
    """A Python tuple as the list that it is here; "" for anything else.

    Example:
        >>> tuple_of("(3, 3)"), tuple_of("(2")
        ('[3, 3]', '')
    """
    found = re.fullmatch(r"\(\s*(\d+)\s*,\s*(\d+)\s*,?\s*\)", text)
    return f"[{found[1]}, {found[2]}]" if found else ""
