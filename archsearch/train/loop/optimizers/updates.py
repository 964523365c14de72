"""torch's update functions: what each keeps of a parameter, and the numbers it takes.

Making one of torch's optimizer classes loads torch's compiler, which takes a second and 100 MB;
each of their steps chooses among implementations, sorts by device and calls hooks, which takes
0.2 ms of the few that a small net needs. The functions behind them do without all that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.optim._adafactor import adafactor
from torch.optim.adadelta import adadelta
from torch.optim.adagrad import adagrad
from torch.optim.adam import adam
from torch.optim.adamax import adamax
from torch.optim.asgd import asgd
from torch.optim.nadam import nadam
from torch.optim.radam import radam
from torch.optim.rmsprop import rmsprop
from torch.optim.sgd import sgd

from archsearch.config.optimizers import (
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Asgd,
    NAdam,
    OptimizerSettings,
    RAdam,
    RmsProp,
    Sgd,
)

__all__ = ["Moments", "Update", "update_of"]

Moments = dict[str, Tensor]
"""What an optimizer keeps of a parameter, by torch's names."""


@dataclass(frozen=True)
class Update:
    """One of torch's update functions.

    Attributes:
        function: (parameters, gradients, lists of moments and numbers by name) → None.
        begin: gives the moments of a parameter before its first step.
        lists: the function's argument for each moment's name.
        numbers: arguments that stay the same throughout.
        elementwise: whether a weight's step depends on that weight and its gradient alone, so
            that parameters may be cut and joined.
    """

    function: Callable[..., None]
    begin: Callable[[Tensor], Moments]
    lists: Mapping[str, str]
    numbers: Mapping[str, object] = field(default_factory=dict)
    elementwise: bool = True


_STEPS = {"state_steps": "step"}
_MEANS = {"exp_avgs": "exp_avg", "exp_avg_sqs": "exp_avg_sq"}


def update_of(settings: OptimizerSettings) -> Update:
    """Give the update function of an optimizer with its numbers.

    Raises:
        KeyError: an optimizer that isn't in ``OPTIMIZERS``.
    """
    return _UPDATES[type(settings)](settings)


def _zeros(*names: str, steps_on_device: bool = False) -> Callable[[Tensor], Moments]:
    """Moments of a parameter's shape, and the count of steps."""

    def begin(parameter: Tensor) -> Moments:
        device = parameter.device if steps_on_device else "cpu"
        step = {"step": torch.zeros((), device=device)}
        return step | {name: _like(parameter) for name in names}

    return begin


def _like(parameter: Tensor, value: float = 0.0) -> Tensor:
    """Laid out in memory as the parameter is: fused steps walk both side by side."""
    return torch.full_like(parameter.detach(), value, memory_format=torch.preserve_format)


def _adam(settings: Adam | AdamW) -> Update:
    return Update(
        adam,
        _zeros("exp_avg", "exp_avg_sq", steps_on_device=True),
        {**_MEANS, **_STEPS},
        {
            "max_exp_avg_sqs": [],
            "fused": True,
            "decoupled_weight_decay": isinstance(settings, AdamW),
            "amsgrad": False,
            "eps": settings.eps,
            "maximize": False,
        },
    )


def _sgd(settings: Sgd) -> Update:
    def begin(parameter: Tensor) -> Moments:
        return {} if settings.momentum == 0 else {"momentum_buffer": _like(parameter)}

    return Update(
        sgd,
        begin,
        {"momentum_buffer_list": "momentum_buffer"},
        {
            "fused": True,
            "dampening": 0.0,
            "nesterov": settings.nesterov,
            "maximize": False,
        },
    )


def _adamax(settings: Adamax) -> Update:
    moments = {"exp_avgs": "exp_avg", "exp_infs": "exp_inf"}
    begin = _zeros("exp_avg", "exp_inf")
    return Update(adamax, begin, {**moments, **_STEPS}, {"eps": settings.eps})


def _nadam(settings: NAdam) -> Update:
    zeros = _zeros("exp_avg", "exp_avg_sq")
    return Update(
        nadam,
        lambda parameter: zeros(parameter) | {"mu_product": torch.ones(())},
        {**_MEANS, "mu_products": "mu_product", **_STEPS},
        {"eps": settings.eps, "momentum_decay": settings.momentum_decay},
    )


def _radam(settings: RAdam) -> Update:
    begin = _zeros("exp_avg", "exp_avg_sq")
    return Update(radam, begin, {**_MEANS, **_STEPS}, {"eps": settings.eps})


def _rmsprop(settings: RmsProp) -> Update:
    moments = {"square_avgs": "square_avg"}
    moments |= {"momentum_buffer_list": "momentum_buffer"} if settings.momentum else {}
    moments |= {"grad_avgs": "grad_avg"} if settings.centered else {}
    unused: dict[str, list[Tensor]] = {"momentum_buffer_list": [], "grad_avgs": []}
    numbers = {
        "alpha": settings.alpha,
        "eps": settings.eps,
        "momentum": settings.momentum,
        "centered": settings.centered,
        **{name: empty for name, empty in unused.items() if name not in moments},
    }
    return Update(rmsprop, _zeros(*moments.values()), {**moments, **_STEPS}, numbers)


def _adagrad(settings: Adagrad) -> Update:
    def begin(parameter: Tensor) -> Moments:
        sums = _like(parameter, settings.initial_accumulator_value)
        return {"step": torch.zeros(()), "sum": sums}

    numbers = {"lr_decay": settings.lr_decay, "eps": settings.eps, "maximize": False}
    return Update(adagrad, begin, {"state_sums": "sum", **_STEPS}, numbers)


def _adadelta(settings: Adadelta) -> Update:
    moments = {"square_avgs": "square_avg", "acc_deltas": "acc_delta"}
    numbers = {"rho": settings.rho, "eps": settings.eps, "maximize": False}
    return Update(adadelta, _zeros(*moments.values()), {**moments, **_STEPS}, numbers)


def _asgd(settings: Asgd) -> Update:
    zeros = _zeros("ax", steps_on_device=True)
    moments = {"axs": "ax", "mus": "mu", "etas": "eta"}

    def begin(parameter: Tensor) -> Moments:
        one = torch.ones((), device=parameter.device)
        return zeros(parameter) | {"mu": one, "eta": torch.zeros_like(one)}

    return Update(
        _asgd_from_its_first_rate,
        begin,
        {**moments, **_STEPS},
        {"lambd": settings.lambd, "alpha": settings.alpha, "t0": settings.t0},
    )


def _asgd_from_its_first_rate(
    parameters: list[Tensor],
    gradients: list[Tensor],
    *,
    etas: list[Tensor],
    state_steps: list[Tensor],
    lr: float,
    **more: Any,
) -> None:
    """Its own rate begins with that of the first step."""
    for eta, step in zip(etas, state_steps, strict=True):
        if step == 0:
            eta.fill_(lr)
    asgd(parameters, gradients, etas=etas, state_steps=state_steps, lr=lr, **more)


def _adafactor(settings: Adafactor) -> Update:
    lists = {"row_vars": "row_var", "col_vars": "col_var", "variances": "variance", **_STEPS}
    return Update(
        adafactor,
        _rows_and_columns,
        lists,
        {
            "beta2_decay": settings.beta2_decay,
            "eps1": None,
            "eps2": settings.eps,
            "d": settings.d,
            "maximize": False,
        },
        elementwise=False,
    )


def _rows_and_columns(parameter: Tensor) -> Moments:
    """One number for each row and column of the last two axes; of a vector, for each weight."""
    steps = {"step": torch.zeros(())}
    if parameter.ndim < 2:
        return steps | {"variance": _like(parameter)}
    *outer, rows, columns = parameter.shape
    made = parameter.detach()
    return steps | {
        "row_var": made.new_zeros((*outer, rows, 1)),
        "col_var": made.new_zeros((*outer, 1, columns)),
    }


_UPDATES: Mapping[type[OptimizerSettings], Callable[..., Update]] = {
    Adam: _adam,
    AdamW: _adam,
    Sgd: _sgd,
    Adamax: _adamax,
    NAdam: _nadam,
    RAdam: _radam,
    RmsProp: _rmsprop,
    Adagrad: _adagrad,
    Adadelta: _adadelta,
    Asgd: _asgd,
    Adafactor: _adafactor,
}
