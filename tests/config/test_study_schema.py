"""The schema of studies and the reader, held together."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from archsearch.config import LossKind, MetricKind
from archsearch.config.schema import schema_text, study_schema
from archsearch.config.study_file import open_study
from archsearch.extensions import extended
from archsearch.spec import Source
from archsearch.spec.text.nodes import plain_data
from archsearch.spec.text.reader import read_yaml

ROOT = Path(__file__).parents[2]
GALLERY = sorted((ROOT / "studies").glob("*.yaml"))
VALIDATOR = Draft7Validator(study_schema())
STUDY: dict[str, Any] = yaml.safe_load(
    """
    name: drawn
    model: ../specs/family.yaml
    data: {source: photos, limit: 200, split: 80/10/10, seed: 1, standardize: true}
    task: reconstruct
    train: {epochs: 2, batch_size: 8, optimizer: adam, lr: 0.01, schedule: cosine, loss: mse}
    space:
      depth: {int: [1, 3]}
      width: {int: [4, 32], log: true}
      latent_channels: {int: [2, 64], step: 2}
      dropout_p: {float: [0, 0.3], when: $residual}
      residual: {choice: [true, false]}
      defaults.conv.kernel: {choice: [3, 5, [3, 5]]}
    constraints: [latent.size <= 2048]
    search: {method: stratified, over: latent.size, trials: 4, seeds: 2, seed: 7}
    objectives: [val.mse]
    prune: median
    budget: {minutes: 1.5}
    """
)
JUNK = (
    None,
    -1,
    0,
    2.5,
    2.0,
    True,
    "zonk",
    "",
    [],
    {},
    [1],
    [1, 2],
    {"a": 1},
    [[1]],
    "$depth",
    1e9,
)


def both(data: dict[str, Any]) -> tuple[bool, bool]:
    """Whether the schema allows the study, and whether the reader does."""
    source = Source("studies/drawn.yaml", yaml.safe_dump(data, sort_keys=False))
    root = read_yaml(source)
    assert root is not None
    allowed = bool(VALIDATOR.is_valid(plain_data(root)))
    study = open_study(source, root, ROOT / "studies" / "drawn.yaml")
    return allowed, study is not None and not source.has_errors


def changed(path: str, value: Any) -> dict[str, Any]:
    """The study with another value at a dotted path (``|`` between keys)."""
    data: dict[str, Any] = yaml.safe_load(yaml.safe_dump(STUDY))
    place = data
    *way, last = path.split("|")
    for key in way:
        place = place.setdefault(key, {})
    if value is KeyError:
        del place[last]
    else:
        place[last] = value
    return data


def test_it_is_a_schema_of_draft_7() -> None:
    Draft7Validator.check_schema(study_schema())
    assert study_schema()["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert not {"$defs", "prefixItems", "$dynamicRef"} & set(schema_text("study").split('"'))


def test_every_key_is_described_for_the_hover() -> None:
    schema: Any = study_schema()
    objects = [schema, *schema["definitions"].values()]
    objects += schema["properties"]["space"]["additionalProperties"]["anyOf"]
    bare = [
        k for part in objects for k, v in part["properties"].items() if not v.get("description")
    ]
    assert bare == []


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_the_gallery_is_allowed_and_says_which_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert both(yaml.safe_load(text)) == (True, True)
    assert text.startswith("# yaml-language-server: $schema=../schemas/study.json\n")


def test_the_committed_copy_is_up_to_date() -> None:
    committed = (ROOT / "schemas/study.json").read_text(encoding="utf-8")
    assert committed == schema_text("study", builtin=True)
    with extended(LossKind("own", len), MetricKind("edges", "edges", "", "minimize", len)):
        assert '"own"' in schema_text("study")
        assert '"val.edges"' in schema_text("study")
        assert committed == schema_text("study", builtin=True)


GOOD = [
    ("task", {"name": "reconstruct"}),
    ("task", {"reconstruct": {}}),
    ("task", {"denoise": {"sigma": 0.2}}),
    ("task", {"colorize-bins": {"grid": 12, "temperature": 1}}),
    ("name", KeyError),
    ("data", KeyError),
    ("train|lr", 1),
    ("train|epochs", 3.0),
    ("train|optimizer", "rmsprop"),
    ("train|clip_norm", 1),
    ("train|schedule", "plateau"),
    ("train|schedule", {"step": {"step_size": 2}}),
    ("train|optimizer", {"sgd": {"momentum": 0.8, "nesterov": False}}),
    ("train|optimizer", {"adam": {"betas": [0.8, 0.99]}}),
    ("space|depth", {"int": [1.0, 3]}),
    ("space|train.lr", {"float": [0.001, 0.1], "log": True}),
]


@pytest.mark.parametrize(("path", "value"), GOOD)
def test_other_good_forms_both_take(path: str, value: Any) -> None:
    assert both(changed(path, value)) == (True, True)


BROKEN = [
    ("zonk", 1),
    ("model", KeyError),
    ("space", KeyError),
    ("space", {}),
    ("name", 5),
    ("task", "zonk"),
    ("task", {"zonk": {}}),
    ("task", {"name": "denoise", "sigma": 0.1}),
    ("task", {"denoise": {"sigma": -0.1}}),
    ("task", {"denoise": {"size": 4}}),
    ("task", {"denoise": 0.1}),
    ("task", {"denoise": {}, "inpaint": {}}),
    ("task", {}),
    ("data|limit", 3),
    ("data|limit", None),
    ("data|zonk", 1),
    ("train|seed", 1),
    ("train|lr", 0),
    ("train|optimizer", "zonk"),
    ("train|clip_norm", 0),
    ("train|schedule", {"step": {"step_size": 0}}),
    ("train|schedule", {"step": {"gamma": 1}}),
    ("train|optimizer", {"name": "adam"}),
    ("train|optimizer", {"adam": {"betas": [0.8]}}),
    ("train|optimizer", {"adam": {"momentum": 0.8}}),
    ("train|optimizer", {"adam": {}, "sgd": {}}),
    ("train|epochs", 1.5),
    ("train|epochs", True),
    ("search|trials", "four"),
    ("objectives", ["test.mse"]),
    ("space|depth", {"int": [1]}),
    ("space|depth", {"int": [1, 2], "float": [1, 2]}),
    ("space|depth", {"log": True}),
    ("space|depth", {"choice": []}),
    ("space|depth", {"int": [1, 3], "zonk": 1}),
    ("space|depth", [1, 3]),
    ("constraints", [""]),
    ("constraints", "params < 5"),
    ("budget|minutes", 0),
]


@pytest.mark.parametrize(("path", "value"), BROKEN)
def test_a_mistake_of_structure_both_refuse(path: str, value: Any) -> None:
    assert both(changed(path, value)) == (False, False)


def places() -> list[str]:
    inner = [f"{k}|{n}" for k, v in STUDY.items() if isinstance(v, dict) for n in v]
    bounds = [f"space|{n}|{word}" for n, v in STUDY["space"].items() for word in v]
    return [*STUDY, *inner, *bounds]


@settings(
    max_examples=250, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(st.sampled_from(places()), st.sampled_from(JUNK))
def test_what_the_schema_refuses_the_reader_refuses(path: str, value: Any) -> None:
    allowed, read = both(changed(path, value))
    assert allowed or not read
