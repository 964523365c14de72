"""A run directory: what a training leaves for people and programs.

::

    spec.yaml  config.json                      from the start: what is trained
    checkpoint.safetensors                      while it trains, and that of the epoch before
    model.safetensors  curves.png  pictures.png  strip.png
    history.csv  metrics.json                   at the end; metrics last of all

``metrics.json`` holds the checksums of the others. Until it is there the run isn't
finished, so a kill at any moment leaves a run that can be resumed or a whole one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from archsearch.config import RunSettings
from archsearch.config.used_extensions import used_extensions
from archsearch.files import remove_drafts, write_bytes, write_text
from archsearch.nn import save_weights
from archsearch.printable import in_utf_8
from archsearch.records import RunRecord
from archsearch.records.baselines import Baselines
from archsearch.records.results import EpochRecord, RunResult
from archsearch.records.run_figures import draw_curves, draw_pictures
from archsearch.records.run_files import (
    CONFIG_FILE,
    CURVES_FILE,
    METRICS_FILE,
    MODEL_FILE,
    PICTURES_FILE,
    RUN_FILES,
    SAMPLE_GRID_FILE,
    SPEC_FILE,
    origin_of,
)
from archsearch.records.runs import config_json, write_run
from archsearch.records.sample_grid import sample_grid_png
from archsearch.spec import to_yaml
from archsearch.spec.plan.model import ModelPlan
from archsearch.train.fit import OnEpoch, OnNote, TrainedRun, fit
from archsearch.train.kept import KeptBaselines
from archsearch.train.loop.checkpoint import discard, places
from archsearch.train.loop.epoch import OnStep
from archsearch.train.run_folder.conflicts import as_begun, conflict, listed, refuse_folders
from archsearch.train.run_folder.finished import FinishedRun, find_finished, reconciled, reopened
from archsearch.train.run_folder.lock import locked
from archsearch.train.trackers import Tracked, tracking

if TYPE_CHECKING:
    from archsearch.data import Pictures

__all__ = ["train_run", "write_imported"]

CHECKPOINT_FILE = "checkpoint.safetensors"
_DRAWN = (CURVES_FILE, PICTURES_FILE, SAMPLE_GRID_FILE)

_log = logging.getLogger(__name__)


def train_run(  # noqa: PLR0913 - named settings, most with a default
    plan: ModelPlan,
    settings: RunSettings,
    pictures: Pictures,
    out: Path,
    *,
    threads: int | None = None,
    device: torch.device | str = "cpu",
    on_epoch: OnEpoch | None = None,
    on_step: OnStep | None = None,
    on_note: OnNote | None = None,
    baselines: Baselines | None = None,
) -> RunResult:
    """Train into the run directory ``out``, or go on with what it holds.

    Called again after a kill, it resumes after the last finished epoch and
    ends with the numbers of an unbroken run. A finished run with the same
    layers, settings and pictures is not trained again: its result is given. What it
    lost, or what was damaged, is made again: figures from its weights; weights, history
    and metrics by the same training, whose numbers are compared with those recorded.
    What is made again is logged.

    Args:
        plan: the model.
        settings: pictures, task and recipe.
        pictures: what ``settings.data`` names.
        out: the run directory, made if it isn't there.
        threads: torch threads; None leaves them as they are.
        device: where to train.
        on_epoch: called after each epoch trained now.
        on_step: called after each step with (steps done, steps in all).
        on_note: called before ``on_epoch`` with what went badly, as in ``fit``.
        baselines: if known already; otherwise those kept in the cache, or measured.

    Raises:
        RunConflictError: ``out`` holds another run, or a process is in it.
        InputError: plan, settings and pictures can't be combined.
        RunFailedError: NaN, an infinite loss, or not enough memory.
    """
    checkpoint = out / CHECKPOINT_FILE
    with locked(out):
        refuse_folders([*(out / n for n in (*RUN_FILES, METRICS_FILE)), *places(checkpoint)])
        for name in (*RUN_FILES, METRICS_FILE, CHECKPOINT_FILE):
            remove_drafts(out / name)
        settings = as_begun(out, settings)
        finished, begun = find_finished(out, plan, settings), None
        if finished is not None:
            if finished.recorded.origin is not None:
                raise conflict(out, [f"it was imported from {finished.recorded.origin}"])
            _check_same_pictures(out, finished, pictures)
            if not finished.needs_training:
                _see_to_files(out, finished, plan, settings, pictures)
                return finished.recorded
            _log.warning(
                "%s: training again, because %s missing or damaged", out, listed(finished.lost)
            )
            baselines, begun = finished.recorded.baselines, finished.recorded.environment.engine
        else:
            write_text(out / SPEC_FILE, to_yaml(plan))
            write_text(out / CONFIG_FILE, config_json(settings))
        kept = KeptBaselines(plan, settings, pictures)
        baselines = baselines or kept.read()
        told = Tracked.of(in_utf_8(out.resolve().name), out, plan, settings)
        with tracking(settings.train.log, told) as tracked:

            def each_epoch(row: EpochRecord) -> None:
                tracked.epoch(row)
                if on_epoch is not None:
                    on_epoch(row)

            trained = fit(
                plan,
                settings,
                pictures,
                threads=threads,
                device=device,
                on_epoch=each_epoch,
                on_step=on_step,
                on_note=on_note,
                checkpoint=checkpoint,
                baselines=baselines,
                begun=begun,
            )
            tracked.result(trained)
        if baselines is None:
            kept.write(trained.result.baselines)
        name, result, names = out.resolve().name, trained.result, frozenset(RUN_FILES)
        if finished is not None:
            name, (result, names) = finished.name, reconciled(out, finished, trained.result)
        run = _record(name, plan, settings, result)
        _write(out, run, trained, names)
        return result


def write_imported(out: Path, settings: RunSettings, measured: TrainedRun) -> None:
    """Write a net that was trained elsewhere as the run directory ``out``.

    Args:
        out: made if it isn't there; it may hold an imported run, which is replaced.
        settings: that it was measured with.
        measured: from ``measure``.

    Raises:
        RunConflictError: ``out`` holds a run that was trained, or begun, or a process is in it.
    """
    plan, names = measured.model.plan, frozenset(RUN_FILES) - {CURVES_FILE}
    with locked(out):
        if (out / SPEC_FILE).exists() and origin_of(out) is None:
            raise conflict(out, ["it was trained here, or begun"])
        (out / METRICS_FILE).unlink(missing_ok=True)  # from here on nothing is finished
        _write(out, _record(out.resolve().name, plan, settings, measured.result), measured, names)


def _record(name: str, plan: ModelPlan, settings: RunSettings, result: RunResult) -> RunRecord:
    return RunRecord(
        name=name,
        spec=to_yaml(plan),
        settings=settings,
        result=result,
        extensions=used_extensions(settings, [layer.kind for layer in plan.layers]),
    )


def _write(out: Path, run: RunRecord, trained: TrainedRun, names: Collection[str]) -> None:
    """Write those of a run's files, and ``metrics.json``, with which it is finished, last."""
    size = trained.model.plan.latent.size
    writers: dict[str, Callable[[Path], None]] = {
        MODEL_FILE: lambda path: save_weights(trained.model, path),
        CURVES_FILE: lambda path: draw_curves(path, run.name, run.result, size),
        PICTURES_FILE: lambda path: draw_pictures(path, run.name, run.result, trained.samples),
        SAMPLE_GRID_FILE: lambda path: write_bytes(path, sample_grid_png(trained.samples)),
    }
    for name, write in writers.items():
        if name in names:
            write(out / name)
    write_run(out, run, names)
    discard(out / CHECKPOINT_FILE)


def _check_same_pictures(out: Path, run: FinishedRun, pictures: Pictures) -> None:
    if run.recorded.data_fingerprint != pictures.fingerprint:
        raise conflict(out, [f"its pictures differ from those of {pictures.source} now"])


def _see_to_files(
    out: Path, run: FinishedRun, plan: ModelPlan, settings: RunSettings, pictures: Pictures
) -> None:
    """Write again what of a trained run can be made of its weights and numbers."""
    discard(out / CHECKPOINT_FILE)  # a kill may have left it
    if not run.lost:
        return
    _log.warning(
        "%s: drawing or writing again, because %s missing or damaged", out, listed(run.lost)
    )
    record = _record(run.name, plan, settings, run.recorded)
    if run.lost.isdisjoint(_DRAWN):
        write_run(out, record, run.lost)
        return
    _write(
        out, record, reopened(plan, settings, pictures, run.recorded, out / MODEL_FILE), run.lost
    )
