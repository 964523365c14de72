"""JSON Schema (draft-07) of spec files, for editors; made from the kinds' records.

The schema refuses less than the parser does: names, sizes and what expressions
amount to are the parser's. ``$name`` and ``$(…)`` are allowed only where an
expression may stand.
"""

from __future__ import annotations

from collections.abc import Mapping

from archsearch.spec.codes import WARNINGS
from archsearch.spec.kinds import JOINS, KINDS, Kind
from archsearch.spec.kinds.conv import CONV
from archsearch.spec.kinds.fields import ABSENT, REQUIRED, Field, SameAs
from archsearch.spec.shape import Pair
from archsearch.spec.syntax.containers import CONTAINERS, JOIN_WORDS
from archsearch.spec.syntax.parse_blocks import LAST_FIELDS, UP
from archsearch.spec.syntax.parse_containers import TIMES, Container, Key
from archsearch.spec.syntax.parse_layers import WHEN
from archsearch.spec.syntax.parse_spec import INPUT_FIELDS, REQUIRED_KEYS, TOP_LEVEL

__all__ = ["DRAFT", "IDENTIFIER", "Json", "model_schema"]

Json = dict[str, object]
DRAFT = "http://json-schema.org/draft-07/schema#"
IDENTIFIER = "^[A-Za-z_][A-Za-z_0-9]*$"
_EXPRESSION: Json = {
    "type": "string",
    "pattern": r"^\$([A-Za-z_][A-Za-z_0-9]*|\([\s\S]*\))$",
    "description": "`$name` uses a param, `$(width * 2 ** i)` computes.",
}
_TEMPLATE: Json = {"type": "string", "pattern": r"^([^$]|\$[A-Za-z_(])+$"}
_LITERAL: Json = {
    "anyOf": [{"type": "number"}, {"type": "boolean"}, {"type": "string", "pattern": "^[^$]*$"}]
}
_TEXT: Json = {"type": ["string", "number", "boolean"]}


def model_schema() -> Json:
    """The schema of a spec file, with the kinds that there are now.

    Example:
        >>> model_schema()["required"]
        ['input', 'encoder', 'decoder']
    """
    parts: Mapping[str, Json] = {
        "name": _TEXT,
        "description": _TEXT,
        "input": _input(),
        "params": _params(),
        "defaults": _defaults(),
        "blocks": _blocks(),
        "encoder": _ref("layers"),
        "decoder": {"anyOf": [_ref("layers"), {"const": "mirror"}, _mirror()]},
        "allow": {"type": "array", "items": {"enum": list(WARNINGS)}},
    }
    properties: Json = {key: _told(part, TOP_LEVEL[key]) for key, part in parts.items()}
    return {
        "$schema": DRAFT,
        "title": "archsearch model spec",
        "description": "A convolutional autoencoder, or a family of them.",
        **_object(properties, list(REQUIRED_KEYS)),
        "definitions": {
            "expression": _EXPRESSION,
            "layers": {"type": "array", "minItems": 1, "items": _ref("layer")},
            "layer": _layer(),
        },
    }


# --- layers -----------------------------------------------------------------------


def _layer() -> Json:
    words: Json = {
        **{kind.name: _kind(kind) for kind in KINDS.values()},
        **{word: _told(_TEMPLATE, JOINS[word].doc, JOINS[word].example) for word in JOIN_WORDS},
        **{container.name: _construct(container) for container in CONTAINERS.values()},
    }
    options: Json = {
        "name": _told(_TEMPLATE, "The layer's name, for joins and paths; skip_$(i) counts."),
        "when": _told(_or_expression(WHEN.type.schema()), WHEN.doc),
    }
    return {
        **_object({**words, **options}),
        "description": "A kind with its fields; beside it may stand `name` and `when`.",
        "oneOf": [{"required": [word]} for word in words],
    }


def _kind(kind: Kind) -> Json:
    if kind.scalar:
        only = _field(kind.fields[0])
        return _told(only, kind.doc, kind.example)
    fields = _object({field.name: _field(field) for field in kind.fields})
    return _told({**fields, "type": ["object", "null"]}, kind.doc, kind.example)


def _field(field: Field) -> Json:
    schema = _told(_or_expression(field.type.schema()), field.doc)
    default = _plain(field.default)
    return schema if default is None else {**schema, "default": default}


def _plain(default: object) -> object:
    """A default as the file would have it; None where there is none of its own."""
    if default in (REQUIRED, ABSENT) or isinstance(default, SameAs):
        return None
    if isinstance(default, Pair):
        return default.height if default.height == default.width else list(default)
    return default


def _construct(container: Container) -> Json:
    if not container.names_layer:
        return _told(_container(container), container.doc, container.example)
    either: Json = {"anyOf": [_TEMPLATE, _container(container)]}
    return _told(either, container.doc, container.example)


def _container(container: Container) -> Json:
    keys: Json = {key.name: _told(_key(key), key.doc) for key in container.keys}
    schema = _object(keys, [key.name for key in container.keys if key.required])
    if container.takes_params:
        value: Json = {"anyOf": [_LITERAL, _ref("expression")]}
        list_of: Json = {"type": "array", "items": value}
        schema["additionalProperties"] = {"anyOf": [_LITERAL, _ref("expression"), list_of]}
    return schema


def _key(key: Key) -> Json:
    if key.field is not None:
        return _field(key.field)
    maybe: Json = {"type": "array", "items": _ref("layer")}
    forms: Mapping[str, Json] = {
        "layers": _ref("layers"),
        "maybe-layers": maybe,
        "lists": {"type": "array", "minItems": 1, "items": maybe},
        "layer": _TEMPLATE,
        "branches": {"type": "object", "minProperties": 1, "additionalProperties": _ref("layers")},
        "times": _or_expression(TIMES.type.schema()),
        "value": {"anyOf": [_LITERAL, _ref("expression")]},
        "word": {"type": "string", "pattern": IDENTIFIER},
    }
    return forms[key.form]


# --- the other top-level keys -------------------------------------------------------


def _input() -> Json:
    fields: Json = {field.name: _field(field) for field in INPUT_FIELDS}
    return _object(fields, list(fields))


def _params() -> Json:
    return {
        "type": "object",
        "propertyNames": {"pattern": IDENTIFIER},
        "additionalProperties": _told(_LITERAL, "The value unless another is chosen."),
    }


def _defaults() -> Json:
    with_fields = [kind for kind in KINDS.values() if not kind.scalar]
    return _object({kind.name: {**_kind(kind), "type": "object"} for kind in with_fields})


def _blocks() -> Json:
    keys: Json = {
        "params": _told(_params(), "Names with default values, for this block's layers."),
        "layers": _told(_ref("layers"), "The layers, in order."),
    }
    return {
        "type": "object",
        "propertyNames": {"pattern": IDENTIFIER},
        "additionalProperties": _told(_object(keys, ["layers"]), "A list of layers to use again."),
    }


def _mirror() -> Json:
    fields = [field for field in CONV.fields if field.name in LAST_FIELDS]
    last = _object({field.name: _field(field) for field in fields})
    keys: Json = {
        "mirror": {"const": "encoder", "description": "What is walked backwards."},
        "up": _field(UP),
        "last": _told(last, "Fields of the last layer that sets channels."),
    }
    return _object(keys, ["mirror"])


# --- forms ------------------------------------------------------------------------


def _object(properties: Json, required: list[str] | None = None) -> Json:
    found: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": required} if required else found


def _ref(name: str) -> Json:
    return {"$ref": f"#/definitions/{name}"}


def _told(schema: Mapping[str, object], doc: str, example: str = "") -> Json:
    """With a description that shows on hover; beside ``$ref`` nothing may stand."""
    body: Json = {"allOf": [dict(schema)]} if "$ref" in schema else dict(schema)
    if not example:
        return {"description": doc, **body}
    shown = f"{doc}\n\n```yaml\n- {example}\n```"
    return {"description": doc, "markdownDescription": shown, **body}


def _or_expression(literal: Mapping[str, object]) -> Json:
    """The literal forms, or an expression; in a list, either for each part."""
    options = literal.get("anyOf")
    forms = list(options) if isinstance(options, list) else [dict(literal)]
    return {"anyOf": [*(_parts_too(form) for form in forms), _ref("expression")]}


def _parts_too(form: Mapping[str, object]) -> Json:
    items, properties = form.get("items"), form.get("properties")
    if isinstance(items, Mapping):
        inner = _parts_too(items)
        nested = "items" in items
        return {**form, "items": inner if nested else {"anyOf": [inner, _ref("expression")]}}
    if isinstance(properties, Mapping):
        return {**form, "properties": {n: _either(part) for n, part in properties.items()}}
    return dict(form)


def _either(part: Mapping[str, object]) -> Json:
    """One part's literal or an expression; its description stays where editors look for it."""
    doc = {key: value for key, value in part.items() if key == "description"}
    rest = {key: value for key, value in part.items() if key not in doc}
    return {**doc, "anyOf": [rest, _ref("expression")]}
