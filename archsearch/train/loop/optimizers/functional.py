"""An optimizer of torch's update functions, whose groups differ in their rate."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from archsearch.config.optimizers import Sgd, WithBetas
from archsearch.config.settings import TrainSettings
from archsearch.train.loop.optimizers.updates import Moments, Update
from archsearch.train.loop.schedule import MOMENTUM, Rate

__all__ = [
    "Factors",
    "FunctionalOptimizer",
    "Group",
    "StepOptimizer",
    "by_factor",
    "groups",
    "set_rate",
]

Group = dict[str, Any]
"""Parameters with what their next step is taken with, as torch's ``param_groups`` have it."""


Factors = Sequence[float] | None
"""By how much the rate of each parameter is multiplied; None: 1 for all."""


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
        factors: of each parameter's rate.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        update: Update,
        settings: TrainSettings,
        factors: Factors = None,
    ) -> None:
        self._update = update
        self._decay = settings.weight_decay
        self.param_groups = groups(by_factor(parameters, factors), settings)
        self.state: dict[Tensor, Moments] = {
            parameter: update.begin(parameter)
            for group in self.param_groups
            for parameter in group["params"]
        }

    def zero_grad(self) -> None:
        """Drop the gradients."""
        for parameter in self.state:
            parameter.grad = None

    def step(self) -> None:
        """Update each parameter that has a gradient."""
        with torch.no_grad():
            for group in self.param_groups:
                self._step(group)

    def _step(self, group: Group) -> None:
        update = self._update
        moved = [each for each in group["params"] if each.grad is not None]
        if not moved:
            return
        states = [self.state[each] for each in moved]
        lists = {word: [each.get(name) for each in states] for word, name in update.lists.items()}
        update.function(
            moved,
            [each.grad for each in moved],
            **lists,
            **update.numbers,
            **_momentum(group),
            lr=group["lr"],
            weight_decay=self._decay,
        )


def by_factor(
    parameters: Iterable[nn.Parameter], factors: Factors
) -> list[tuple[float, list[nn.Parameter]]]:
    """Parameters of equal factor, in the order in which the factors first appear."""
    found: dict[float, list[nn.Parameter]] = {}
    if factors is None:
        return [(1.0, list(parameters))]
    for parameter, factor in zip(parameters, factors, strict=True):
        found.setdefault(factor, []).append(parameter)
    return list(found.items())


def groups(
    parts: Iterable[tuple[float, list[nn.Parameter]]], settings: TrainSettings
) -> list[Group]:
    """One group for each factor, with the rate until :func:`set_rate` sets another."""
    momentum: Group = {}
    given, chosen = settings.optimizer.held_momentum, settings.optimizer
    first = MOMENTUM if given is None else given
    if isinstance(chosen, WithBetas):
        momentum["betas"] = (first, chosen.beta2)
    elif isinstance(chosen, Sgd):
        momentum["momentum"] = first
    return [
        {"params": parameters, "factor": factor, "lr": settings.lr * factor, **momentum}
        for factor, parameters in parts
    ]


def set_rate(optimizer: StepOptimizer, rate: Rate) -> None:
    """Make the optimizer's next step one of ``rate``, times each group's factor."""
    for group in optimizer.param_groups:
        lr = rate.lr * group.get("factor", 1.0)
        if isinstance(group["lr"], Tensor):  # a recorded step reads them where they are
            group["lr"].fill_(lr)
            group["betas"][0].fill_(rate.momentum)
            continue
        group["lr"] = lr
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
