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
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from archsearch.config import RunSettings, load
from archsearch.errors import InputError
from archsearch.files import write_bytes, write_text
from archsearch.nn import Autoencoder, build, load_weights, save_weights
from archsearch.records import RunRecord, load_run
from archsearch.records.results import Baselines, RunResult
from archsearch.records.run_files import (
    CONFIG_FILE,
    CURVES_FILE,
    HISTORY_FILE,
    MODEL_FILE,
    PICTURES_FILE,
    RUN_FILES,
    SPEC_FILE,
    STRIP_FILE,
    RunFiles,
    how_to_remake,
    write_metrics,
)
from archsearch.records.runs import config_json, history_csv, metrics
from archsearch.spec import to_yaml
from archsearch.spec.plan.model import ModelPlan
from archsearch.train.checkpoint import discard
from archsearch.train.conflicts import conflict
from archsearch.train.epoch import OnStep
from archsearch.train.figures import draw_curves, draw_pictures
from archsearch.train.finished import FinishedRun, find_finished, settled
from archsearch.train.fit import OnEpoch, TrainedRun, fit
from archsearch.train.lock import locked
from archsearch.train.strips import reopened, strip_png

if TYPE_CHECKING:
    from archsearch.data import Pictures

__all__ = ["load_model", "train_run"]

CHECKPOINT_FILE = "checkpoint.safetensors"

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
        baselines: if known already.

    Raises:
        RunConflictError: ``out`` holds another run, or a process is in it.
        InputError: plan, settings and pictures don't go together.
        RunFailedError: NaN, an infinite loss, or not enough memory.
    """
    with locked(out):
        finished = find_finished(out, plan, settings)
        if finished is not None:
            _check_same_pictures(out, finished, pictures)
            if not finished.needs_training:
                _see_to_figures(out, finished, plan, settings, pictures)
                return finished.recorded
            _log.warning("%s: training again, because %s", out, _told(finished.lost))
            baselines = finished.recorded.baselines
        else:
            write_text(out / SPEC_FILE, to_yaml(plan))
            write_text(out / CONFIG_FILE, config_json(settings))
        trained = fit(
            plan,
            settings,
            pictures,
            threads=threads,
            device=device,
            on_epoch=on_epoch,
            on_step=on_step,
            checkpoint=out / CHECKPOINT_FILE,
            baselines=baselines,
        )
        name, result, names = out.resolve().name, trained.result, frozenset(RUN_FILES)
        if finished is not None:
            name, (result, names) = finished.name, settled(out, finished, trained.result)
        run = RunRecord(name=name, spec=to_yaml(plan), settings=settings, result=result)
        _write(out, run, trained, names)
        return result


def load_model(folder: Path) -> Autoencoder:
    """Give the trained net of a finished run, in eval mode.

    Raises:
        InputError: no finished run there, or damaged files.

    Example:
        >>> model = load_model(Path("runs/acml-nine-layer"))  # doctest: +SKIP
    """
    return model_of(load_run(folder), folder)


def model_of(run: RunRecord, folder: Path) -> Autoencoder:
    """The same, of a run that was read already."""
    model = build(load(folder / SPEC_FILE).plan(task=run.settings.task))
    content = RunFiles(folder).read(MODEL_FILE)
    try:
        load_weights(model, folder / MODEL_FILE, content)
    except InputError as error:
        raise InputError(error.what, help=how_to_remake(folder)) from error
    return model.eval()


def _write(out: Path, run: RunRecord, trained: TrainedRun, names: Iterable[str]) -> None:
    """Write those of a run's files, and ``metrics.json``, with which it is finished, last."""
    writers: dict[str, Callable[[Path], None]] = {
        SPEC_FILE: lambda path: write_text(path, run.spec),
        CONFIG_FILE: lambda path: write_text(path, config_json(run.settings)),
        HISTORY_FILE: lambda path: write_text(path, history_csv(run.result.history)),
        MODEL_FILE: lambda path: save_weights(trained.model, path),
        CURVES_FILE: lambda path: draw_curves(
            path, run.name, run.result, trained.model.plan.latent.size
        ),
        PICTURES_FILE: lambda path: draw_pictures(path, run.name, run.result, trained.strip),
        STRIP_FILE: lambda path: write_bytes(path, strip_png(trained.strip)),
    }
    for name in RUN_FILES:
        if name in names:
            writers[name](out / name)
    write_metrics(out, metrics(run.name, run.result))
    discard(out / CHECKPOINT_FILE)


def _check_same_pictures(out: Path, run: FinishedRun, pictures: Pictures) -> None:
    if run.recorded.data_fingerprint != pictures.fingerprint:
        raise conflict(out, [f"its pictures differ from those of {pictures.source} now"])


def _see_to_figures(
    out: Path, run: FinishedRun, plan: ModelPlan, settings: RunSettings, pictures: Pictures
) -> None:
    """Write again what of a trained run can be made of its weights and numbers."""
    discard(out / CHECKPOINT_FILE)  # a kill may have left it
    if not run.lost:
        return
    _log.warning("%s: drawing or writing again, because %s", out, _told(run.lost))
    trained = reopened(plan, settings, pictures, run.recorded, out / MODEL_FILE)
    record = RunRecord(name=run.name, spec=to_yaml(plan), settings=settings, result=run.recorded)
    _write(out, record, trained, run.lost)


def _told(lost: Iterable[str]) -> str:
    names = sorted(lost)
    return f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} missing or damaged"
