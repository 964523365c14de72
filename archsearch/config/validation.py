"""Pydantic's complaints as diagnostics with places."""

from __future__ import annotations

import re
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from archsearch.config.named_settings import forms_of, inner_settings
from archsearch.spec import Source, Span
from archsearch.spec.syntax.parse_values import shown, yes_or_no
from archsearch.spec.text.nearest import did_you_mean
from archsearch.spec.text.nodes import Entry, ListNode, MapNode, Node, Scalar, ScalarNode

__all__ = [
    "Data",
    "fields_at",
    "reason",
    "strict_data",
    "strict_value",
    "validated",
    "without_nulls",
]

Data = Scalar | tuple["Data", ...] | dict[str, "Data"]
Settings = TypeVar("Settings", bound=BaseModel)
Value = TypeVar("Value")


def strict_data(node: Node) -> Data:
    """A node's value as strict validation wants it: tuples, whole floats as integers."""
    if isinstance(node, ListNode):
        return tuple(strict_data(item) for item in node.items)
    if isinstance(node, MapNode):
        return {entry.key: strict_data(entry.value) for entry in node}
    return strict_value(node.value)


def strict_value(value: Value) -> Value | int:
    """A whole float as an integer, which strict validation doesn't take for one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def without_nulls(source: Source, root: MapNode) -> MapNode:
    """The mapping without keys that have no value; each of those is noted."""
    entries = []
    for entry in root:
        value = entry.value
        if isinstance(value, ScalarNode) and value.value is None:
            source.problem(
                "null-value",
                entry.key_node.span,
                f"`{entry.key}` has no value",
                help="write one, or remove the key",
            )
            continue
        inner = without_nulls(source, value) if isinstance(value, MapNode) else value
        entries.append(Entry(entry.key, entry.key_node, inner))
    return MapNode(tuple(entries), root.span, damaged=len(entries) < len(root.entries))


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
    key = prefix + ".".join(str(part) for part in place)
    if detail["type"] == "unknown_word":
        source.problem(
            "value-not-allowed",
            _word_span(root, place, detail["ctx"]["word"]),
            detail["msg"],
            help=reason(detail),
        )
    elif detail["type"] == "extra_forbidden":
        source.problem(
            "unknown-key",
            _span(root, place, key=True),
            f"there is no key `{key}`",
            help=_under_section(model, place)
            or _called_otherwise(model, place)
            or _belongs_outside(model, place)
            or did_you_mean(str(place[-1]), fields_at(model, place[:-1])),
        )
    elif detail["type"] == "missing":
        source.problem(
            "missing-key",
            _span(root, place[:-1]) if len(place) > 1 else None,
            f"the key `{key}` is missing",
            help=f"add `{place[-1]}:`",
        )
    else:
        _note_value(source, detail, _span(root, place), key)


_OTHER_NAMES = {
    "learning_rate": "lr",
    "max_lr": "lr",
    "num_epochs": "epochs",
    "n_epochs": "epochs",
    "max_epochs": "epochs",
    "batchsize": "batch_size",
    "criterion": "loss",
    "loss_fn": "loss",
    "scheduler": "schedule",
    "lr_scheduler": "schedule",
    "grad_clip": "clip_norm",
    "max_grad_norm": "clip_norm",
    "dataset": "source",
    "n_trials": "trials",
    "sampler": "method",
    "pruner": "prune",
}
"""Keys elsewhere → those here."""


def _called_otherwise(model: type[BaseModel], place: tuple[int | str, ...]) -> str:
    """What a key from elsewhere is called, where a key of that name may stand; else ""."""
    meant = _OTHER_NAMES.get(str(place[-1]).lower())
    if meant in fields_at(model, place[:-1]):
        return f"it is called `{meant}` here"
    return _under_section(model, (meant,)) if meant and len(place) == 1 else ""


def _under_section(model: type[BaseModel], place: tuple[int | str, ...]) -> str:
    """Where a key belongs that stands at the top, if some section has it; else ""."""
    if len(place) != 1:
        return ""
    for name in model.model_fields:
        section = inner_settings(model, name)
        if section is not None and place[0] in section.model_fields:
            return f"it belongs under `{name}:`, beside what is there: `{name}: {{{place[0]}: …}}`"
    return ""


_SAID = {
    "greater_than_equal": "it must be ≥ {ge}",
    "greater_than": "it must be > {gt}",
    "less_than_equal": "it must be ≤ {le}",
    "less_than": "it must be < {lt}",
    "int_type": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "float_type": "it must be a number",
    "finite_number": "it must be a finite number",
    "bool_type": "it must be true or false",
    "string_type": "it must be a text",
    "string_too_short": "it must not be empty",
    "string_too_long": "it must have at most {max_length} characters",
    "tuple_type": "it must be a list: write [ ] around it",
    "dict_type": "it must be a mapping of keys",
    "model_type": "it must be a mapping of keys",
    "model_attributes_type": "it must be a mapping of keys",
    "too_short": "it needs at least {min_length}",
    "too_long": "it takes at most {max_length}",
}
_OF_ANOTHER_TYPE = frozenset({"tuple_type", "dict_type", "model_type", "model_attributes_type"})


def _note_value(source: Source, detail: ErrorDetails, span: Span | None, key: str) -> None:
    """A value that is there and can't be used."""
    value, kind = detail["input"], detail["type"]
    is_scalar = isinstance(value, (str, int, float, bool))
    given = f": {shown(value)}" if is_scalar else ""
    wrong_type = kind in _OF_ANOTHER_TYPE or (kind.endswith("_type") and not is_scalar)
    source.problem(
        "wrong-type" if wrong_type else "value-not-allowed",
        span,
        f"`{key}{given}` is not allowed" if key else detail["msg"].removeprefix("Value error, "),
        help=reason(detail),
    )


def reason(detail: ErrorDetails) -> str:
    """What is allowed, in this project's words."""
    message, context = detail["msg"].removeprefix("Value error, "), detail.get("ctx", {})
    if detail["type"] == "literal_error":
        words = re.findall("'([^']*)'", str(context.get("expected", "")))
        return did_you_mean(str(detail["input"]), words)
    if detail["type"] == "unknown_word":
        return context.get("why") or did_you_mean(context["word"], context["known"])
    if detail["type"] == "bool_type" and (told := yes_or_no(detail["input"])):
        return told
    known = _SAID.get(detail["type"])
    return known.format(**context) if known else message[:1].lower() + message[1:]


def fields_at(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """The keys that are known there; a place inside one of several forms names the form."""
    parts, hidden = iter(place), ""
    for part in parts:
        inner = inner_settings(model, str(part))
        if forms := forms_of(model, str(part)):
            inner, hidden = forms.find(str(next(parts, ""))), "name"
        if inner is None:
            return []
        model = inner
    return [name for name in model.model_fields if name != hidden]


def _belongs_outside(model: type[BaseModel], place: tuple[int | str, ...]) -> str:
    """Where an option's key belongs that is of the settings around it, e.g. ``weight_decay``."""
    if len(place) < 3:
        return ""
    *around, owner, _, key = place
    return f"write `{key}` beside `{owner}`" if key in fields_at(model, tuple(around)) else ""


def _word_span(root: Node, place: tuple[int | str, ...], word: str) -> Span | None:
    """Where ``word`` stands: as the value there, or as a key inside it."""
    node = root
    for part in place:
        entry = node.entry(str(part)) if isinstance(node, MapNode) else None
        node = node if entry is None else entry.value
    inside = isinstance(node, MapNode) and node.entry(word)
    return inside.key_node.span if inside else _span(root, place)


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
