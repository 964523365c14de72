"""An optimizer of torch's update functions."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from archsearch.config.optimizers import Sgd, WithBetas
from archsearch.config.settings import TrainSettings
from archsearch.train.loop.optimizers.updates import Moments, Update
from archsearch.train.loop.schedule import MOMENTUM, Rate

__all__ = [
    "FunctionalOptimizer",
    "Group",
    "StepOptimizer",
    "group_of",
    "set_rate",
]

Group = dict[str, Any]
"""Parameters with what their next step is taken with, as torch's ``param_groups`` have it."""


class StepOptimizer(Protocol):
    """What a training asks of an optimizer; torch's own have it too."""

    @property
    def param_groups(self) -> list[Group]:
        """Parameters with their rate and momentum."""

    @property
    def state(self) -> MutableMapping[Any, Any]:
        """The moments of each parameter."""

    def zero_grad(self) -> None:
        """Drop the gradients."""

    def step(self) -> None:
        """Update the parameters."""


class FunctionalOptimizer:
    """Updates, and the moments in checkpoints, are those of torch's class.

    Args:
        parameters: of a model, on one device.
        update: what a step does.
        settings: weight decay, and the rate until :func:`set_rate` sets another.
    """

    def __init__(
        self, parameters: Iterable[nn.Parameter], update: Update, settings: TrainSettings
    ) -> None:
        self._update = update
        self._decay = settings.weight_decay
        self._group = group_of(parameters, settings)
        self.param_groups = [self._group]
        self.state: dict[Tensor, Moments] = {
            parameter: update.begin(parameter) for parameter in self._group["params"]
        }

    def zero_grad(self) -> None:
        """Drop the gradients."""
        for parameter in self.state:
            parameter.grad = None

    def step(self) -> None:
        """Update each parameter that has a gradient."""
        update, group = self._update, self._group
        moved = [each for each in group["params"] if each.grad is not None]
        if not moved:
            return
        states = [self.state[each] for each in moved]
        lists = {word: [each.get(name) for each in states] for word, name in update.lists.items()}
        with torch.no_grad():
            update.function(
                moved,
                [each.grad for each in moved],
                **lists,
                **update.numbers,
                **_momentum(group),
                lr=group["lr"],
                weight_decay=self._decay,
            )


def group_of(parameters: Iterable[nn.Parameter], settings: TrainSettings) -> Group:
    """A group with the rate and momentum until :func:`set_rate` sets others."""
    group: Group = {"params": list(parameters), "lr": settings.lr}
    given, chosen = settings.optimizer.held_momentum, settings.optimizer
    first = MOMENTUM if given is None else given
    if isinstance(chosen, WithBetas):
        group["betas"] = (first, chosen.beta2)
    elif isinstance(chosen, Sgd):
        group["momentum"] = first
    return group


def set_rate(optimizer: StepOptimizer, rate: Rate) -> None:
    """Make the optimizer's next step one of ``rate``."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], Tensor):  # a recorded step reads them where they are
            group["lr"].fill_(rate.lr)
            group["betas"][0].fill_(rate.momentum)
            continue
        group["lr"] = rate.lr
        if "betas" in group:
            group["betas"] = (rate.momentum, group["betas"][1])
        elif "momentum" in group:
            group["momentum"] = rate.momentum


def _momentum(group: Group) -> dict[str, Any]:
    """What of the schedule's momentum the update takes."""
    if "betas" in group:
        beta1, beta2 = group["betas"]
        return {"beta1": beta1, "beta2": beta2}
    return {"momentum": group["momentum"]} if "momentum" in group else {}
