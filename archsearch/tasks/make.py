"""From settings to a task."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from archsearch.config import RunSettings, kind_of
from archsearch.extensions import refer
from archsearch.spec.plan.model import ModelPlan
from archsearch.tasks.losses import make_loss
from archsearch.tasks.pictures import PictureSet
from archsearch.tasks.signed import SignedOutput
from archsearch.tasks.standardize import Standardize, signed
from archsearch.tasks.task import Task, TaskContext

__all__ = ["make_task", "make_task_for_apply", "plain_task"]


def make_task(
    plan: ModelPlan,
    settings: RunSettings,
    pictures: PictureSet,
    device: torch.device | str = "cpu",
) -> Task:
    """Give the task that ``settings.task`` names, ready to train and to measure.

    Args:
        plan: the net that is to learn it.
        settings: task, loss, and whether the net's input is standardized.
        pictures: whose training split gives mean, std and class weights.
        device: that trains; what the task looks up in a step lies there.

    Raises:
        InputError: the pictures have nothing to learn the task from.
    """
    shift = signed(plan.input.channels) if settings.data.signed else None
    if settings.data.standardize:
        shift = refer(kind_of(settings.task).fed_statistics)(pictures)
    loss = make_loss(settings.train)
    return _made(settings, TaskContext(loss, shift, plan.output_activation, pictures, device))


def make_task_for_apply(
    plan: ModelPlan, settings: RunSettings, mean: Sequence[float], std: Sequence[float]
) -> Task:
    """Give the task of a finished run, for pictures of one's own: no training data is needed.

    Its ``prepare`` gives the net's input, without noise or masks of its own, and
    :func:`~archsearch.tasks.predict` turns the output into pictures.

    Args:
        plan: the trained net.
        settings: the run's.
        mean: what the net's input was shifted by (``RunResult.fed_mean``); not
            looked at unless ``data.standardize`` is set.
        std: what it was divided by (``RunResult.fed_std``).
    """
    shift = signed(plan.input.channels) if settings.data.signed else None
    if settings.data.standardize:
        shift = Standardize(tuple(mean), tuple(std))
    return _made(settings, TaskContext(make_loss(settings.train), shift, plan.output_activation))


def plain_task(settings: RunSettings) -> Task:
    """Give the task without net and pictures: what it shows, as no net is fed it yet."""
    return _made(settings, TaskContext(make_loss(settings.train)))


def _made(settings: RunSettings, context: TaskContext) -> Task:
    kind = kind_of(settings.task)
    task: Task = refer(kind.make)(settings.task, context)
    gives_pictures = kind.loss is None  # else scores, which have no range
    return SignedOutput(task) if settings.data.signed and gives_pictures else task
