import ast
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archsearch.spec import ExpressionError, ExpressionValue, parse_expression

NAMES = {"width": 8, "i": 2, "p": 0.25, "zero": 0, "minus": -3}


def numbers(depth: int = 3) -> st.SearchStrategy[str]:
    leaf = st.one_of(
        st.integers(0, 40).map(str),
        st.sampled_from(["0.5", "1e2", "2.25", "1_000", *NAMES]),
    )
    if depth == 0:
        return leaf
    inner = numbers(depth - 1)
    return st.one_of(
        leaf,
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%", "**"]), inner).map(
            " ".join
        ),
        inner.map("({})".format),
        inner.map("-{}".format),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
        inner.map("round({})".format),
        st.tuples(inner, truths(depth - 1), inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
    )


def truths(depth: int) -> st.SearchStrategy[str]:
    value = numbers(0)
    signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    comparison = st.tuples(value, signs, value).map(" ".join)
    chain = st.tuples(value, signs, value, signs, value).map(" ".join)
    leaf = st.one_of(comparison, chain, st.sampled_from(["True", "False"]))
    if depth <= 0:
        return leaf
    inner = truths(depth - 1)
    return st.one_of(
        leaf,
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
        inner.map("not {}".format),
        inner.map("({})".format),
    )


def outcome(text: str) -> ExpressionValue | ExpressionError:
    try:
        return parse_expression(text).evaluate(NAMES)
    except ExpressionError as error:
        return error


def by_python(text: str) -> object:
    return eval(text, {"__builtins__": {"min": min, "max": max, "round": round}}, dict(NAMES))  # noqa: S307


def leaves_the_bounds(text: str) -> bool:
    """Whether Python fails, or some part of the expression is beyond 2⁵³ or no real number.

    Inner parts come first, so that Python never works for hours on a tower of powers.
    """
    for node in reversed(list(ast.walk(ast.parse(text, mode="eval")))):
        if not isinstance(node, (ast.BinOp, ast.Call)):
            continue
        try:
            if is_huge_power(node):
                return True
            value = by_python(ast.unparse(node))
        except (ZeroDivisionError, OverflowError):
            return True
        if isinstance(value, complex) or not abs(value) <= 2**53:  # type: ignore[operator]
            return True
    return False


def is_huge_power(node: ast.expr) -> bool:
    """Whether this is a power of over 2¹¹⁰⁰, told without computing it."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)):
        return False
    base, exponent = (by_python(ast.unparse(side)) for side in (node.left, node.right))
    return bool(abs(base) > 1 and exponent * math.log2(abs(base)) > 1100)  # type: ignore[operator, arg-type]


def is_tame(text: str) -> bool:
    """Whether it is short enough for many examples: no long towers of powers."""
    return text.count("**") <= 2


def test_a_tower_of_powers_is_beyond_the_bounds_at_once() -> None:
    assert leaves_the_bounds("40 ** 40 ** 40")
    assert leaves_the_bounds("2 ** 1100")
    assert not leaves_the_bounds("2 ** 53")


@given(st.one_of(numbers(), truths(2)).filter(is_tame))
@settings(max_examples=600, deadline=None)
def test_values_are_pythons(text: str):
    ours = outcome(text)
    if isinstance(ours, ExpressionError):
        assert ours.code == "expression-value"
        assert leaves_the_bounds(text), f"{text}: {ours}"
        return
    python = by_python(text)
    assert type(ours) is type(python), text
    assert ours == python or math.isclose(ours, python)  # type: ignore[arg-type]


@given(st.text(max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_text_is_an_expression_or_an_error_with_a_place(text: str):
    found = outcome(text)
    if isinstance(found, ExpressionError):
        assert found.code in {"bad-expression", "unknown-name", "expression-value"}
        assert 0 <= found.offset <= len(text)
        assert found.message


TOKENS = (
    *("1", "2", "0.5", "width", "i", "nothing", "(", ")", "+", "-", "*", "/", "//", "%", "**"),
    *("<", "==", "and", "or", "not", "if", "else", "min", "max", "round", ",", "'a'", "true"),
)


@given(st.lists(st.sampled_from(TOKENS), max_size=14).map(" ".join))
@settings(max_examples=600, deadline=None)
def test_any_tokens_are_an_expression_or_an_error(text: str):
    value = outcome(text)
    if isinstance(value, (int, float)):
        assert abs(value) <= 2**53


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-2 ** 2", -4),
        ("2 ** -1", 0.5),
        ("2 ** 3 ** 2", 512),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("7 % 3", 1),
        ("round(2.5)", 2),
        ("1 < 2 < 3", True),
        ("1 < 2 > 3", False),
        ("not 1 > 2", True),
        ("'a' == \"a\"", True),
        ("down == 'pool'", True),
        ("1 == true", False),
        ("1 if true else 1 / 0", 1),
        ("false and 1 / 0 > 1", False),
        ("2 × 3 − 1", 5),
        ("latent.size <= 2_048", True),
    ],
)
def test_values(text: str, value: object):
    found = parse_expression(text).evaluate({"down": "pool", "latent.size": 1024})
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad-expression"),
        ("1 +", "bad-expression"),
        ("1 2", "bad-expression"),
        ("(1", "bad-expression"),
        ("f(1)", "bad-expression"),
        ("round(1, 2)", "bad-expression"),
        ("a[0]", "bad-expression"),
        ("lambda: 1", "bad-expression"),
        ("__import__('os')", "bad-expression"),
        ("'a'.upper()", "bad-expression"),
        ("1 if 2", "bad-expression"),
        ("x := 1", "bad-expression"),
        ("nothing", "unknown-name"),
        ("().__class__", "bad-expression"),
        ("width.__class__", "unknown-name"),
        ("1 / 0", "expression-value"),
        ("0 ** -1", "expression-value"),
        ("2 ** 54", "expression-value"),
        ("9007199254740993", "expression-value"),
        ("(-8) ** 0.5", "expression-value"),
        ("'a' + 'b'", "expression-value"),
        ("'a' < 'b'", "expression-value"),
        ("true + 1", "expression-value"),
        ("1 and true", "expression-value"),
        ("not 1", "expression-value"),
        ("1 if 1 else 2", "expression-value"),
    ],
)
def test_refusals(text: str, code: str):
    with pytest.raises(ExpressionError) as raised:
        parse_expression(text).evaluate(NAMES)
    assert raised.value.code == code


def test_an_error_has_its_place():
    for text, offset in [("1 + if", 4), ("width ^ 2", 6), ("a and", 5), ("1 + (2 else", 7)]:
        with pytest.raises(ExpressionError) as raised:
            parse_expression(text)
        assert raised.value.offset == offset, text


def test_an_unknown_name_has_its_place():
    expression = parse_expression("min(width, wdith)")
    assert expression.names == (("width", 4), ("wdith", 11))
