"""Checking many files: which are specs, which studies, and what is wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archsearch.config.file_kind import is_study
from archsearch.config.model import Model
from archsearch.config.study_file import StudyFile, open_study
from archsearch.config.tasks.catalogue import DEFAULT_TASK, TASKS
from archsearch.config.tasks.channels import COLOR, GRAY
from archsearch.config.tasks.reading import kind_of, read_task
from archsearch.config.tasks.settings import TaskSettings
from archsearch.errors import InputError
from archsearch.spec import (
    Diagnostic,
    DiagnosticsError,
    ModelPlan,
    Source,
    parse_nodes,
    read_source,
)
from archsearch.spec.text.nodes import ListNode, MapNode, ScalarNode
from archsearch.spec.text.reader import read_yaml
from archsearch.spec.text.source import LARGEST, decoded, in_order

__all__ = ["STDIN", "Checked", "Exclusion", "check_files"]

STDIN = Path("-")
"""Stands for standard input; what it names is looked for in the working directory."""

_SUFFIXES = frozenset({".yaml", ".yml"})


@dataclass(frozen=True)
class Checked:
    """The files looked at, in order, and all that was found."""

    files: tuple[Path, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Exclusion:
    """A rule that excludes points of a space.

    Attributes:
        rule: a constraint as the study has it, or the code of what is wrong with the models.
        points: how many it excludes.
        of: all points.
        example: one, and what is wrong with it.
    """

    rule: str
    points: int
    of: int
    example: str


Excluding = Callable[[StudyFile], Sequence[Exclusion]]


def check_files(
    paths: Iterable[Path], task: str = DEFAULT_TASK.name, *, excluding: Excluding | None = None
) -> Checked:
    """Check specs and studies; folders are searched for ``.yaml`` and ``.yml``.

    ``Path("-")`` is standard input.

    Args:
        paths: of files and folders.
        task: that specs are checked for.
        excluding: what leaves no candidate of a study, as ``archsearch.space`` can tell; None:
            that isn't looked at.

    Raises:
        InputError: a path is missing, a folder holds no YAML, no such task.
    """
    kind_of(task)  # refuses a name that no task has
    files = tuple(dict.fromkeys(file for path in paths for file in _files_in(path)))
    found = [item for file in files for item in _check_file(file, task, excluding)]
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


def _check_file(file: Path, task: str, excluding: Excluding | None) -> list[Diagnostic]:
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
            if excluding is not None and all(item.severity == "warning" for item in found):
                found += _unsatisfiable(source, root, excluding(study))
            found = [d for d in found if not _is_allowed(d, study.settings.allow)]
        return in_order(found)
    family = parse_nodes(source, root, "stdin" if file == STDIN else file.stem)
    if family is None:
        return in_order(source.diagnostics)
    resolution = Model(family).resolve(task)
    found = list(resolution.diagnostics)
    if resolution.plan is not None and "picture-channels" not in family.allow:
        found += _no_pictures(source, root, resolution.plan)
    return in_order(found)


def _no_pictures(source: Source, root: MapNode, plan: ModelPlan) -> list[Diagnostic]:
    """Whether any task feeds so many channels."""
    channels, counts = plan.input.channels, (GRAY, COLOR)
    if channels in counts or channels in {
        read_task(name).feeds(count) for name in TASKS for count in counts
    }:
        return []
    entry = root.entry("input")
    inside = entry.value.entry("channels") if entry and isinstance(entry.value, MapNode) else None
    return [
        source.diagnostic(
            "picture-channels",
            None if inside is None else inside.value.span,
            f"no pictures have {channels} channels",
            "every source gives 3 (color) or 1 (gray); opacity is left out",
            "write `channels: auto`; if you feed the net yourself, `allow: [picture-channels]`",
            "warning",
        )
    ]


def _unsatisfiable(
    source: Source, root: MapNode, exclusions: Sequence[Exclusion]
) -> list[Diagnostic]:
    """That nothing of a space can be trained, at the rule that excludes most."""
    if not exclusions:
        return []
    most = exclusions[0]
    place = _constraint(root, most.rule)
    which = "this" if place is not None else f"`{most.rule}`"
    entry = root.entry("space")
    span = place.span if place is not None else entry.key_node.span if entry else None
    return [
        source.diagnostic(
            "unsatisfiable-space",
            span,
            "no candidate of the space can be trained",
            f"{which} excludes {most.points:,} of {most.of:,}, e.g. {most.example}",
            ("relax it, or widen" if place is not None else "widen or change")
            + " the domains of its names; `archsearch space` tells what each rule excludes",
            "error",
        )
    ]


def _constraint(root: MapNode, text: str) -> ScalarNode | None:
    """Where a constraint stands."""
    entry = root.entry("constraints")
    items = entry.value.items if entry and isinstance(entry.value, ListNode) else ()
    return next(
        (item for item in items if isinstance(item, ScalarNode) and item.text == text), None
    )


def _is_allowed(found: Diagnostic, codes: Collection[str]) -> bool:
    return found.severity == "warning" and found.code in codes


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
