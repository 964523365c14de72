"""The optimizer that a recipe names, for parameters of torch or one flat one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

import torch
from torch import nn

from archsearch.config.optimizers import Adam, AdamW
from archsearch.config.settings import TrainSettings
from archsearch.train.loop.optimizers.functional import FunctionalOptimizer, StepOptimizer
from archsearch.train.loop.optimizers.numpy_adam import NumpyAdam
from archsearch.train.loop.optimizers.updates import update_of

Shapes = Sequence[tuple[int, ...]]

__all__ = ["flat_optimizer", "make_optimizer", "recordable"]


def make_optimizer(parameters: Iterable[nn.Parameter], settings: TrainSettings) -> StepOptimizer:
    """Give the optimizer of parameters that ``settings`` names.

    Every step is weight −= rate · direction, where weight decay that shrinks the weights is
    part of the direction.

    Args:
        parameters: of a model, on one device.
        settings: the recipe.
    """
    return FunctionalOptimizer(parameters, update_of(settings.optimizer), settings)


def flat_optimizer(
    parameter: nn.Parameter, settings: TrainSettings, shapes: Shapes
) -> StepOptimizer:
    """Give the optimizer of one flat parameter on the processor.

    Args:
        parameter: its gradient exists and stays where it is.
        settings: the recipe.
        shapes: of the tensors that lie in it one after the other.
    """
    if isinstance(settings.optimizer, Adam | AdamW):
        return NumpyAdam(parameter, settings)
    update = update_of(settings.optimizer)
    parts = [parameter] if update.elementwise else _parts(parameter, shapes)
    return FunctionalOptimizer(parts, update, settings)


def recordable(settings: TrainSettings) -> bool:
    """Whether steps can be recorded on a GPU and played back.

    A recording freezes plain numbers. Of torch's update functions only Adam's reads its rate
    and momentum from tensors, which a schedule may move.
    """
    return isinstance(settings.optimizer, Adam | AdamW)


def _parts(whole: nn.Parameter, shapes: Shapes) -> list[nn.Parameter]:
    """Parameters that lie in a flat one, with gradients that lie in its gradient."""
    assert whole.grad is not None  # noqa: S101 - the engine's own
    sizes = list(map(prod, shapes))
    weights, gradients = torch.split(whole.detach(), sizes), torch.split(whole.grad, sizes)
    parts = [nn.Parameter(part.view(shape)) for part, shape in zip(weights, shapes, strict=True)]
    for part, gradient in zip(parts, gradients, strict=True):
        part.grad = gradient.view(part.shape)
    return parts
