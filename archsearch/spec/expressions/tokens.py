"""An expression's text cut into tokens, and the error that all its parts raise."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["ExpressionError", "Token", "tokens"]


class ExpressionError(Exception):
    """What is wrong with an expression, and where in its text.

    Attributes:
        code: ``bad-expression``, ``unknown-name`` or ``expression-value``.
        message: what is wrong.
        help: how to fix it.
        offset: characters from the start of the expression.
        length: characters meant.
    """

    def __init__(
        self, code: str, message: str, help: str = "", offset: int = 0, length: int = 1
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help
        self.offset = offset
        self.length = length


class Token(NamedTuple):
    """A number, name, text or sign, with its place in the expression."""

    kind: str
    text: str
    offset: int


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d+)?)
    | (?P<name>[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)*)
    | (?P<text>'[^']*'|"[^"]*")
    | (?P<sign>\*\*|//|<=|>=|==|!=|[-+*/%<>(),−×])
    )""",
    re.VERBOSE,
)
_SAME_SIGN = {"−": "-", "×": "*"}
_WORDS = frozenset({"and", "or", "not", "if", "else"})


def tokens(text: str) -> list[Token]:
    """Cut ``text`` into tokens, an ``end`` behind the last.

    Raises:
        ExpressionError: a character that has no meaning.
    """
    found: list[Token] = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            raise ExpressionError(
                "bad-expression",
                f"`{text[start]}` has no meaning in an expression",
                "allowed: numbers, texts, names, + - * / // % **, comparisons, and or not, "
                "a if c else b, min max round",
                start,
            )
        kind = match.lastgroup or ""
        word, start = match[kind], match.start(kind)
        if kind == "name" and word in _WORDS:
            kind = "sign"
        found.append(Token(kind, _SAME_SIGN.get(word, word), start))
        position = match.end()
    return [*found, Token("end", "", len(text))]
