"""Checking many files: which are specs, which studies, and what is wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from archsearch.config.file_kind import is_study
from archsearch.config.model import Model
from archsearch.config.study_file import open_study
from archsearch.config.tasks.catalogue import DEFAULT_TASK
from archsearch.config.tasks.reading import kind_of
from archsearch.config.tasks.settings import TaskSettings
from archsearch.errors import InputError
from archsearch.spec import Diagnostic, DiagnosticsError, Source, parse_nodes, read_source
from archsearch.spec.text.nodes import MapNode
from archsearch.spec.text.reader import read_yaml
from archsearch.spec.text.source import LARGEST, decoded, in_order

__all__ = ["STDIN", "Checked", "check_files"]

STDIN = Path("-")
"""Stands for standard input; what it names is looked for in the working directory."""

_SUFFIXES = frozenset({".yaml", ".yml"})


@dataclass(frozen=True)
class Checked:
    """The files looked at, in order, and all that was found."""

    files: tuple[Path, ...]
    diagnostics: tuple[Diagnostic, ...]


def check_files(paths: Iterable[Path], task: str = DEFAULT_TASK.name) -> Checked:
    """Check specs and studies; folders are searched for ``.yaml`` and ``.yml``.

    ``Path("-")`` is standard input.

    Raises:
        InputError: a path is missing, a folder holds no YAML, no such task.
    """
    kind_of(task)  # refuses a name that no task has
    files = tuple(dict.fromkeys(file for path in paths for file in _files_in(path)))
    found = [item for file in files for item in _check_file(file, task)]
    return Checked(files, tuple(found))


def _read_stdin() -> Source:
    return decoded("<stdin>", sys.stdin.buffer.read(LARGEST + 1))


def _files_in(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(p for p in path.rglob("*") if p.suffix in _SUFFIXES and p.is_file())
    if not files:
        raise InputError(f"{path}: no .yaml file in this folder", help="name a file, or specs/")
    return files


def _check_file(file: Path, task: str) -> list[Diagnostic]:
    try:
        source = _read_stdin() if file == STDIN else read_source(file)
    except DiagnosticsError as error:
        return list(error.diagnostics)
    root = read_yaml(source)
    if root is None:
        return in_order(source.diagnostics)
    if is_study(root):
        study = open_study(source, root, file)
        found = list(source.diagnostics)
        if study is not None:
            found += _default_model(source, root, study.model, study.settings.task)
        return in_order(found)
    family = parse_nodes(source, root, "stdin" if file == STDIN else file.stem)
    if family is None:
        return in_order(source.diagnostics)
    return list(Model(family).resolve(task).diagnostics)


def _default_model(
    source: Source, root: MapNode, model: Model, task: TaskSettings
) -> list[Diagnostic]:
    """A study's spec must resolve with its default values."""
    errors = [d for d in model.resolve(task).diagnostics if d.severity == "error"]
    if not errors:
        return []
    first = errors[0]
    option = "" if task.name == DEFAULT_TASK.name else f" --task {task.name}"
    entry = root.entry("model")
    return [
        source.diagnostic(
            "broken-model",
            entry.value.span if entry else None,
            "the model has errors with its default values",
            f"first: line {first.line}: {first.message}",
            f"run `archsearch check {first.file}{option}`",
            "error",
        )
    ]
