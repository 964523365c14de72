"""Values in a spec: literals, lists, ``$name`` and ``$(…)``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from archsearch.spec.diagnostic import Span
from archsearch.spec.expression import Expression, ExpressionError, parse_expression
from archsearch.spec.fields import Field, Raw
from archsearch.spec.nearest import did_you_mean, nearest
from archsearch.spec.nodes import ListNode, MapNode, Node, Scalar, ScalarNode
from archsearch.spec.source import Source
from archsearch.spec.syntax import Part, Written

__all__ = ["Scope", "check_literal", "literal_of", "parse_written", "shown"]

_NAME = re.compile(r"\$([A-Za-z_][A-Za-z_0-9]*)")


@dataclass
class Scope:
    """The names an expression may read; those read are remembered."""

    names: Mapping[str, Scalar]
    used: set[str] = field(default_factory=set)


def parse_written(source: Source, node: Node, scope: Scope, what: str) -> Written | None:
    """Read a value; problems go to ``source`` and give None.

    Args:
        source: where problems go.
        node: the value's node.
        scope: names that expressions may read.
        what: the key, for messages.
    """
    if isinstance(node, MapNode):
        source.problem("wrong-type", node.span, f"`{what}` takes a value, not a mapping of keys")
        return None
    if isinstance(node, ListNode):
        written = [parse_written(source, item, scope, what) for item in node.items]
        if any(item is None or item.is_list for item in written):
            return None
        return Written(tuple(item.parts[0] for item in written if item), True, node.span)
    part = _parse_part(source, node, scope, what)
    return None if part is None else Written((part,), False, node.span)


def _parse_part(source: Source, node: ScalarNode, scope: Scope, what: str) -> Part:
    if node.value is None:
        source.problem(
            "null-value", node.span, f"`{what}` has no value", help="write one, or remove the key"
        )
        return None
    if not isinstance(node.value, str) or "$" not in node.value:
        return node.value
    return _parse_expression(source, node, node.value, scope)


def _parse_expression(source: Source, node: ScalarNode, text: str, scope: Scope) -> Part:
    quoted = node.span.end - node.span.column != len(text)
    start = node.span.column + quoted
    if match := _NAME.fullmatch(text):
        inner, offset = match[1], start + 1
    elif text.startswith("$(") and text.endswith(")"):
        inner, offset = text[2:-1], start + 2
    else:
        source.problem(
            "bad-expression",
            node.span,
            f"`{text}` is neither a value nor an expression",
            help="a value is a whole expression or none: write $name or $(…)",
        )
        return None
    try:
        expression = parse_expression(inner)
    except ExpressionError as error:
        place = Span(node.span.line, offset + error.offset, offset + error.offset + error.length)
        source.problem(error.code, place, error.message, help=error.help or _ALLOWED)
        return None
    return expression if _names_known(source, node.span, offset, expression, scope) else None


_ALLOWED = "see `archsearch explain bad-expression`"


def _names_known(
    source: Source, span: Span, offset: int, expression: Expression, scope: Scope
) -> bool:
    known = True
    for name, at in expression.names:
        scope.used.add(name)
        if name not in scope.names:
            known = False
            place = Span(span.line, offset + at, offset + at + len(name))
            help = did_you_mean(name, scope.names) if scope.names else "declare it under `params:`"
            source.problem("unknown-name", place, f"nothing is named `{name}`", help=help)
    return known


def literal_of(written: Written) -> Raw:
    """The value of a literal, as fields read it."""
    parts = tuple(part for part in written.parts if not isinstance(part, Expression))
    return parts if written.is_list else parts[0]


def check_literal(source: Source, field: Field, raw: Raw, span: Span, kind: str) -> bool:
    """Whether ``field`` allows ``raw``; if not, the problem is noted."""
    if field.type.read(raw) is not None:
        return True
    near = nearest(raw, field.type.words) if isinstance(raw, str) else None
    source.problem(
        "value-not-allowed",
        span,
        f"`{field.name}: {shown(raw)}` is not allowed in {kind}",
        help=f"did you mean `{near}`?" if near else f"`{field.name}` takes {field.type.expects}",
    )
    return False


def shown(raw: Raw) -> str:
    """A value as YAML shows it, shortened."""
    if isinstance(raw, tuple):
        return "[" + ", ".join(shown(part) for part in raw) + "]"
    if isinstance(raw, bool):
        return "true" if raw else "false"
    text = "null" if raw is None else str(raw)
    return text if len(text) <= 40 else text[:39] + "…"
