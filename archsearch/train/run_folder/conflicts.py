"""Telling whether a run directory holds the run that is asked for, and naming where it differs.

What is meant is compared: layers and settings, not the text of files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import zip_longest
from pathlib import Path
from types import MappingProxyType

from archsearch.config import RunSettings, load
from archsearch.errors import InputError, RunConflictError
from archsearch.records.run_files import CONFIG_FILE, SPEC_FILE, checksum
from archsearch.records.runs import config_json
from archsearch.spec import to_yaml
from archsearch.spec.plan.model import ModelPlan

__all__ = ["as_begun", "conflict", "listed", "refuse_another", "refuse_folders"]

_HARMLESS = ("name:", "description:")
"""Lines of a spec that decide nothing."""


def as_begun(out: Path, settings: RunSettings) -> RunSettings:
    """The settings of the run that ``out`` holds, in what those asked for leave open."""
    try:
        begun = RunSettings.model_validate_json((out / CONFIG_FILE).read_bytes())
    except (OSError, ValueError):  # no run, or one that refuse_another tells of
        return settings
    return settings.model_copy(update={"train": settings.train.as_begun(begun.train)})


def refuse_another(
    out: Path,
    plan: ModelPlan,
    settings: RunSettings,
    checksums: Mapping[str, str] = MappingProxyType({}),
    lost: Collection[str] = (),
) -> None:
    """See that what ``out`` holds was begun with the same layers and settings.

    Args:
        out: the run directory.
        plan: the model asked for.
        settings: those asked for.
        checksums: of the files of a finished run.
        lost: those of them that are missing or damaged. They must be what would be written
            now; else there is no telling whether it is the same run.

    Raises:
        RunConflictError: naming every difference.
        InputError: ``out`` holds something else.
    """
    wanted = {SPEC_FILE: to_yaml(plan), CONFIG_FILE: config_json(settings)}
    gone = [name for name in wanted if name in checksums and name in lost]
    differences = [
        f"{name} is lost or damaged, and differed"
        for name in gone
        if checksum(wanted[name].encode()) != checksums[name]
    ]
    if SPEC_FILE not in gone and (out / SPEC_FILE).exists():
        differences += _spec_differences(out / SPEC_FILE, plan, settings)
    if CONFIG_FILE not in gone and (out / CONFIG_FILE).exists():
        differences += _config_differences(out / CONFIG_FILE, settings)
    if differences:
        raise conflict(out, differences)


def refuse_folders(files: Iterable[Path]) -> None:
    """See that no folder is where a file of the run is to be written, before hours of training.

    Raises:
        InputError: naming the first.
    """
    for file in files:
        if file.is_dir():
            raise InputError(
                f"{file} is a folder, and a file of the run belongs there",
                help="choose another folder with --out, or remove this one",
            )


def listed(names: Iterable[str]) -> str:
    """Names as the subject of a sentence, with its verb.

    Example:
        >>> listed(["spec.yaml"]), listed({"b", "a"})
        ('spec.yaml is', 'a, b are')
    """
    ordered = sorted(names)
    return f"{', '.join(ordered)} {'is' if len(ordered) == 1 else 'are'}"


def conflict(out: Path, differences: list[str]) -> RunConflictError:
    """The refusal of a run directory that holds another run."""
    return RunConflictError(
        f"{out} contains another run: {'; '.join(differences)}",
        help="choose another folder with --out, or remove this one",
    )


def _spec_differences(path: Path, plan: ModelPlan, settings: RunSettings) -> list[str]:
    """Name the first line that differs, of specs that don't mean the same."""
    stored = _read(path)
    try:
        there = load(path).plan(task=settings.task)
    except InputError:  # no spec that can be read now: only its text tells
        return _line_differences(stored, to_yaml(plan))
    return [] if there.key == plan.key else _line_differences(to_yaml(there), to_yaml(plan))


def _line_differences(stored: str, wanted: str) -> list[str]:
    def lines(text: str) -> list[tuple[int, str]]:
        numbered = enumerate(text.splitlines(), 1)
        return [(number, line) for number, line in numbered if not line.startswith(_HARMLESS)]

    pairs = zip_longest(lines(stored), lines(wanted), fillvalue=(0, ""))
    for (number, there), (other, here) in pairs:
        if there != here:
            line = number or other
            return [f"{SPEC_FILE} line {line} is `{there.strip()}` there, `{here.strip()}` here"]
    return []


def _config_differences(path: Path, wanted: RunSettings) -> list[str]:
    """Name every setting that differs; of another task, its name alone."""
    try:
        stored = RunSettings.model_validate_json(_read(path))
    except ValueError as error:
        raise InputError(
            f"{path} isn't the config of a run: {error}".splitlines()[0],
            help="choose another folder with --out",
        ) from error
    there, here = _by_section(stored), _by_section(wanted)
    if stored.task.name != wanted.task.name:
        there["task"] = {"name": stored.task.name}
        here["task"] = {"name": wanted.task.name}
    return [
        f"{section}.{key} is {there[section][key]} there, {here[section][key]} here"
        for section in here
        for key in here[section]
        if key != "log" and there[section][key] != here[section][key]
    ]


def _by_section(settings: RunSettings) -> dict[str, dict[str, object]]:
    return {name: dict(section) for name, section in settings}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} can't be read: {error}", help="choose another folder with --out"
        ) from error
