"""A finished run that is asked for again: what it still has, and making again what it lost."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archsearch.config import RunSettings, kind_of
from archsearch.errors import InputError, NewerVersionError
from archsearch.nn import build, load_weights
from archsearch.printable import count
from archsearch.records.reading import DECODING_ERRORS, first_problem
from archsearch.records.results import Environment, EpochRecord, RunResult
from archsearch.records.run_files import (
    CONFIG_FILE,
    HISTORY_FILE,
    METRICS_FILE,
    MODEL_FILE,
    RUN_FILES,
    SAMPLE_GRID_FILE,
    SPEC_FILE,
    RunFiles,
)
from archsearch.records.runs import read_history, read_result
from archsearch.spec.plan.model import ModelPlan
from archsearch.train.fit import TrainedRun, prepare
from archsearch.train.run_folder.conflicts import conflict, listed, refuse_another
from archsearch.train.scoring import score_test

if TYPE_CHECKING:
    from archsearch.data import Pictures

__all__ = ["FinishedRun", "find_finished", "reconciled", "reopened"]

_BEFORE_FILES = ("metrics-before.json", *(f"metrics-before-{n}.json" for n in range(2, 1000)))
"""Metrics that the run had before it was trained again to other numbers."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FinishedRun:
    """What a run directory says of a training that has ended.

    Attributes:
        name: the run's.
        recorded: its numbers; without a history where that is lost.
        lost: files that are missing or damaged.
    """

    name: str
    recorded: RunResult
    lost: frozenset[str]

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
        refuse_another(out, plan, settings)
        return None
    try:
        files = RunFiles(out)
        name, recorded = str(files.numbers["run"]), read_result(files.numbers)
    except NewerVersionError:
        raise  # not ours to replace
    except (InputError, *DECODING_ERRORS) as error:
        why = first_problem(error)
        _refuse_unknown(out, why)
        refuse_another(out, plan, settings)
        _log.warning(
            "%s: training again, without recorded numbers to compare with; what was there is "
            "kept as %s",
            why,
            _set_aside(out),
        )
        return None
    lost = files.lost()
    refuse_another(out, plan, settings, files.checksums, lost)
    if not files.checksums:
        files.note_unchecked()
        _refuse_unknown(out, "it has no checksums")
        lost = _lost_unchecked(files, lost, plan, settings)
    history = () if HISTORY_FILE in lost else _history(files, recorded.epochs)
    lost |= set() if history else {HISTORY_FILE}
    return FinishedRun(name, recorded.model_copy(update={"history": history}), lost)


def reconciled(out: Path, run: FinishedRun, trained: RunResult) -> tuple[RunResult, frozenset[str]]:
    """Hold a run that was trained again against what was recorded, and say what came of it.

    Returns:
        The numbers that hold from now on, and the files that are to be written: what was
        lost; all of them where the numbers differ, with the earlier metrics set aside.
    """
    differences = _differences(run.recorded, trained)
    if not differences:
        _log.warning("%s was trained again, to the same numbers as recorded", out)
        history = run.recorded.history or trained.history
        return run.recorded.model_copy(update={"history": history}), run.lost
    _log.warning(
        "%s was trained again, to other numbers than recorded: %s; recorded on %s, now on %s; "
        "the earlier ones are in %s",
        out,
        ", ".join(differences),
        _where(run.recorded.environment),
        _where(trained.environment),
        _set_aside(out),
    )
    return trained, frozenset(RUN_FILES)


def reopened(
    plan: ModelPlan,
    settings: RunSettings,
    pictures: Pictures,
    recorded: RunResult,
    weights: Path,
) -> TrainedRun:
    """A training that has ended, with its test pictures; nothing is measured anew.

    Args:
        plan: the net's.
        settings: that it was trained with.
        pictures: that it was trained on.
        recorded: its numbers.
        weights: the run's model file.

    Raises:
        InputError: weights that don't fit the plan.
    """
    begun = recorded.environment.engine
    training = prepare(plan, settings, pictures, settings.train.seed, begun=begun)
    load_weights(training.model, weights)
    samples = score_test(training, pictures).samples
    return TrainedRun(recorded, training.model, samples, settings)


def _set_aside(out: Path) -> str:
    """Keep the metrics under another name; from here on the run isn't finished.

    Returns:
        That name: one that no earlier ones have.
    """
    name = next((name for name in _BEFORE_FILES if not (out / name).exists()), _BEFORE_FILES[-1])
    (out / METRICS_FILE).replace(out / name)
    return name


def _refuse_unknown(out: Path, why: str) -> None:
    """Without spec and config there is no telling which run it was."""
    missing = [name for name in (SPEC_FILE, CONFIG_FILE) if not (out / name).is_file()]
    if missing:
        raise conflict(out, [f"{listed(missing)} missing, and {why}"])


def _history(files: RunFiles, epochs: int) -> tuple[EpochRecord, ...]:
    """The run's history; nothing where it can't be read."""
    try:
        return read_history(files.read(HISTORY_FILE), epochs)
    except (InputError, ValueError):
        return ()


def _lost_unchecked(
    files: RunFiles, missing: frozenset[str], plan: ModelPlan, settings: RunSettings
) -> frozenset[str]:
    """What is missing or can't be read of a run without checksums, its history aside."""
    lost = set(missing)
    if not kind_of(settings.task).scores_colors:
        lost.discard(SAMPLE_GRID_FILE)  # earlier versions drew it for colors only, or never
    try:
        load_weights(build(plan), files.folder / MODEL_FILE)
    except InputError:
        lost.add(MODEL_FILE)
    return frozenset(lost)


def _differences(recorded: RunResult, trained: RunResult) -> list[str]:
    """The errors that aren't what was recorded, to the last digit."""
    there, here = _errors(recorded), _errors(trained)
    return [
        f"{name} {there[name]} there, {here.get(name)} now"
        for name in there
        if there[name] != here.get(name)
    ]


def _errors(result: RunResult) -> dict[str, float]:
    """All that are known, by name; earlier versions kept fewer."""
    found = {"train.mse": result.train_mse}
    for split in ("val", "test"):
        scores = getattr(result, split).model_dump(exclude_none=True)
        for part in ("color", "metrics"):
            inner = scores.pop(part, {})
            found |= {f"{split}.{part}.{name}": error for name, error in inner.items()}
        found |= {f"{split}.{name}": error for name, error in scores.items()}
    return found


def _where(environment: Environment) -> str:
    threads = count(environment.threads, "thread")
    return f"{environment.machine}, {environment.device}, {threads}, by {environment.engine}"
