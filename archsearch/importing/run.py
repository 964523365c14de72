"""An imported net as a run directory, measured on pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from archsearch.config import DataSettings, RunSettings, needs_rgb, pictures_of
from archsearch.data import load_pictures
from archsearch.importing.net import ImportedNet
from archsearch.records import RunResult
from archsearch.train import measure, write_imported

__all__ = ["DATA", "save_run"]

DATA = DataSettings(source="photos", limit=500)
"""Pictures that a net is measured on where none are named: they are built in."""


def save_run(
    net: ImportedNet,
    out: Path,
    *,
    data: DataSettings = DATA,
    progress: Callable[[int, int], None] | None = None,
) -> RunResult:
    """Write an imported net as a run that ``apply``, ``encode``, ``export`` and ``report`` take.

    Nothing is trained. The net is measured on pictures, as a run's is, so that errors compare.

    Args:
        net: from ``from_torch``.
        out: the run directory.
        data: pictures, and the scale of their numbers, which must be that of the net's training.
        progress: called while pictures are fetched.

    Raises:
        InputError: pictures and net can't be combined.
        RunConflictError: ``out`` holds a run that was trained.
    """
    size, settings = net.plan.input, RunSettings(data=data, task=net.task)
    pictures = load_pictures(
        data,
        height=size.height,
        width=size.width,
        channels=pictures_of(net.plan, net.task),
        progress=progress,
        color_task=net.task.name if needs_rgb(net.task) else None,
    )
    measured = measure(net.model, settings, pictures, net.origin)
    write_imported(out, settings, measured)
    return measured.result
