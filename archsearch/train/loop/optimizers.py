"""The optimizers by name, and setting a step's rate."""

from __future__ import annotations

import math
from collections.abc import Iterable, MutableMapping
from typing import Any, Protocol

import numpy
import torch
from torch import Tensor, nn
from torch.optim import Adam
from torch.optim.adam import adam
from torch.optim.sgd import sgd

from archsearch.config.settings import TrainSettings
from archsearch.train.loop.schedule import MOMENTUM, Rate

__all__ = [
    "BETAS",
    "FlatAdam",
    "FusedAdam",
    "FusedSGD",
    "NumpyAdam",
    "StepOptimizer",
    "flat_optimizer",
    "make_optimizer",
    "set_rate",
]

BETAS = (MOMENTUM, 0.999)
EPSILON = 1e-8
"""Added to the root of the second moment, Adam's usual one."""


class StepOptimizer(Protocol):
    """What a training asks of an optimizer; torch's own have it too."""

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        """Parameters with their rate and momentum."""

    @property
    def state(self) -> MutableMapping[Any, Any]:
        """The moments of each parameter."""

    def zero_grad(self) -> None:
        """Drop the gradients."""

    def step(self) -> None:
        """Update the parameters."""


def make_optimizer(parameters: Iterable[nn.Parameter], settings: TrainSettings) -> StepOptimizer:
    """Give the optimizer of parameters that ``settings`` names, fused: one pass over each tensor.

    ``adam`` adds ``weight_decay`` to the gradient (L2), ``adamw`` shrinks the
    weights by it, ``sgd`` has Nesterov momentum.
    """
    match settings.optimizer:
        case "adam" | "adamw":
            return FusedAdam(parameters, settings, decoupled=settings.optimizer == "adamw")
        case "sgd":
            return FusedSGD(parameters, settings)


def flat_optimizer(parameter: nn.Parameter, settings: TrainSettings) -> StepOptimizer:
    """Give the optimizer of one flat parameter on the processor; words as ``make_optimizer`` has.

    Its gradient must be there already, and stay where it is.
    """
    if settings.optimizer == "sgd":
        return FusedSGD([parameter], settings)
    return NumpyAdam(parameter, settings, decoupled=settings.optimizer == "adamw")


class _Fused:
    """torch's update functions without its optimizer classes.

    Making one of those loads torch's compiler, which takes a second and 100 MB; and each step
    chose among implementations, sorted by device and called hooks, which took 0.2 ms of the
    few that a small net needs. Updates, and the moments in checkpoints, are torch's.

    Args:
        parameters: of a model, on one device.
        settings: rate until :func:`set_rate` sets another, and weight decay.
        momentum: as ``param_groups`` of torch's class has it.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        settings: TrainSettings,
        momentum: dict[str, Any],
    ) -> None:
        self.param_groups: list[dict[str, Any]] = [
            {"params": list(parameters), "lr": settings.lr, **momentum}
        ]
        self.state: dict[Tensor, dict[str, Tensor]] = {}
        self._decay = settings.weight_decay

    def zero_grad(self) -> None:
        """Drop the gradients."""
        for parameter in self.param_groups[0]["params"]:
            parameter.grad = None

    def _moved(self) -> tuple[list[Tensor], list[Tensor]]:
        """Parameters that have a gradient, and their gradients."""
        moved = [each for each in self.param_groups[0]["params"] if each.grad is not None]
        return moved, [each.grad for each in moved]


class FusedAdam(_Fused):
    """Adam, Kingma and Ba 2015 (arXiv 1412.6980), or AdamW (arXiv 1711.05101).

    Args:
        parameters: of a model, on one device.
        settings: rate and weight decay λ.
        decoupled: AdamW: weights shrink by λ·rate; else λ·weight is added to the gradient.
    """

    def __init__(
        self, parameters: Iterable[nn.Parameter], settings: TrainSettings, *, decoupled: bool
    ) -> None:
        super().__init__(parameters, settings, {"betas": BETAS})
        self._decoupled = decoupled

    def step(self) -> None:
        """Update each parameter that has a gradient."""
        group, (moved, gradients) = self.param_groups[0], self._moved()
        states = [self.state.get(parameter) or self._begin(parameter) for parameter in moved]
        first, second = group["betas"]
        with torch.no_grad():
            adam(
                moved,
                gradients,
                [state["exp_avg"] for state in states],
                [state["exp_avg_sq"] for state in states],
                [],
                [state["step"] for state in states],
                fused=True,
                decoupled_weight_decay=self._decoupled,
                amsgrad=False,
                beta1=first,
                beta2=second,
                lr=group["lr"],
                weight_decay=self._decay,
                eps=EPSILON,
                maximize=False,
            )

    def _begin(self, parameter: Tensor) -> dict[str, Tensor]:
        """Moments of a parameter before its first step."""
        begun: dict[str, Tensor] = {
            "step": torch.zeros((), dtype=torch.float32, device=parameter.device),
            "exp_avg": torch.zeros_like(parameter, memory_format=torch.preserve_format),
            "exp_avg_sq": torch.zeros_like(parameter, memory_format=torch.preserve_format),
        }
        self.state[parameter] = begun
        return begun


class NumpyAdam(_Fused):
    """The same for one flat float32 parameter on the processor.

    A step of the native engine takes a few milliseconds and leaves torch's code cold in the
    caches; torch's update then takes 0.1 ms for a net of 5,000 weights, NumPy's a third of it.
    """

    def __init__(
        self, parameter: nn.Parameter, settings: TrainSettings, *, decoupled: bool
    ) -> None:
        super().__init__([parameter], settings, {"betas": BETAS})
        self._decoupled = decoupled
        self._parameter = parameter
        self.state[parameter] = {
            "step": torch.zeros((), dtype=torch.float32),
            "exp_avg": torch.zeros_like(parameter.detach()),
            "exp_avg_sq": torch.zeros_like(parameter.detach()),
        }
        self._spare = numpy.empty((2, parameter.numel()), numpy.float32)

    def step(self) -> None:
        """Update the parameter."""
        group, state = self.param_groups[0], self.state[self._parameter]
        assert self._parameter.grad is not None  # noqa: S101 - the engine's own
        weights, gradient = self._parameter.detach().numpy(), self._parameter.grad.numpy()
        mean, square = state["exp_avg"].numpy(), state["exp_avg_sq"].numpy()
        state["step"] += 1
        (first, second), count, rate = group["betas"], float(state["step"]), group["lr"]
        one, other = self._spare
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
        one += EPSILON
        numpy.divide(mean, one, out=one)
        weights -= numpy.multiply(one, rate / (1 - first**count), out=one)


class FusedSGD(_Fused):
    """Stochastic gradient descent with Nesterov momentum (Sutskever et al. 2013)."""

    def __init__(self, parameters: Iterable[nn.Parameter], settings: TrainSettings) -> None:
        super().__init__(parameters, settings, {"momentum": MOMENTUM})

    def step(self) -> None:
        """Update each parameter that has a gradient."""
        group, (moved, gradients) = self.param_groups[0], self._moved()
        states = [self.state.setdefault(parameter, {}) for parameter in moved]
        buffers = [state.get("momentum_buffer") for state in states]
        with torch.no_grad():
            sgd(
                moved,
                gradients,
                buffers,
                fused=True,
                weight_decay=self._decay,
                momentum=group["momentum"],
                lr=group["lr"],
                dampening=0.0,
                nesterov=True,
                maximize=False,
            )
        for state, buffer in zip(states, buffers, strict=True):
            assert buffer is not None  # noqa: S101 - the first step has made it
            state["momentum_buffer"] = buffer


class FlatAdam(Adam):
    """Adam or AdamW over a model's weights in one piece of memory, for steps that are recorded.

    The model's parameters become views of that piece, each laid out as it was. Small nets have
    many small weights, and a GPU spends about as long on each as on all together. Rate and β₁
    are tensors, which a recording reads anew each time; torch's fused and foreach versions
    take β₁ as a plain number, which it would freeze. Formulas are :func:`make_optimizer`'s.

    Args:
        model: whose parameters to gather; they stay the same objects.
        settings: ``optimizer`` is adam or adamw.
    """

    def __init__(self, model: nn.Module, settings: TrainSettings) -> None:
        self._parts = list(model.parameters())
        with torch.no_grad():
            self._weights = nn.Parameter(torch.cat([_flat(p, p) for p in self._parts]))
            pieces = torch.split(self._weights.detach(), [p.numel() for p in self._parts])
            for parameter, piece in zip(self._parts, pieces, strict=True):
                parameter.data = _shaped(piece, parameter)
        kind, device = self._weights.dtype, self._weights.device
        first = torch.tensor(BETAS[0], dtype=kind, device=device)
        super().__init__(
            [self._weights],
            torch.tensor(settings.lr, dtype=kind, device=device),
            (first, torch.tensor(BETAS[1], dtype=kind)),  # β₂ stays, so it may be frozen
            weight_decay=settings.weight_decay,
            decoupled_weight_decay=settings.optimizer == "adamw",
            foreach=False,
            capturable=device.type == "cuda",
        )

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop the gradients of the model's parameters."""
        for parameter in self._parts:
            parameter.grad = None

    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Put the gradients of the model's parameters side by side, and take the step."""
        self._weights.grad = torch.cat(
            [
                torch.zeros_like(p).flatten() if p.grad is None else _flat(p.grad, p)
                for p in self._parts
            ]
        )
        super().step(closure)


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
        else:
            group["momentum"] = rate.momentum


def _flat(tensor: Tensor, like: Tensor) -> Tensor:
    """The numbers in the order in which ``like`` has them in memory."""
    return tensor.permute(_order(like)).reshape(-1)


def _shaped(part: Tensor, like: Tensor) -> Tensor:
    order = _order(like)
    back = sorted(range(len(order)), key=lambda axis: order[axis])
    return part.view([like.shape[axis] for axis in order]).permute(back)


def _order(tensor: Tensor) -> list[int]:
    """The axes from the slowest to the fastest in memory."""
    strides = tensor.stride()
    return sorted(range(tensor.ndim), key=lambda axis: (-strides[axis], axis))
