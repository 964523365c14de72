"""A finished run that is asked for again: what it still has, and making again what it lost."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from archsearch.config import RunSettings, needs_color
from archsearch.errors import InputError
from archsearch.nn import build, load_weights
from archsearch.records.results import Environment, RunResult
from archsearch.records.run_files import (
    CONFIG_FILE,
    HISTORY_FILE,
    METRICS_FILE,
    MODEL_FILE,
    RUN_FILES,
    SPEC_FILE,
    STRIP_FILE,
    RunFiles,
)
from archsearch.records.runs import read_history, read_result
from archsearch.spec.plan.model import ModelPlan
from archsearch.train.conflicts import conflict, refuse_another

__all__ = ["BEFORE_FILE", "FinishedRun", "find_finished", "settled"]

BEFORE_FILE = "metrics-before.json"
"""Metrics that the run had before it was trained again to other numbers."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FinishedRun:
    """What a run directory says of a training that has ended.

    Attributes:
        name: the run's.
        recorded: its numbers; without a history where that is lost.
        lost: files that are missing or damaged.
        checked: whether it has checksums to tell that by.
    """

    name: str
    recorded: RunResult
    lost: frozenset[str]
    checked: bool

    @property
    def needs_training(self) -> bool:
        """Whether only another training can give what is lost."""
        return not self.lost.isdisjoint((MODEL_FILE, HISTORY_FILE))


def find_finished(out: Path, plan: ModelPlan, settings: RunSettings) -> FinishedRun | None:
    """The finished run in ``out``; None where there is none, or its numbers are lost.

    Raises:
        RunConflictError: ``out`` holds another run, finished or not.
        InputError: it holds something else.
    """
    if not (out / METRICS_FILE).exists():
        refuse_another(out, plan, settings, None)
        return None
    try:
        files = RunFiles(out)
        name, recorded = str(files.numbers["run"]), read_result(files.numbers)
    except (InputError, KeyError, TypeError, ValueError) as error:
        why = str(error).splitlines()[0]
        _refuse_unknown(out, why)
        refuse_another(out, plan, settings, None)
        set_aside(out)
        _log.warning(
            "%s: training again, without recorded numbers to compare with; it is kept as %s",
            why,
            BEFORE_FILE,
        )
        return None
    refuse_another(out, plan, settings, files)
    if files.checksums:
        return _with_history(files, FinishedRun(name, recorded, files.lost(), checked=True))
    files.note_unchecked()
    _refuse_unknown(out, "it has no checksums")
    lost = _lost_unchecked(files, plan, settings)
    return _with_history(files, FinishedRun(name, recorded, lost, checked=False))


def settled(out: Path, run: FinishedRun, trained: RunResult) -> tuple[RunResult, frozenset[str]]:
    """Hold a run that was trained again against what was recorded, and say what came of it.

    Returns:
        The numbers that hold from now on, and the files that are to be written: what was
        lost; all of them where the numbers differ, with the earlier metrics set aside.
    """
    differences = list(_differences(run.recorded, trained))
    if not differences:
        _log.warning("%s was trained again, to the same numbers as recorded", out)
        history = run.recorded.history or trained.history
        return run.recorded.model_copy(update={"history": history}), run.lost
    set_aside(out)
    _log.warning(
        "%s was trained again, to other numbers than recorded: %s; recorded on %s, now on %s; "
        "the earlier ones are in %s",
        out,
        ", ".join(differences),
        _where(run.recorded.environment),
        _where(trained.environment),
        BEFORE_FILE,
    )
    return trained, frozenset(RUN_FILES)


def set_aside(out: Path) -> None:
    """Keep the metrics under another name; from here on the run isn't finished."""
    (out / METRICS_FILE).replace(out / BEFORE_FILE)


def _refuse_unknown(out: Path, why: str) -> None:
    """Without spec and config there is no telling which run it was."""
    missing = [name for name in (SPEC_FILE, CONFIG_FILE) if not (out / name).is_file()]
    if missing:
        raise conflict(out, [f"{' and '.join(missing)} is missing, and {why}"])


def _with_history(files: RunFiles, run: FinishedRun) -> FinishedRun:
    """The run with its history, where that can be read."""
    if HISTORY_FILE in run.lost:
        return run
    history = read_history(files.read(HISTORY_FILE), run.recorded.epochs)
    recorded = run.recorded.model_copy(update={"history": history})
    return FinishedRun(run.name, recorded, run.lost, run.checked)


def _lost_unchecked(files: RunFiles, plan: ModelPlan, settings: RunSettings) -> frozenset[str]:
    """What is missing or can't be read of a run without checksums."""
    lost = set(files.lost())
    if not needs_color(settings.task):
        lost.discard(STRIP_FILE)  # earlier versions drew it for colors only, or never
    epochs = read_result(files.numbers).epochs
    try:
        read_history(files.read(HISTORY_FILE), epochs)
    except (InputError, ValueError):
        lost.add(HISTORY_FILE)
    try:
        load_weights(build(plan), files.folder / MODEL_FILE)
    except InputError:
        lost.add(MODEL_FILE)
    return frozenset(lost)


def _differences(recorded: RunResult, trained: RunResult) -> list[str]:
    """The errors that aren't what was recorded, to the last digit."""
    pairs = [("train.mse", recorded.train_mse, trained.train_mse)]
    for split in ("val", "test"):
        there, here = (getattr(result, split).model_dump() for result in (recorded, trained))
        pairs += [(f"{split}.{name}", value, here[name]) for name, value in there.items()]
    return [
        f"{name} {there} there, {here} now"
        for name, there, here in pairs
        if there != here and there is not None
    ]


def _where(environment: Environment) -> str:
    return f"{environment.machine}, {environment.device}, {environment.threads} threads"
