"""The schema of specs and the parser, held together."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft7Validator

from archsearch.config import Model
from archsearch.config.schema import schema_text
from archsearch.spec import Source, parse_spec
from archsearch.spec.schema import model_schema
from archsearch.spec.syntax.parse_layers import layer_words
from archsearch.spec.syntax.parse_spec import TOP_LEVEL
from archsearch.spec.text.nodes import plain_data
from archsearch.spec.text.reader import read_yaml

from .mutations import with_junk, with_mistake
from .strategies import as_yaml, specs

ROOT = Path(__file__).parents[2]
GALLERY = sorted((ROOT / "specs").glob("*.yaml"))
VALIDATOR = Draft7Validator(model_schema())

many = settings(
    max_examples=150, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)


def allowed(text: str) -> bool:
    """Whether the schema allows the file, read as editors read it."""
    root = read_yaml(Source("s.yaml", text))
    assert root is not None
    return bool(VALIDATOR.is_valid(plain_data(root)))


def parsed(text: str) -> bool:
    """Whether the parser finds no error; sizes are another matter."""
    source = Source("s.yaml", text)
    return parse_spec(source) is not None and not source.has_errors


def checked(text: str) -> bool:
    """Whether ``check`` finds no error."""
    source = Source("s.yaml", text)
    family = parse_spec(source)
    if family is None or source.has_errors:
        return False
    return not any(d.severity == "error" for d in Model(family).resolve().diagnostics)


def test_it_is_a_schema_of_draft_7() -> None:
    Draft7Validator.check_schema(model_schema())
    assert VALIDATOR.META_SCHEMA["$id"] == model_schema()["$schema"]
    assert "$defs" not in schema_text("model")
    assert "$dynamicRef" not in schema_text("model")


def test_every_word_of_the_language_is_in_it() -> None:
    schema: Any = model_schema()
    assert set(schema["properties"]) == set(TOP_LEVEL)
    assert set(schema["definitions"]["layer"]["properties"]) == {*layer_words(), "name", "when"}


def keys_without_description(schema: Any, path: str = "") -> list[str]:
    found = []
    if isinstance(schema, dict):
        for key, part in schema.get("properties", {}).items():
            found += [] if part.get("description") else [f"{path}.{key}"]
        for key, part in schema.items():
            found += keys_without_description(part, f"{path}.{key}")
    elif isinstance(schema, list):
        for part in schema:
            found += keys_without_description(part, path)
    return found


def test_every_key_is_described_for_the_hover() -> None:
    assert keys_without_description(model_schema()) == []


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_the_gallery_is_allowed_and_says_which_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert allowed(text)
    assert text.startswith("# yaml-language-server: $schema=../schemas/model.json\n")


def test_the_committed_copy_is_up_to_date() -> None:
    assert (ROOT / "schemas/model.json").read_text(encoding="utf-8") == schema_text(
        "model", builtin=True
    )


@many
@given(specs)
def test_what_the_parser_reads_the_schema_allows(text: str) -> None:
    assert parsed(text)
    assert allowed(text)


@many
@given(with_mistake())
def test_a_mistake_of_structure_both_refuse(data: dict[str, Any]) -> None:
    text = as_yaml(data)
    assert not allowed(text)
    assert not parsed(text)


@many
@given(with_junk())
def test_what_the_schema_refuses_the_parser_refuses(data: dict[str, Any]) -> None:
    text = as_yaml(data)
    if not allowed(text):
        assert not checked(text)


EXPRESSIONS = {
    "conv: {channels: $n}": True,
    "conv: {channels: $(n * 2), kernel: [3, $n]}": True,
    "pool: {mode: $n}": True,
    "norm: $n": True,
    "pool: {}\n    when: $n": True,
    "pool: {}\n    name: p_$(n)": True,
    "add: p_$n": True,
    "repeat: {times: $n, layers: [pool: {}]}": True,
    "choose: {by: $(n + 1), of: {2: [pool: {}]}}": True,
    "conv: {channels: c_$n}": False,
    "conv: {channels: $n + 1}": False,
    "pool: {mode: a$n}": False,
    "repeat: {times: 2, as: $n, layers: [pool: {}]}": False,
    "block: {use: $n}": False,
    "pool: {$n: 2}": False,
}


@pytest.mark.parametrize(("layer", "fine"), EXPRESSIONS.items())
def test_an_expression_stands_only_where_it_may(layer: str, fine: bool) -> None:
    text = (
        "input: {channels: 3, height: 8, width: 8}\nparams: {n: 1}\n"
        f"encoder:\n  - {layer}\ndecoder: mirror\n"
    )
    assert allowed(text) is fine
    assert parsed(text) is fine


@pytest.mark.parametrize("param", ["$(1)", "[1]", "null"])
def test_a_params_default_is_a_literal(param: str) -> None:
    text = (
        f"input: {{channels: 3, height: 8, width: 8}}\nparams: {{n: {param}}}\n"
        "encoder:\n  - conv: {channels: $n}\ndecoder: mirror\n"
    )
    assert not allowed(text)
    assert not parsed(text)
