"""Plain scalars mean what YAML 1.2's core schema says, and the reader keeps their places."""

import math

import pytest

from archsearch.spec import Source
from archsearch.spec.text.nodes import ListNode, MapNode, Scalar, ScalarNode, plain_data
from archsearch.spec.text.reader import read_yaml
from archsearch.spec.text.scalars import core_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        ("3.0e-3", 0.003),
        ("+12", 12),
        ("-0", 0),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        (".5", 0.5),
        ("5.", 5.0),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("Null", None),
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("y", "y"),
        ("off", "off"),
        ("12:30:45", "12:30:45"),
        ("2026-01-01", "2026-01-01"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("0O17", "0O17"),
        ("tRue", "tRue"),
        ("1e", "1e"),
        (".", "."),
        ("1.2.3", "1.2.3"),
        ("=", "="),
    ],
)
def test_core_schema(text: str, value: Scalar):
    found = core_value(text)
    assert found == value
    assert type(found) is type(value)
    assert math.isnan(core_value(".nan"))  # type: ignore[arg-type]


def root(text: str) -> MapNode:
    source = Source("f", text)
    found = read_yaml(source)
    assert source.diagnostics == []
    assert found is not None
    return found


def test_quotes_and_the_own_tags_decide_the_type():
    data = plain_data(root("a: '12'\nb: !!str 12\nc: !!int '12'\nd: \"no\"\ne: |\n  12\nf: ! 12\n"))
    assert data == {"a": "12", "b": "12", "c": 12, "d": "no", "e": "12\n", "f": "12"}


def test_an_alias_is_the_same_value_again():
    assert plain_data(root("a: &x [1, 2]\nb: *x\n")) == {"a": [1, 2], "b": [1, 2]}


def test_places():
    node = root("name: net\nlist: [a, {b: 1}]  # c\n")
    entry = node.entry("list")
    assert entry is not None
    assert isinstance(entry.value, ListNode)
    assert (entry.key_node.span.line, entry.key_node.span.column) == (2, 1)
    assert (entry.value.span.column, entry.value.span.end) == (7, 18)
    inner = entry.value.items[1]
    assert isinstance(inner, MapNode)
    assert (inner.span.column, inner.span.end) == (11, 17)
    number = inner.entries[0].value
    assert isinstance(number, ScalarNode)
    assert (number.span.column, number.span.end, number.text) == (15, 16, "1")


def test_keys_are_texts_with_a_typed_value():
    node = root("1: a\ntrue: b\n'2': c\n")
    assert [(e.key, e.key_node.value) for e in node] == [("1", 1), ("true", True), ("2", "2")]
