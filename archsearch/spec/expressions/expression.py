"""Expressions in specs and studies: ``$width``, ``$(width * 2 ** i)``, constraints.

A small language with its own parser and a closed list of operations; nothing
of Python's is reachable from it. Numbers, texts, names (dotted in
constraints), ``+ - * / // % **``, comparisons, ``and or not``, ``a if c else
b``, ``min max round``. Every number stays within 2⁵³, where floats are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from archsearch.spec.expressions.tokens import ExpressionError, Token, tokens
from archsearch.spec.expressions.values import (
    LARGEST,
    SMALLER,
    Environment,
    Evaluate,
    ExpressionValue,
    arithmetic,
    choice,
    comparison,
    constant,
    extreme,
    logic,
    named,
    negated,
    rounded,
    signed,
)

__all__ = ["Expression", "ExpressionError", "ExpressionValue", "parse_expression"]

LONGEST: Final = 1000
DEEPEST: Final = 40
_CONSTANTS: dict[str, bool] = {"true": True, "false": False, "True": True, "False": False}


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression; ``names`` are those it reads, with their offsets."""

    text: str
    names: tuple[tuple[str, int], ...]
    _evaluate: Evaluate

    def evaluate(self, environment: Environment) -> ExpressionValue:
        """Its value, given the value of each name.

        Raises:
            ExpressionError: an unknown name, a wrong type, a division by zero
                or a number beyond 2⁵³.

        Example:
            >>> parse_expression("width * 2 ** i").evaluate({"width": 8, "i": 2})
            32
        """
        return self._evaluate(environment)


def parse_expression(text: str) -> Expression:
    """Parse ``text``; nothing is evaluated yet.

    Raises:
        ExpressionError: with code ``bad-expression``.
    """
    if len(text) > LONGEST:
        raise ExpressionError("bad-expression", f"the expression is over {LONGEST} characters long")
    parser = _Parser(text)
    evaluate = parser.ternary()
    parser.expect_end()
    return Expression(text, tuple(parser.names), evaluate)


class _Parser:
    """Recursive descent, one method a level of precedence, bounded in depth."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.place = 0
        self.depth = 0
        self.names: list[tuple[str, int]] = []

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def accept(self, *signs: str) -> Token | None:
        if self.token.kind == "sign" and self.token.text in signs:
            self.place += 1
            return self.tokens[self.place - 1]
        return None

    def expect(self, sign: str) -> None:
        if self.accept(sign) is None:
            self.fail(f"`{sign}` is missing")

    def expect_end(self) -> None:
        if self.token.kind != "end":
            self.fail(f"`{self.token.text}` is not expected here")

    def fail(self, message: str) -> None:
        token = self.token
        raise ExpressionError("bad-expression", message, "", token.offset, max(1, len(token.text)))

    def ternary(self) -> Evaluate:
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail("the expression is nested too deeply")
        value = self.either()
        if self.accept("if"):
            condition = self.either()
            self.expect("else")
            value = choice(value, condition, self.ternary())
        self.depth -= 1
        return value

    def either(self) -> Evaluate:
        left = self.both()
        while token := self.accept("or"):
            left = logic(token, left, self.both(), stop_at=True)
        return left

    def both(self) -> Evaluate:
        left = self.negation()
        while token := self.accept("and"):
            left = logic(token, left, self.negation(), stop_at=False)
        return left

    def negation(self) -> Evaluate:
        count = 0
        last = None
        while token := self.accept("not"):
            last, count = token, count + 1
        value = self.comparison()
        return value if last is None else negated(last, value, count)

    def comparison(self) -> Evaluate:
        first = self.sum()
        links: list[tuple[Token, Evaluate]] = []
        while token := self.accept("<", "<=", ">", ">=", "==", "!="):
            links.append((token, self.sum()))
        return comparison(first, links) if links else first

    def sum(self) -> Evaluate:
        left = self.product()
        while token := self.accept("+", "-"):
            left = arithmetic(token, left, self.product())
        return left

    def product(self) -> Evaluate:
        left = self.signed()
        while token := self.accept("*", "/", "//", "%"):
            left = arithmetic(token, left, self.signed())
        return left

    def signed(self) -> Evaluate:
        negative = False
        first = None
        while token := self.accept("-", "+"):
            first = first or token
            negative ^= token.text == "-"
        value = self.power()
        return value if first is None else signed(first, value, negative=negative)

    def power(self) -> Evaluate:
        base = self.atom()
        if token := self.accept("**"):
            self.depth += 1
            if self.depth > DEEPEST:
                self.fail("the expression is nested too deeply")
            base = arithmetic(token, base, self.signed())
            self.depth -= 1
        return base

    def atom(self) -> Evaluate:
        token = self.token
        self.place += 1
        if token.kind == "number":
            return constant(self.number(token))
        if token.kind == "text":
            return constant(token.text[1:-1])
        if token.kind == "name":
            return self.named(token)
        self.place -= 1
        if self.accept("("):
            value = self.ternary()
            self.expect(")")
            return value
        self.fail("a value is missing" if token.kind == "end" else f"`{token.text}` is not a value")
        raise AssertionError

    def number(self, token: Token) -> float | int:
        text = token.text
        try:
            value = int(text) if text.replace("_", "").isdigit() else float(text)
        except ValueError as error:
            message = f"`{text[:40]}` is not a number"
            raise ExpressionError("bad-expression", message, "", token.offset, len(text)) from error
        if abs(value) > LARGEST:
            message = f"{text[:40]} is larger than 2⁵³"
            raise ExpressionError("expression-value", message, SMALLER, token.offset, len(text))
        return value

    def named(self, token: Token) -> Evaluate:
        if self.accept("("):
            return self.call(token)
        if token.text in _CONSTANTS:
            return constant(_CONSTANTS[token.text])
        self.names.append((token.text, token.offset))
        return named(token)

    def call(self, token: Token) -> Evaluate:
        arguments = [self.ternary()]
        while self.accept(","):
            arguments.append(self.ternary())
        self.expect(")")
        if token.text in {"min", "max"}:
            return extreme(token, arguments)
        if token.text == "round" and len(arguments) == 1:
            return rounded(token, arguments[0])
        known = token.text == "round"
        raise ExpressionError(
            "bad-expression",
            f"round takes one value, not {len(arguments)}"
            if known
            else f"there is no function `{token.text}`",
            "there are min(a, b, …), max(a, b, …) and round(a)",
            token.offset,
            len(token.text),
        )
