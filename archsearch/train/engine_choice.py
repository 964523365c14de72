"""Which engine trains a net, and why: the native one wherever it can."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from archsearch.config import LOSSES, EngineName, RunSettings, TrainSettings
from archsearch.engine import unsupported
from archsearch.errors import InputError
from archsearch.spec.plan.model import ModelPlan
from archsearch.tasks import Task, make_loss, plain_task, regression

__all__ = ["EngineChoice", "choose_engine", "engine_for"]


@dataclass(frozen=True)
class EngineChoice:
    """Who trains.

    Attributes:
        name: ``native`` or ``torch``.
        reason: why torch does; None where the native engine does.
    """

    name: EngineName
    reason: str | None = None


def choose_engine(
    plan: ModelPlan,
    settings: TrainSettings,
    task: Task,
    device: torch.device,
    begun: EngineName | None = None,
) -> EngineChoice:
    """Decide who trains a plan.

    Args:
        plan: the net.
        settings: recipe, with ``engine``.
        task: that is trained, made for pictures or not.
        device: that trains.
        begun: who trained the first epochs, or the same run before; its numbers aren't another's.

    Raises:
        InputError: ``train.engine`` is native, and it can't.
    """
    if settings.engine == "torch":
        return EngineChoice("torch", "train.engine is torch")
    if settings.engine == "auto" and begun == "torch":
        return EngineChoice("torch", "the run was begun with torch")
    reason = _obstacle(plan, settings, task, device)
    if reason is None:
        return EngineChoice("native")
    if settings.engine == "native":
        raise InputError(
            f"train.engine is native, which can't train `{plan.name}`: {reason}",
            help="use train.engine=auto, which takes torch where the native engine can't",
        )
    return EngineChoice("torch", reason)


def engine_for(
    plan: ModelPlan, settings: RunSettings, device: torch.device | str = "cpu"
) -> EngineChoice:
    """Decide before there are pictures, whose content never matters; errors likewise.

    Example:
        >>> import archsearch
        >>> plan = archsearch.load("specs/acml-nine-layer.yaml").plan()
        >>> engine_for(plan, RunSettings(), "cuda").name
        'torch'
    """
    return choose_engine(plan, settings.train, plain_task(settings), torch.device(device))


def _obstacle(
    plan: ModelPlan, settings: TrainSettings, task: Task, device: torch.device
) -> str | None:
    if device.type != "cpu":
        return f"it trains on {device.type}, and the native engine on processors only"
    if settings.precision != "float32":
        return f"train.precision is {settings.precision}; the native engine has float32"
    if settings.loss not in LOSSES.builtin:
        return f"its loss {settings.loss} isn't built in"
    if regression(task, make_loss(settings)) is None:
        return "its task has a loss of its own"
    return unsupported(plan, settings.loss)
