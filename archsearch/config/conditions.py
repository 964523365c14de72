"""``when`` on a domain: an expression that says where something is searched at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from archsearch.config.model import Model
from archsearch.config.study import ChoiceDomain, Domain
from archsearch.config.tasks.catalogue import DEFAULT_TASK
from archsearch.spec import (
    Expression,
    ExpressionError,
    ExpressionValue,
    Source,
    Span,
    parse_expression,
)
from archsearch.spec.syntax.parse_values import shown, yes_or_no
from archsearch.spec.text.nearest import did_you_mean
from archsearch.spec.text.nodes import Entry, MapNode, ScalarNode

__all__ = ["check_conditions", "condition_order", "parse_condition"]

_NAME = re.compile(r"\$([A-Za-z_][A-Za-z_0-9]*)")


def parse_condition(text: str) -> Expression:
    """Read ``$flag`` or ``$(…)``.

    Raises:
        ExpressionError: where it is neither; offsets count from the text's first letter.

    Example:
        >>> parse_condition("$(depth > 1)").evaluate({"depth": 2})
        True
    """
    if match := _NAME.fullmatch(text):
        return _shifted(match[1], 1)
    if text.startswith("$(") and text.endswith(")"):
        return _shifted(text[2:-1], 2)
    raise ExpressionError(
        "bad-expression",
        f"`{text}` is no condition",
        "write $name or $(…), as in `when: $residual` or `when: $(depth > 1)`",
        0,
        len(text),
    )


def _shifted(text: str, by: int) -> Expression:
    try:
        found = parse_expression(text)
    except ExpressionError as error:
        raise ExpressionError(
            error.code, error.message, error.help, error.offset + by, error.length
        ) from None
    return Expression(
        found.text, tuple((name, at + by) for name, at in found.names), found._evaluate
    )


def condition_order(conditions: Mapping[str, Expression], names: Iterable[str]) -> tuple[str, ...]:
    """``names`` so that each comes after those that its condition reads.

    Those of a circle are left out.

    Example:
        >>> condition_order({"a": parse_condition("$b")}, ["a", "b"])
        ('b', 'a')
    """
    waiting = dict.fromkeys(names)
    ordered: list[str] = []
    while waiting:
        ready = [
            name
            for name in waiting
            if name not in conditions
            or not any(other in waiting for other, _ in conditions[name].names)
        ]
        if not ready:
            break
        ordered += ready
        waiting = {name: None for name in waiting if name not in ready}
    return tuple(ordered)


def check_conditions(
    source: Source, node: MapNode, space: Mapping[str, Domain], model: Model
) -> None:
    """Note what is wrong with the conditions of ``space``, each at its place."""
    params = {**model.param_defaults, "task": DEFAULT_TASK.name}
    conditions: dict[str, Expression] = {}
    for entry in node:
        place = _when(entry)
        if place is None or entry.key not in space or space[entry.key].when is None:
            continue
        condition = _read(source, place)
        if condition is not None and _knows(source, place, condition, entry.key, space, params):
            conditions[entry.key] = condition
            _is_condition(source, place, condition, {**_examples(space), **params})
    ordered = condition_order(conditions, space)
    for entry in node:
        place = _when(entry)
        if place is not None and entry.key in conditions and entry.key not in ordered:
            source.problem(
                "bad-condition",
                place.span,
                f"the `when` of `{entry.key}` depends on itself",
                help="break the circle: leave out one of the conditions",
            )
            return


def _when(entry: Entry) -> ScalarNode | None:
    found = entry.value.entry("when") if isinstance(entry.value, MapNode) else None
    return found.value if found and isinstance(found.value, ScalarNode) else None


def _read(source: Source, node: ScalarNode) -> Expression | None:
    try:
        return parse_condition(node.text)
    except ExpressionError as error:
        help = error.help or "see `archsearch explain bad-expression`"
        source.problem(error.code, _at(node, error.offset, error.length), error.message, help=help)
        return None


def _at(node: ScalarNode, offset: int, length: int) -> Span:
    quotes = int(node.span.end - node.span.column > len(node.text))
    start = node.span.column + quotes + offset
    return Span(node.span.line, start, start + length)


def _knows(
    source: Source,
    node: ScalarNode,
    condition: Expression,
    of: str,
    space: Mapping[str, Domain],
    params: Mapping[str, ExpressionValue],
) -> bool:
    known = True
    for name, offset in condition.names:
        if name in params or (name in space and space[name].when is None):
            continue
        known = False
        place = _at(node, offset, len(name))
        if name in space and name != of:
            source.problem(
                "bad-condition",
                place,
                f"`{name}` isn't always searched, and has no default to fall back on",
                help="let the condition read params, or names without a `when` of their own",
            )
        elif name == of:
            source.problem(
                "bad-condition",
                place,
                f"the `when` of `{of}` depends on itself",
                help="break the circle: leave out one of the conditions",
            )
        else:
            source.problem(
                "unknown-name",
                place,
                f"nothing is named `{name}`",
                help=did_you_mean(name, sorted({*params, *space})),
            )
    return known


def _examples(space: Mapping[str, Domain]) -> dict[str, ExpressionValue]:
    """One value of each searched name, to try a condition on."""
    found: dict[str, ExpressionValue] = {}
    for name, domain in space.items():
        value = domain.choices[0] if isinstance(domain, ChoiceDomain) else domain.low
        if not isinstance(value, tuple):
            found[name] = value
    return found


def _is_condition(
    source: Source,
    node: ScalarNode,
    condition: Expression,
    example: Mapping[str, ExpressionValue],
) -> None:
    try:
        value = condition.evaluate(example)
        message = f"`when` must be true or false, and this is {shown(value)}"
        help = yes_or_no(value) or "write a comparison, such as $(depth > 1)"
    except ExpressionError as error:
        value, message, help = None, f"`when`: {error.message}", error.help
    if not isinstance(value, bool):
        source.problem("bad-condition", node.span, message, help=help)
