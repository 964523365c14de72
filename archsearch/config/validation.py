"""Pydantic's complaints as diagnostics with places."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from archsearch.spec import Source, Span
from archsearch.spec.nearest import did_you_mean
from archsearch.spec.nodes import ListNode, MapNode, Node, Scalar, ScalarNode

__all__ = ["Data", "strict_data", "validated"]

Data = Scalar | tuple["Data", ...] | dict[str, "Data"]
Settings = TypeVar("Settings", bound=BaseModel)


def strict_data(node: Node) -> Data:
    """A node's value as strict validation wants it: tuples, whole floats as integers."""
    if isinstance(node, ListNode):
        return tuple(strict_data(item) for item in node.items)
    if isinstance(node, MapNode):
        return {entry.key: strict_data(entry.value) for entry in node}
    value = node.value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def validated(
    source: Source, model: type[Settings], data: object, root: Node, prefix: str = ""
) -> Settings | None:
    """``data`` as ``model``; what is wrong is noted at its place under ``root``."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _note(source, model, detail, root, prefix)
        return None


def _note(
    source: Source, model: type[BaseModel], detail: ErrorDetails, root: Node, prefix: str
) -> None:
    place = detail["loc"]
    shown = prefix + ".".join(str(part) for part in place)
    if detail["type"] == "extra_forbidden":
        known = _fields_at(model, place[:-1])
        source.problem(
            "unknown-key",
            _span(root, place, key=True),
            f"there is no key `{shown}`",
            help=did_you_mean(str(place[-1]), known),
        )
    elif detail["type"] == "missing":
        source.problem(
            "missing-key",
            _span(root, place[:-1]),
            f"the key `{shown}` is missing",
            help=f"add `{place[-1]}:`",
        )
    else:
        message = detail["msg"].removeprefix("Value error, ")
        value = detail["input"]
        given = f" = {value!r}" if isinstance(value, (str, int, float, bool)) else ""
        source.problem(
            "value-not-allowed",
            _span(root, place),
            f"`{shown}`{given} is not allowed" if place else message,
            help=message[:1].lower() + message[1:],
        )


def _fields_at(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    for part in place:
        field = model.model_fields.get(str(part))
        inner = field.annotation if field else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return list(model.model_fields)


def _span(root: Node, place: tuple[int | str, ...], *, key: bool = False) -> Span | None:
    """The place in the file that ``place`` means, as near as the file goes."""
    node, span = root, None
    for part in place:
        if isinstance(node, MapNode) and (entry := node.entry(str(part))):
            node, span = entry.value, entry.key_node.span if key else entry.value.span
        elif isinstance(node, ListNode) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            span = node.span
        else:
            break
    if span is None and isinstance(root, MapNode) and root.entries:
        return root.entries[0].key_node.span
    return span if span is not None or not isinstance(root, ScalarNode) else root.span
