"""Expressions in specs and studies: ``$width``, ``$(width * 2 ** i)``, constraints.

A small language with its own parser and a closed list of operations; nothing
of Python's is reachable from it. Numbers, texts, names (dotted in
constraints), ``+ - * / // % **``, comparisons, ``and or not``, ``a if c else
b``, ``min max round``. Every number stays within 2⁵³, where floats are exact.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

__all__ = ["Expression", "ExpressionError", "ExpressionValue", "parse_expression"]

ExpressionValue = bool | int | float | str
Environment = Mapping[str, ExpressionValue]
Evaluate = Callable[[Environment], ExpressionValue]

LARGEST: Final = 2**53
LONGEST: Final = 1000
DEEPEST: Final = 40


class ExpressionError(Exception):
    """What is wrong with an expression, and where in its text.

    Attributes:
        code: ``bad-expression``, ``unknown-name`` or ``expression-value``.
        message: what is wrong.
        help: how to mend it.
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


class _Token(NamedTuple):
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
_CONSTANTS: dict[str, bool] = {"true": True, "false": False, "True": True, "False": False}


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
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
        found.append(_Token(kind, _SAME_SIGN.get(word, word), start))
        position = match.end()
    return [*found, _Token("end", "", len(text))]


class _Parser:
    """Recursive descent, one method a level of precedence, bounded in depth."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.place = 0
        self.depth = 0
        self.names: list[tuple[str, int]] = []

    @property
    def token(self) -> _Token:
        return self.tokens[self.place]

    def accept(self, *signs: str) -> _Token | None:
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
            value = _choose(value, condition, self.ternary())
        self.depth -= 1
        return value

    def either(self) -> Evaluate:
        left = self.both()
        while token := self.accept("or"):
            left = _logic(token, left, self.both(), stop_at=True)
        return left

    def both(self) -> Evaluate:
        left = self.negation()
        while token := self.accept("and"):
            left = _logic(token, left, self.negation(), stop_at=False)
        return left

    def negation(self) -> Evaluate:
        count = 0
        last = None
        while token := self.accept("not"):
            last, count = token, count + 1
        value = self.comparison()
        return value if last is None else _not(last, value, count)

    def comparison(self) -> Evaluate:
        first = self.sum()
        links: list[tuple[_Token, Evaluate]] = []
        while token := self.accept("<", "<=", ">", ">=", "==", "!="):
            links.append((token, self.sum()))
        return _compare(first, links) if links else first

    def sum(self) -> Evaluate:
        left = self.product()
        while token := self.accept("+", "-"):
            left = _arithmetic(token, left, self.product())
        return left

    def product(self) -> Evaluate:
        left = self.signed()
        while token := self.accept("*", "/", "//", "%"):
            left = _arithmetic(token, left, self.signed())
        return left

    def signed(self) -> Evaluate:
        negative = False
        first = None
        while token := self.accept("-", "+"):
            first = first or token
            negative ^= token.text == "-"
        value = self.power()
        return value if first is None else _signed(first, value, negative=negative)

    def power(self) -> Evaluate:
        base = self.atom()
        if token := self.accept("**"):
            self.depth += 1
            if self.depth > DEEPEST:
                self.fail("the expression is nested too deeply")
            base = _arithmetic(token, base, self.signed())
            self.depth -= 1
        return base

    def atom(self) -> Evaluate:
        token = self.token
        self.place += 1
        if token.kind == "number":
            return _constant(self.number(token))
        if token.kind == "text":
            return _constant(token.text[1:-1])
        if token.kind == "name":
            return self.named(token)
        self.place -= 1
        if self.accept("("):
            value = self.ternary()
            self.expect(")")
            return value
        self.fail("a value is missing" if token.kind == "end" else f"`{token.text}` is not a value")
        raise AssertionError

    def number(self, token: _Token) -> float | int:
        text = token.text
        try:
            value = int(text) if text.replace("_", "").isdigit() else float(text)
        except ValueError as error:
            message = f"`{text[:40]}` is not a number"
            raise ExpressionError("bad-expression", message, "", token.offset, len(text)) from error
        if abs(value) > LARGEST:
            message = f"{text[:40]} is larger than 2⁵³"
            raise ExpressionError("expression-value", message, _SMALLER, token.offset, len(text))
        return value

    def named(self, token: _Token) -> Evaluate:
        if self.accept("("):
            return self.call(token)
        if token.text in _CONSTANTS:
            return _constant(_CONSTANTS[token.text])
        self.names.append((token.text, token.offset))
        return _name(token)

    def call(self, token: _Token) -> Evaluate:
        arguments = [self.ternary()]
        while self.accept(","):
            arguments.append(self.ternary())
        self.expect(")")
        if token.text in {"min", "max"}:
            return _extreme(token, arguments)
        if token.text == "round" and len(arguments) == 1:
            return _round(token, arguments[0])
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


def _constant(value: ExpressionValue) -> Evaluate:
    return lambda _: value


def _name(token: _Token) -> Evaluate:
    name = token.text

    def evaluate(environment: Environment) -> ExpressionValue:
        try:
            return environment[name]
        except KeyError:
            message = f"nothing is named `{name}`"
            raise ExpressionError("unknown-name", message, "", token.offset, len(name)) from None

    return evaluate


_NO_ZERO = "keep the divisor above 0, for example with max(1, …)"
_SMALLER = "numbers stay within 2⁵³ = 9,007,199,254,740,992, where floats are exact"
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}


def _arithmetic(token: _Token, left: Evaluate, right: Evaluate) -> Evaluate:
    sign = token.text
    compute = _power if sign == "**" else _ARITHMETIC[sign]

    def evaluate(environment: Environment) -> ExpressionValue:
        a, b = _number(token, left(environment)), _number(token, right(environment))
        try:
            value = compute(a, b)
        except ZeroDivisionError:
            raise _value_error(token, f"{a} {sign} {b} divides by zero", _NO_ZERO) from None
        except OverflowError:
            raise _value_error(token, f"{a} {sign} {b} is larger than 2⁵³", _SMALLER) from None
        return _bounded(token, value)

    return evaluate


def _power(base: float, exponent: float) -> float:
    if base == 0 and exponent < 0:
        raise ZeroDivisionError
    if abs(base) > 1 and exponent * math.log2(abs(base)) > 53.5:
        raise OverflowError
    if isinstance(base, int) and isinstance(exponent, int) and abs(base) <= 1 < exponent:
        exponent = 2 + exponent % 2  # the same value without a long loop
    value: float | complex = base**exponent
    return math.nan if isinstance(value, complex) else value


def _bounded(token: _Token, value: float) -> float | int:
    if not abs(value) <= LARGEST:
        shown = "not a real number" if math.isnan(value) else "larger than 2⁵³"
        raise _value_error(token, f"the value is {shown}", _SMALLER)
    return value


def _value_error(token: _Token, message: str, help: str = "") -> ExpressionError:
    return ExpressionError("expression-value", message, help, token.offset, len(token.text))


def _number(token: _Token, value: ExpressionValue) -> float | int:
    if isinstance(value, bool) or not isinstance(value, (int, float)):  # a param may be a pair
        raise _value_error(
            token,
            f"`{token.text}` needs numbers, and {value!r} is none",
            "texts and booleans only compare",
        )
    return value


def _truth(token: _Token, value: ExpressionValue) -> bool:
    if not isinstance(value, bool):
        raise _value_error(
            token,
            f"`{token.text}` needs true or false, and {value!r} is neither",
            f"write a comparison, such as {value!r} > 0",
        )
    return value


def _signed(token: _Token, value: Evaluate, *, negative: bool) -> Evaluate:
    factor = -1 if negative else 1
    return lambda environment: factor * _number(token, value(environment))


def _not(token: _Token, value: Evaluate, count: int) -> Evaluate:
    flip = count % 2 == 1
    return lambda environment: _truth(token, value(environment)) != flip


def _logic(token: _Token, left: Evaluate, right: Evaluate, *, stop_at: bool) -> Evaluate:
    def evaluate(environment: Environment) -> ExpressionValue:
        if _truth(token, left(environment)) is stop_at:
            return stop_at
        return _truth(token, right(environment))

    return evaluate


def _choose(value: Evaluate, condition: Evaluate, other: Evaluate) -> Evaluate:
    token = _Token("sign", "if", 0)

    def evaluate(environment: Environment) -> ExpressionValue:
        chosen = value if _truth(token, condition(environment)) else other
        return chosen(environment)

    return evaluate


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compare(first: Evaluate, links: list[tuple[_Token, Evaluate]]) -> Evaluate:
    def evaluate(environment: Environment) -> ExpressionValue:
        left = first(environment)
        for token, following in links:
            right = following(environment)
            if not _holds(token, left, right):
                return False
            left = right
        return True

    return evaluate


def _holds(token: _Token, left: ExpressionValue, right: ExpressionValue) -> bool:
    if token.text in {"==", "!="}:
        alike = isinstance(left, bool) == isinstance(right, bool)
        return (alike and left == right) is (token.text == "==")
    return _COMPARISONS[token.text](_number(token, left), _number(token, right))


def _extreme(token: _Token, arguments: list[Evaluate]) -> Evaluate:
    pick = min if token.text == "min" else max
    return lambda environment: pick(_number(token, a(environment)) for a in arguments)


def _round(token: _Token, argument: Evaluate) -> Evaluate:
    return lambda environment: round(_number(token, argument(environment)))
