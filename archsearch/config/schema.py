"""JSON Schema (draft-07) of study files, for editors; made from the settings.

Pydantic writes draft 2020-12; what differs is put into draft-07's words, and what
a study file writes in its own way (task, space) is put in place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Literal, cast

from archsearch.config.domains import FORMS
from archsearch.config.named_settings import named_settings_schema
from archsearch.config.study import ChoiceDomain, StudySettings
from archsearch.config.tasks.catalogue import TASKS
from archsearch.extensions import only_builtin
from archsearch.spec.schema import DRAFT, Json, model_schema

__all__ = ["SchemaOf", "schema_text", "study_schema"]

SchemaOf = Literal["model", "study"]
"""The kind of file that a schema is of."""

_DOMAINS = frozenset(form.__name__ for form in FORMS.values())
_WHAT = "The input and the target of the nets."
_BOUNDS = "[low, high], both included."


def schema_text(what: SchemaOf, *, builtin: bool = False) -> str:
    """A schema as JSON; ``builtin``: without extensions, as the file in schemas/ has it.

    Example:
        >>> schema_text("model").startswith("{")
        True
    """
    with only_builtin() if builtin else nullcontext():
        whole = model_schema() if what == "model" else study_schema()
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def study_schema() -> Json:
    """The schema of a study file, with the tasks, losses and other names that there are now.

    Example:
        >>> study_schema()["required"]
        ['model', 'space']
    """
    whole = cast(Json, _as_draft7(StudySettings.model_json_schema()))
    definitions = cast(dict[str, Json], whole.pop("definitions"))
    properties = cast(dict[str, Json], whole["properties"])
    for part in properties.values():
        _tell(part, definitions)
    properties["task"] = _task()
    domains = [_domain(word, definitions[form.__name__]) for word, form in FORMS.items()]
    properties["space"] |= {"minProperties": 1, "additionalProperties": {"anyOf": domains}}
    _without_seed(definitions["TrainSettings"])
    kept = {
        name: part for name, part in definitions.items() if name not in _DOMAINS | {"TaskSettings"}
    }
    whole |= {"title": "archsearch study", "required": ["model", "space"]}
    return {"$schema": DRAFT, **whole, "definitions": kept}


def _task() -> Json:
    """``denoise``, or ``{denoise: {sigma: 0.1}}``: the options are under the task's name."""
    written = _as_draft7(named_settings_schema({n: kind.settings for n, kind in TASKS.items()}))
    names, whole = cast(list[Json], cast(Json, written)["anyOf"])
    stored = {"properties": {"name": names}, "required": ["name"], "additionalProperties": False}
    return {"description": _WHAT, "anyOf": [names, whole, {"type": "object", **stored}]}


def _tell(part: Json, definitions: Mapping[str, Json]) -> None:
    """A key that has settings of its own is described by them."""
    refs = part.get("allOf")
    if "description" not in part and isinstance(refs, list):
        name = str(refs[0]["$ref"]).rpartition("/")[2]
        part["description"] = definitions[name]["description"]


def _domain(word: str, form: Json) -> Json:
    """``{int: [4, 32], log: true}``: the bounds are under the form's word."""
    properties = dict(cast(Json, form["properties"]))
    if word == "choice":
        own = {**cast(Json, properties.pop("choices")), "description": ChoiceDomain.__doc__}
    else:
        low = cast(Json, properties.pop("low"))
        properties.pop("high")
        own = {"type": "array", "items": low, "minItems": 2, "maxItems": 2, "description": _BOUNDS}
    return {**form, "properties": {word: own, **properties}, "required": [word]}


def _without_seed(train: Json) -> None:
    """Seeds of a study's trainings are 0 … search.seeds−1."""
    del cast(Json, train["properties"])["seed"]


def _as_draft7(node: object, *, named: bool = False) -> object:
    """Draft 2020-12 as draft-07; ``named``: the keys are names, not words of the schema."""
    if isinstance(node, list):
        return [_as_draft7(item) for item in node]
    if not isinstance(node, dict):
        return node
    if named:
        return {key: _as_draft7(value) for key, value in node.items()}
    found: Json = {}
    for key, value in node.items():
        if key == "$ref":
            found["allOf"] = [{key: str(value).replace("#/$defs/", "#/definitions/")}]
        elif key == "anyOf":
            found |= _one_of(cast(list[Json], _as_draft7(value)))
        elif key == "prefixItems":
            found["items"] = _as_draft7(value)
        elif key != "title" and not _is_whole_default(key, value):
            word = "definitions" if key == "$defs" else str(key)
            found[word] = _as_draft7(value, named=key in ("$defs", "properties"))
    return found


def _one_of(options: list[Json]) -> Json:
    """The options without null, which no file may have: a key is left out instead."""
    kept = [option for option in options if option != {"type": "null"}]
    return kept[0] if len(kept) == 1 else {"anyOf": kept}


def _is_whole_default(key: str, value: object) -> bool:
    """A default mapping says what its keys' own defaults say already."""
    return key == "default" and (value is None or isinstance(value, dict))
