"""What the parts of an expression compute: closures over an environment.

Every number stays within 2⁵³, where floats are exact; texts and booleans only
compare. ``token`` is the sign that a complaint points to.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Final

from archsearch.spec.expressions.tokens import ExpressionError, Token

__all__ = [
    "LARGEST",
    "SMALLER",
    "Environment",
    "Evaluate",
    "ExpressionValue",
    "arithmetic",
    "choice",
    "comparison",
    "constant",
    "extreme",
    "logic",
    "named",
    "negated",
    "rounded",
    "signed",
]

ExpressionValue = bool | int | float | str
Environment = Mapping[str, ExpressionValue]
Evaluate = Callable[[Environment], ExpressionValue]

LARGEST: Final = 2**53


def constant(value: ExpressionValue) -> Evaluate:
    """The value itself."""
    return lambda _: value


def named(token: Token) -> Evaluate:
    """The value of a name."""
    name = token.text

    def evaluate(environment: Environment) -> ExpressionValue:
        try:
            return environment[name]
        except KeyError:
            message = f"nothing is named `{name}`"
            raise ExpressionError("unknown-name", message, "", token.offset, len(name)) from None

    return evaluate


_NO_ZERO = "keep the divisor above 0, for example with max(1, …)"
SMALLER = "numbers stay within 2⁵³ = 9,007,199,254,740,992, where floats are exact"
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}


def arithmetic(token: Token, left: Evaluate, right: Evaluate) -> Evaluate:
    """Two numbers and a sign."""
    sign = token.text
    compute = _power if sign == "**" else _ARITHMETIC[sign]

    def evaluate(environment: Environment) -> ExpressionValue:
        a, b = _number(token, left(environment)), _number(token, right(environment))
        try:
            value = compute(a, b)
        except ZeroDivisionError:
            raise _value_error(token, f"{a} {sign} {b} divides by zero", _NO_ZERO) from None
        except OverflowError:
            raise _value_error(token, f"{a} {sign} {b} is larger than 2⁵³", SMALLER) from None
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


def _bounded(token: Token, value: float) -> float | int:
    if not abs(value) <= LARGEST:
        shown = "not a real number" if math.isnan(value) else "larger than 2⁵³"
        raise _value_error(token, f"the value is {shown}", SMALLER)
    return value


def _value_error(token: Token, message: str, help: str = "") -> ExpressionError:
    return ExpressionError("expression-value", message, help, token.offset, len(token.text))


def _number(token: Token, value: ExpressionValue) -> float | int:
    if isinstance(value, bool) or not isinstance(value, (int, float)):  # a param may be a pair
        raise _value_error(
            token,
            f"`{token.text}` needs numbers, and {value!r} isn't one",
            "texts and booleans can only be compared",
        )
    return value


def _truth(token: Token, value: ExpressionValue) -> bool:
    if not isinstance(value, bool):
        raise _value_error(
            token,
            f"`{token.text}` needs true or false, and {value!r} is neither",
            f"write a comparison, such as {value!r} > 0",
        )
    return value


def signed(token: Token, value: Evaluate, *, negative: bool) -> Evaluate:
    """A number, or its negative."""
    factor = -1 if negative else 1
    return lambda environment: factor * _number(token, value(environment))


def negated(token: Token, value: Evaluate, count: int) -> Evaluate:
    """`not`, so many times."""
    flip = count % 2 == 1
    return lambda environment: _truth(token, value(environment)) != flip


def logic(token: Token, left: Evaluate, right: Evaluate, *, stop_at: bool) -> Evaluate:
    """`and` or `or`; the right side only where it decides."""

    def evaluate(environment: Environment) -> ExpressionValue:
        if _truth(token, left(environment)) is stop_at:
            return stop_at
        return _truth(token, right(environment))

    return evaluate


def choice(value: Evaluate, condition: Evaluate, other: Evaluate) -> Evaluate:
    """`value if condition else other`."""
    token = Token("sign", "if", 0)

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


def comparison(first: Evaluate, links: list[tuple[Token, Evaluate]]) -> Evaluate:
    """A chain of comparisons, as in `1 < a <= 8`."""

    def evaluate(environment: Environment) -> ExpressionValue:
        left = first(environment)
        for token, following in links:
            right = following(environment)
            if not _holds(token, left, right):
                return False
            left = right
        return True

    return evaluate


def _holds(token: Token, left: ExpressionValue, right: ExpressionValue) -> bool:
    if token.text in {"==", "!="}:
        alike = isinstance(left, bool) == isinstance(right, bool)
        return (alike and left == right) is (token.text == "==")
    return _COMPARISONS[token.text](_number(token, left), _number(token, right))


def extreme(token: Token, arguments: list[Evaluate]) -> Evaluate:
    """`min` or `max`."""
    pick = min if token.text == "min" else max
    return lambda environment: pick(_number(token, a(environment)) for a in arguments)


def rounded(token: Token, argument: Evaluate) -> Evaluate:
    """`round`: to the nearest whole number, halves to even."""
    return lambda environment: round(_number(token, argument(environment)))
