"""A finished run read back: its record, its net, its test pictures."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

import numpy

from archsearch.arguments import as_path
from archsearch.config import load
from archsearch.errors import InputError
from archsearch.nn import Autoencoder, build, load_weights
from archsearch.records import FIRST, OF_EACH, RunRecord
from archsearch.records.run_files import (
    MODEL_FILE,
    SAMPLE_GRID_FILE,
    SPEC_FILE,
    RunFiles,
    how_to_remake,
)
from archsearch.records.runs import read_run
from archsearch.records.sample_grid import SampleGrid, read_sample_grid
from archsearch.spec.plan.model import ModelPlan
from archsearch.train.fit import TrainedRun

__all__ = ["load_model", "load_run", "load_trained"]


def load_run(folder: str | PathLike[str]) -> TrainedRun:
    """A finished run as ``fit`` gives it: its numbers, its net, its test pictures.

    Args:
        folder: the run directory, as ``archsearch train`` wrote it.

    Returns:
        The run. Its ``samples.shown`` is None, because a run directory doesn't keep it; and there
        are no samples where an earlier version left none.

    Raises:
        InputError: no finished run there, or damaged files.
        ArgumentTypeError: ``folder`` is no path.

    Example:
        >>> run = load_run("runs/acml-nine-layer")  # doctest: +SKIP
        >>> run.result.test.mse  # doctest: +SKIP
        0.0031
    """
    place = as_path(
        folder, "load_run(folder)", help='name a run directory, such as "runs/acml-nine-layer"'
    )
    run, model = load_trained(place)
    return TrainedRun(run.result, model, _samples(place, model.plan), run.settings)


def load_model(folder: Path) -> Autoencoder:
    """Give the trained net of a finished run, in eval mode.

    Raises:
        InputError: no finished run there, or damaged files.

    Example:
        >>> model = load_model(Path("runs/acml-nine-layer"))  # doctest: +SKIP
    """
    return load_trained(folder)[1]


def load_trained(folder: Path) -> tuple[RunRecord, Autoencoder]:
    """The same, with what the run says of itself."""
    files = RunFiles(folder)
    files.note_unchecked()
    run = read_run(files)
    model = build(load(folder / SPEC_FILE).plan(task=run.settings.task))
    content = files.read(MODEL_FILE)
    try:
        load_weights(model, folder / MODEL_FILE, content)
    except InputError as error:
        raise InputError(error.what, help=how_to_remake(folder)) from error
    return run, model.eval()


def _samples(folder: Path, plan: ModelPlan) -> SampleGrid:
    files, size = RunFiles(folder), plan.input
    kept = (folder / SAMPLE_GRID_FILE).is_file() or SAMPLE_GRID_FILE in files.checksums
    found = (
        read_sample_grid(files.read(SAMPLE_GRID_FILE), size.height, size.width) if kept else None
    )
    if found is None:
        empty = numpy.zeros((0, size.height, size.width, 3), numpy.uint8)
        return SampleGrid(empty, None, empty)
    originals, predicted = found
    return SampleGrid(originals, None, predicted, 3 * OF_EACH if len(originals) > FIRST else 0)
