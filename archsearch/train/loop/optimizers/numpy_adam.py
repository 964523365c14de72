"""Adam for one flat parameter on the processor, in NumPy."""

from __future__ import annotations

import math

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from archsearch.config.optimizers import AdamW, WithBetas
from archsearch.config.settings import TrainSettings
from archsearch.train.loop.optimizers.functional import Group, group_of
from archsearch.train.loop.optimizers.updates import Moments

__all__ = ["NumpyAdam"]

AT_ONCE = 1 << 15
"""Numbers that are updated at once: six arrays of so many fit into a core's cache."""

Floats = NDArray[numpy.float32]


class NumpyAdam:
    """Adam or AdamW for one flat float32 parameter on the processor.

    A step of the native engine takes a few milliseconds and leaves torch's code cold in the
    caches; torch's update then takes 0.1 ms for a net of 5,000 weights, NumPy's a third of it.

    Args:
        parameter: its gradient exists and stays where it is.
        settings: rate, weight decay and the numbers of ``adam`` or ``adamw``.
    """

    def __init__(self, parameter: nn.Parameter, settings: TrainSettings) -> None:
        chosen = settings.optimizer
        assert isinstance(chosen, WithBetas)  # noqa: S101 - whoever chose it has seen to that
        self.param_groups: list[Group] = [group_of([parameter], settings)]
        self.state: dict[Tensor, Moments] = {
            parameter: {
                "step": torch.zeros(()),
                "exp_avg": torch.zeros_like(parameter.detach()),
                "exp_avg_sq": torch.zeros_like(parameter.detach()),
            }
        }
        self._parameter, self._eps = parameter, chosen.eps
        self._decay, self._decoupled = settings.weight_decay, isinstance(chosen, AdamW)
        self._spare = numpy.empty((2, min(AT_ONCE, parameter.numel())), numpy.float32)

    def zero_grad(self) -> None:
        """Nothing: whoever computes the gradient writes all of it."""

    def step(self) -> None:
        """Update the parameter."""
        group, state = self.param_groups[0], self.state[self._parameter]
        assert self._parameter.grad is not None  # noqa: S101 - the engine's own
        state["step"] += 1
        tensors = (self._parameter, self._parameter.grad, state["exp_avg"], state["exp_avg_sq"])
        whole = [tensor.detach().numpy() for tensor in tensors]
        for start in range(0, self._parameter.numel(), AT_ONCE):
            weights, *others = (numbers[start : start + AT_ONCE] for numbers in whole)
            self._update(group, float(state["step"]), weights, *others)

    def _update(
        self,
        group: Group,
        count: float,
        weights: Floats,
        gradient: Floats,
        mean: Floats,
        square: Floats,
    ) -> None:
        (first, second), rate = group["betas"], group["lr"]
        one, other = self._spare[:, : len(weights)]
        if self._decay and self._decoupled:
            weights *= 1 - rate * self._decay
        elif self._decay:
            gradient = numpy.add(gradient, numpy.multiply(weights, self._decay, out=one), out=one)
        mean += numpy.multiply(numpy.subtract(gradient, mean, out=other), 1 - first, out=other)
        square *= second
        numpy.multiply(gradient, gradient, out=one)
        square += numpy.multiply(one, 1 - second, out=one)
        numpy.sqrt(square, out=one)
        one *= 1 / math.sqrt(1 - second**count)
        one += self._eps
        numpy.divide(mean, one, out=one)
        weights -= numpy.multiply(one, rate / (1 - first**count), out=one)
