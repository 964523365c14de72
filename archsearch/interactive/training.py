"""``fit`` as people call it: with progress, and arguments that are looked at first."""

from __future__ import annotations

from os import PathLike
from types import NoneType

import torch

from archsearch import train
from archsearch.arguments import as_path, require_type
from archsearch.config import RunSettings
from archsearch.data import Pictures
from archsearch.interactive.board import Board, Moving, open_board
from archsearch.interactive.progress import EpochLines, both, pictures_line, stopped_line
from archsearch.report.outcome import outcome
from archsearch.spec import ModelPlan
from archsearch.train import OnEpoch, OnStep, TrainedRun

__all__ = ["fit"]


def fit(  # noqa: PLR0913 - named settings, most with a default
    plan: ModelPlan,
    settings: RunSettings,
    pictures: Pictures,
    *,
    seed: int | None = None,
    threads: int | None = None,
    device: torch.device | str = "cpu",
    on_epoch: OnEpoch | None = None,
    on_step: OnStep | None = None,
    checkpoint: str | PathLike[str] | None = None,
    progress: bool = True,
) -> TrainedRun:
    """Train a plan on pictures and measure it; a line an epoch tells how it goes.

    The lines go to stderr, or into the notebook's cell: training and validation MSE of RGB in
    [0, 1], seconds, and what went badly, if anything did. Weights, order of pictures and
    everything else that is random follow from ``seed``. The test split is read once, after the
    last epoch.

    Args:
        plan: the model, from ``archsearch.load(path).plan()``.
        settings: task and recipe (``settings.data`` is what ``pictures`` came from).
        pictures: from ``archsearch.load_pictures``.
        seed: instead of ``settings.train.seed``.
        threads: torch threads while training; None leaves them as they are.
        device: where to train, such as ``"cuda"``.
        on_epoch: called with the record of each epoch.
        on_step: called after each step with (steps done, steps in all).
        checkpoint: a file written after each epoch and gone on from if it is there.
        progress: whether to tell anything.

    Returns:
        The run: ``result`` with all numbers, ``model``, ``samples`` with test pictures.

    Raises:
        ArgumentTypeError: an argument of another type than the above.
        InputError: plan, settings and pictures can't be combined.
        RunFailedError: NaN, an infinite loss, or not enough memory.

    Example:
        >>> import archsearch
        >>> from archsearch.config import DataSettings, RunSettings, TrainSettings
        >>> data = DataSettings(source="photos", limit=100)
        >>> settings = RunSettings(data=data, train=TrainSettings(epochs=1))
        >>> pictures = archsearch.load_pictures(data, height=32, width=32)
        >>> plan = archsearch.load("specs/acml-nine-layer.yaml").plan()
        >>> archsearch.fit(plan, settings, pictures, progress=False).result.epochs
        1
    """
    _check_types(plan, settings, pictures, seed, threads, device)
    file = None
    if checkpoint is not None:
        file = as_path(checkpoint, "fit(checkpoint)", help='name a file, such as "net.checkpoint"')
    call = {"seed": seed, "threads": threads, "device": device, "checkpoint": file}
    if not progress:
        return train.fit(plan, settings, pictures, on_epoch=on_epoch, on_step=on_step, **call)  # type: ignore[arg-type]
    with open_board() as board:
        board.say(f"{plan.name}: {settings.task.name} on {pictures_line(pictures)}")
        lines = EpochLines(settings.train.epochs, board.say)
        run = train.fit(
            plan,
            settings,
            pictures,
            on_epoch=both(lines, on_epoch),
            on_step=both(_bar(board, f"training {plan.name}"), on_step),
            on_note=lines.note,
            **call,  # type: ignore[arg-type]
        )
        told = [stopped_line(run.result), *outcome(run.result, settings.train.batch_size)]
        for line in filter(None, told):
            board.say(line)
    return run


def _check_types(
    plan: object, settings: object, pictures: object, seed: object, threads: object, device: object
) -> None:
    make_plan = 'make one: archsearch.load("spec.yaml").plan()'
    require_type(plan, ModelPlan, "fit(plan)", help=make_plan)
    make_settings = "make one: RunSettings(data=…, task=…, train=…), of archsearch.config"
    require_type(settings, RunSettings, "fit(settings)", help=make_settings)
    load = "load them: archsearch.load_pictures(settings.data, height=32, width=32)"
    require_type(pictures, Pictures, "fit(pictures)", help=load)
    whole = "give a whole number, or leave it out"
    require_type(seed, (int, NoneType), "fit(seed)", help=whole)
    require_type(threads, (int, NoneType), "fit(threads)", help=whole)
    where = 'give "cpu", "cuda", "cuda:0" or "mps"'
    require_type(device, (str, torch.device), "fit(device)", help=where)


def _bar(board: Board, label: str) -> OnStep:
    return lambda done, total: board.show(Moving(done, total, (label,)))
