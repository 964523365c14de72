"""A run directory: what a training leaves for people and programs.

::

    spec.yaml  config.json                      from the start: what is trained
    checkpoint.safetensors                      while it goes on
    model.safetensors  curves.png  pictures.png  strip.png
    history.csv  metrics.json                   at the end; metrics last of all
"""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from archsearch.config import RunSettings, load, needs_color
from archsearch.errors import InputError, RunConflictError
from archsearch.files import write_bytes, write_text
from archsearch.nn import Autoencoder, build, load_weights, save_weights
from archsearch.records import RunRecord, load_run, write_run
from archsearch.records.results import Baselines, RunResult
from archsearch.records.runs import (
    CONFIG_FILE,
    HISTORY_FILE,
    METRICS_FILE,
    SPEC_FILE,
    STRIP_FILE,
)
from archsearch.spec import to_yaml
from archsearch.spec.plan import ModelPlan
from archsearch.train.epoch import OnStep
from archsearch.train.figures import draw_curves, draw_pictures
from archsearch.train.fit import OnEpoch, TrainedRun, fit
from archsearch.train.lock import locked
from archsearch.train.strips import redraw_strip, strip_png

if TYPE_CHECKING:
    from archsearch.data import Pictures

__all__ = ["MODEL_FILE", "load_model", "train_run"]

MODEL_FILE = "model.safetensors"
CHECKPOINT_FILE = "checkpoint.safetensors"
CURVES_FILE = "curves.png"
PICTURES_FILE = "pictures.png"


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

    Called again after a kill, it goes on from the last finished epoch and
    ends with the numbers of an unbroken run. A finished run with the same
    spec, settings and pictures is not trained again: its result is given; a color
    run of an earlier version gets the ``strip.png`` that it lacks.

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
        spec = to_yaml(plan)
        _refuse_another(out, spec, settings)
        if (out / METRICS_FILE).exists():
            result = _finished(out, pictures)
            _see_to_strip(out, plan, settings, pictures)
            return result
        write_text(out / SPEC_FILE, spec)
        write_text(out / CONFIG_FILE, _config(settings))
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
        _write(
            out,
            RunRecord(name=out.resolve().name, spec=spec, settings=settings, result=trained.result),
            trained,
        )
        return trained.result


def load_model(folder: Path) -> Autoencoder:
    """Give the trained net of a finished run, in eval mode.

    Raises:
        InputError: no finished run there, or damaged files.

    Example:
        >>> model = load_model(Path("runs/acml-nine-layer"))  # doctest: +SKIP
    """
    run = load_run(folder)
    model = build(load(folder / SPEC_FILE).plan(task=run.settings.task))
    load_weights(model, folder / MODEL_FILE)
    return model.eval()


def _write(out: Path, run: RunRecord, trained: TrainedRun) -> None:
    """Write what the run leaves; with ``metrics.json``, the last, it is finished."""
    save_weights(trained.model, out / MODEL_FILE)
    draw_curves(out / CURVES_FILE, run.name, trained.result, trained.model.plan.latent.size)
    draw_pictures(out / PICTURES_FILE, run.name, trained.result, trained.strip)
    write_bytes(out / STRIP_FILE, strip_png(trained.strip))
    write_run(out, run)
    (out / CHECKPOINT_FILE).unlink(missing_ok=True)


def _finished(out: Path, pictures: Pictures) -> RunResult:
    result = load_run(out).result
    if len(result.history) != result.epochs:
        raise InputError(
            f"{out / HISTORY_FILE} has {len(result.history)} of {result.epochs} epochs",
            help="train it again into another folder with --out",
        )
    if result.data_fingerprint != pictures.fingerprint:
        raise _conflict(out, [f"its pictures were others than {pictures.source} has now"])
    return result


def _see_to_strip(out: Path, plan: ModelPlan, settings: RunSettings, pictures: Pictures) -> None:
    """Draw the pictures that a report of colors shows, where an earlier version left none."""
    if needs_color(settings.task) and not (out / STRIP_FILE).exists():
        redraw_strip(plan, settings, pictures, out / MODEL_FILE, out / STRIP_FILE)


def _refuse_another(out: Path, spec: str, settings: RunSettings) -> None:
    """See that what ``out`` holds, finished or not, was begun with the same spec and settings."""
    differences = []
    if (out / SPEC_FILE).exists():
        differences += _spec_difference(_read(out / SPEC_FILE), spec)
    if (out / CONFIG_FILE).exists():
        try:
            stored = RunSettings.model_validate_json(_read(out / CONFIG_FILE))
        except ValueError as error:
            raise InputError(
                f"{out / CONFIG_FILE} isn't the config of a run: {error}".splitlines()[0],
                help="give another folder with --out",
            ) from error
        differences += _setting_differences(stored, settings)
    if differences:
        raise _conflict(out, differences)


def _conflict(out: Path, differences: list[str]) -> RunConflictError:
    return RunConflictError(
        f"{out} holds another run: {'; '.join(differences)}",
        help="give another folder with --out, or remove this one",
    )


def _spec_difference(stored: str, wanted: str) -> list[str]:
    """Name the first line that differs."""
    lines = zip_longest(stored.splitlines(), wanted.splitlines(), fillvalue="")
    for number, (there, here) in enumerate(lines, 1):
        if there != here:
            return [f"{SPEC_FILE} line {number} is `{there.strip()}` there, `{here.strip()}` here"]
    return []


def _setting_differences(stored: RunSettings, wanted: RunSettings) -> list[str]:
    """Name every setting that differs; of another task, its name alone."""
    there, here = _by_section(stored), _by_section(wanted)
    if stored.task.name != wanted.task.name:
        there["task"] = {"name": stored.task.name}
        here["task"] = {"name": wanted.task.name}
    return [
        f"{section}.{key} is {there[section][key]} there, {here[section][key]} here"
        for section in here
        for key in here[section]
        if there[section][key] != here[section][key]
    ]


def _by_section(settings: RunSettings) -> dict[str, dict[str, object]]:
    return {name: dict(section) for name, section in settings}


def _config(settings: RunSettings) -> str:
    return settings.model_dump_json(indent=2) + "\n"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} can't be read: {error}", help="give another folder with --out"
        ) from error
