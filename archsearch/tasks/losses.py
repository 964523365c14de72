"""What training minimizes; reported errors are always the MSE of ``metrics``."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from archsearch.config import LOSSES, RunSettings, TrainSettings, kind_of
from archsearch.config.losses import OutputRule
from archsearch.errors import InputError
from archsearch.extensions import refer
from archsearch.spec.plan.model import ModelPlan

__all__ = ["Loss", "check_loss", "make_loss"]

HUBER_DELTA = 0.1

_NEVER_BELOW_0 = ("sigmoid", "relu", "softplus")

Loss = Callable[[Tensor, Tensor], Tensor]
"""(output, target) → mean over the batch, a scalar with gradients."""


def make_loss(settings: TrainSettings) -> Loss:
    """Give the loss that ``settings.loss`` names."""
    return refer(LOSSES[settings.loss].function)


def check_loss(plan: ModelPlan, settings: RunSettings) -> None:
    """See that the plan's output suits the loss, and the scale of pictures.

    Raises:
        InputError: the last layer has an activation that the task's own loss, or else
            ``train.loss``, can't read, or one that can't give pictures in [−1, 1].
    """
    last, activation = plan.layers[-1], plan.output_activation
    own = kind_of(settings.task).loss
    rule = LOSSES[settings.train.loss].output if own is None else own.output
    if settings.data.signed and own is None:
        _check_signed(plan, settings.train.loss, rule)
        return
    if rule is None or activation in rule.activations:
        return
    subject, way_out = f"train.loss is {settings.train.loss}", ", or train with `loss: mse`"
    if own is not None:
        subject, way_out = f"the loss of {settings.task.name} is {own.doc}", ""
    raise InputError(
        f"{subject}, but the last layer of `{plan.name}` ({last.path}) has activation {activation}",
        help=f"{rule.why}: set `activation: {'` or `'.join(rule.activations)}` on {last.path}"
        f"{way_out}",
    )


def _check_signed(plan: ModelPlan, loss: str, rule: OutputRule | None) -> None:
    """See that an output can be anywhere in [−1, 1], and that the loss asks for nothing else."""
    if rule is not None:
        raise InputError(
            f"train.loss is {loss}, and data.scale is signed: {rule.why}",
            help="train with `loss: mse`, or with `scale: unit` and a sigmoid at the end",
        )
    last, activation = plan.layers[-1], plan.output_activation
    if activation not in _NEVER_BELOW_0:
        return
    raise InputError(
        f"data.scale is signed, so outputs are from −1 to 1, but the last layer of "
        f"`{plan.name}` ({last.path}) has activation {activation}",
        help=f"set `activation: tanh` on {last.path}, or `scale: unit` under `data:`",
    )


def squared_error(output: Tensor, target: Tensor) -> Tensor:
    """Give the mean squared error; the output isn't clamped, or its gradient would vanish."""
    return functional.mse_loss(output.to(target.dtype), target)


def absolute_error(output: Tensor, target: Tensor) -> Tensor:
    """Give the mean absolute error, whose best constant guess is the median, not the mean."""
    return functional.l1_loss(output.to(target.dtype), target)


def huber(output: Tensor, target: Tensor) -> Tensor:
    """Give Huber's loss: e²/2 up to an error of 0.1, then 0.1·(|e| − 0.05).

    Huber 1964 (doi:10.1214/aoms/1177703732). 0.1 is a plainly visible error of a
    value in [0, 1]; larger ones pull no harder.

    Example:
        >>> round(huber(torch.tensor([0.5]), torch.tensor([0.0])).item(), 6)
        0.045
    """
    return functional.huber_loss(output.to(target.dtype), target, delta=HUBER_DELTA)


def cross_entropy(output: Tensor, target: Tensor) -> Tensor:
    """Give the mean binary cross-entropy −(t log p + (1−t) log(1−p)) in nats.

    Safe on a sigmoid that has run into 0 or 1: logarithms are taken no nearer
    to 0 than the smallest normal number, so value and gradient are finite; and
    NaN stays NaN (torch's own version raises on it, on a GPU asynchronously),
    so that training can say which step broke.

    Args:
        output: probabilities, what a sigmoid gave.
        target: in [0, 1], of the same shape.

    Example:
        >>> cross_entropy(torch.tensor([0.5]), torch.tensor([1.0])).item()  # ln 2
        0.6931471824645996
    """
    output = output.to(target.dtype)
    tiny = torch.finfo(output.dtype).tiny
    log_one = output.clamp_min(tiny).log()
    log_zero = (1 - output).clamp_min(tiny).log()
    return -torch.lerp(log_zero, log_one, target).mean()
