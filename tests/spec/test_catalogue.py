"""The catalogue holds every code that is emitted, and its examples are true."""

import ast
import re
from pathlib import Path

import pytest

import archsearch
from archsearch.config.checking import check_files
from archsearch.config.model import open_model
from archsearch.space.satisfiable import exclusions
from archsearch.spec import CATALOGUE, WARNINGS, Diagnostic, DiagnosticsError
from archsearch.spec.syntax.parse_layers import layer_words

ROOT = Path(archsearch.__file__).parent
EMITTERS = {"problem", "stop", "diagnostic", "Problem", "ExpressionError", "Diagnostic"}
PASSED_ON = {"code", "error.code", "problem.code"}
"""Codes that a call only hands on; they are literals somewhere else."""


def codes_in(tree: ast.AST) -> tuple[set[str], set[str]]:
    """Literal codes given to what notes problems, and codes handed on."""
    literal, passed = set(), set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name not in EMITTERS:
            continue
        first = node.args[0]
        choices = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
        for choice in choices:
            if isinstance(choice, ast.Constant) and isinstance(choice.value, str):
                literal.add(choice.value)
            else:
                passed.add(ast.unparse(choice))
    return literal, passed


def emitted() -> tuple[set[str], set[str]]:
    literal, passed = set(), set()
    for package in ("spec", "config"):
        for file in (ROOT / package).rglob("*.py"):
            more, handed_on = codes_in(ast.parse(file.read_text("utf-8")))
            literal |= more
            passed |= handed_on
    return literal, passed


def test_every_code_is_explained_and_every_explanation_is_of_a_code():
    literal, passed = emitted()
    assert literal - set(CATALOGUE) == set(), "emitted, and not in the catalogue"
    assert set(CATALOGUE) - literal == set(), "in the catalogue, and never emitted"
    assert passed <= PASSED_ON


def test_the_explanation_of_an_unknown_kind_names_every_word_that_makes_a_layer():
    assert set(layer_words()) <= set(re.findall(r"\w+", CATALOGUE["unknown-kind"].why))


def test_the_scan_finds_codes():
    source = 'a.problem("one", 1)\nProblem("two" if x else "three")\nf(error.code)\nstop(x.y)'
    assert codes_in(ast.parse(source)) == ({"one", "two", "three"}, {"x.y"})


@pytest.fixture
def study_models(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(
        "input: {channels: auto, height: 8, width: 8}\n"
        "params: {width: 8}\n"
        "encoder:\n  - conv: {channels: $width}\n"
        "decoder:\n  - conv: {channels: auto}\n"
    )
    (tmp_path / "broken.yaml").write_text("input: 3\n")
    return tmp_path


def found_in(path: Path, picture_channels: int | None) -> tuple[Diagnostic, ...]:
    if picture_channels is None:
        return check_files([path], excluding=exclusions).diagnostics
    model = open_model(path)[1]
    assert model is not None
    return model.resolve(picture_channels=picture_channels).diagnostics


@pytest.mark.parametrize("code", CATALOGUE)
def test_examples(code: str, study_models: Path):
    item = CATALOGUE[code]
    path = study_models / "example.yaml"
    path.write_bytes((item.wrong or "x" * 1_000_001).encode(item.encoding))
    found = found_in(path, item.picture_channels)
    assert [diagnostic.code for diagnostic in found] == [code]
    assert found[0].severity == item.severity
    path.write_text(item.right, encoding="utf-8")
    assert found_in(path, item.picture_channels) == ()


@pytest.mark.parametrize("code", CATALOGUE)
def test_explanations_read_well(code: str):
    item = CATALOGUE[code]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    assert item.why.endswith((".", ".)"))
    assert "  " not in item.why
    assert len(item.title) <= 50
    assert not item.title.endswith(".")
    for example in (item.wrong, item.right):
        assert all(len(line) <= 78 for line in example.splitlines())


def test_only_warnings_can_be_allowed():
    assert set(WARNINGS) == {
        "picture-channels",
        "relu-output",
        "unused-param",
        "unused-block",
        "rows-lost",
        "leak-past-latent",
        "bottleneck-before-latent",
        "latent-exceeds-picture",
        "checkerboard",
    }


def test_a_file_that_is_too_large_or_not_utf8_stops_at_once(tmp_path: Path):
    path = tmp_path / "large.yaml"
    path.write_bytes(b"\xff" * 1_000_001)
    with pytest.raises(DiagnosticsError) as raised:
        archsearch.load(path)
    assert [item.code for item in raised.value.diagnostics] == ["file-too-large"]
