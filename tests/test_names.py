"""Names that were given up don't come back: the field has better ones."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import typer
from typer.core import TyperGroup

from archsearch.cli import app

PACKAGE = Path(__file__).parents[1] / "archsearch"

EVERYWHERE = {
    "ledger": "claims",
    "slot": "planned trial",
    "crew": "worker pool",
    "team": "worker pool",
    "yardstick": "baseline",
    "strip": "sample grid",
}
"""In names of modules, classes, functions and options, and in texts that people read."""

AS_NAMES = {
    "patience": "retry policy",  # as a setting it is the field's word for early stopping
    "standing": "robustness",
    "worth": "latent use",
    "beside": "comparison",
    "caution": "warning",
    "letter": "message",
    "words_numbers": "formatting",
    "holder": "container",
}
"""Plain English in a sentence, but no name of a module, class or function."""

AS_MODULES = {
    "tasks/chance.py": "tasks/noise.py",
    "train/codes.py": "train/latent_codes.py",
    "report/places.py": "report/path_redaction.py",
}
"""Modules that were called something else."""

STORED = {
    "records/layout.py": "reads what earlier versions stored",
    "records/stored.py": "reads what earlier versions stored",
    "study/store/schema.py": "tables that earlier versions made",
}
"""Where a retired word may stand: as a name in stored things."""


class Found(NamedTuple):
    file: str
    line: int
    name: str


def parts(name: str) -> list[str]:
    """``RayCrew`` and ``ray_crew`` as ``ray``, ``crew``."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return [part for part in snake.split("_") if part]


def names_in(source: str) -> Iterator[tuple[int, str]]:
    """Classes, functions and their arguments."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg


def texts_in(source: str) -> Iterator[tuple[int, str]]:
    """Texts with a space, which people read: messages, help, docstrings."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value


def has(words: list[str], retired: str) -> bool:
    wanted = retired.split("_")
    plural = [*wanted[:-1], f"{wanted[-1]}s"]
    size = len(wanted)
    return any(words[i : i + size] in (wanted, plural) for i in range(len(words) - size + 1))


@cache
def all_names() -> tuple[Found, ...]:
    return tuple(
        Found(file, line, name)
        for file, source in sources()
        for line, name in ((0, Path(file).stem), *names_in(source))
    )


@cache
def all_texts() -> tuple[Found, ...]:
    return tuple(
        Found(file, line, text) for file, source in sources() for line, text in texts_in(source)
    )


def sources() -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        file = path.relative_to(PACKAGE).as_posix()
        if file not in STORED:
            yield file, path.read_text()


def named(retired: str) -> list[Found]:
    return [found for found in all_names() if has(parts(found.name), retired)]


def told(retired: str) -> list[Found]:
    word = re.compile(rf"(?<![`\w:-]){retired}s?\b(?!\.png)", re.IGNORECASE)
    return [found for found in all_texts() if word.search(found.name)]


@pytest.mark.parametrize("retired", [*EVERYWHERE, *AS_NAMES])
def test_no_module_class_function_or_argument_has_a_retired_name(retired: str) -> None:
    assert named(retired) == []


@pytest.mark.parametrize("retired", EVERYWHERE)
def test_no_text_says_a_retired_word(retired: str) -> None:
    assert told(retired) == []


def test_no_module_has_its_old_name() -> None:
    assert [file for file in AS_MODULES if (PACKAGE / file).exists()] == []
    assert [file for file in AS_MODULES.values() if not (PACKAGE / file).exists()] == []


def test_no_option_or_help_has_a_retired_word() -> None:
    pattern = re.compile(rf"\b({'|'.join(EVERYWHERE)})s?\b", re.IGNORECASE)
    assert {text for text in help_texts() if pattern.search(text)} == set()


def help_texts() -> Iterator[str]:
    waiting = [typer.main.get_command(app)]
    while waiting:
        command = waiting.pop()
        yield from (command.help or "", command.short_help or "")
        for param in command.params:
            yield " ".join([*param.opts, getattr(param, "help", None) or ""])
        if isinstance(command, TyperGroup):
            waiting += command.commands.values()


def test_a_retired_name_is_found() -> None:
    code = "class RayCrew:\n    def bury(self, slots): 'The crew of a slot.'\n"
    found = [name for _, name in names_in(code)]
    assert [name for name in found if has(parts(name), "crew")] == ["RayCrew"]
    assert [name for name in found if has(parts(name), "slot")] == ["slots"]
    assert not has(parts("stripped"), "strip")
    assert list(texts_in(code)) == [(2, "The crew of a slot.")]
    assert any("storage" in text for text in help_texts())
