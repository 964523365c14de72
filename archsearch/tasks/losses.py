"""What training minimizes; reported errors are always the MSE of ``metrics``."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from archsearch.config.settings import TrainSettings
from archsearch.errors import InputError
from archsearch.spec.plan import ModelPlan

__all__ = ["Loss", "check_loss", "make_loss"]

Loss = Callable[[Tensor, Tensor], Tensor]
"""(output, target) → mean over the batch, a scalar with gradients."""


def make_loss(settings: TrainSettings) -> Loss:
    """Give the loss that ``settings.loss`` names."""
    match settings.loss:
        case "mse":
            return squared_error
        case "bce":
            return cross_entropy


def check_loss(plan: ModelPlan, settings: TrainSettings) -> None:
    """See that the plan's output suits the loss.

    Raises:
        InputError: ``bce`` with a last layer that isn't followed by a sigmoid.
    """
    last = plan.layers[-1]
    if settings.loss != "bce" or getattr(last.op, "activation", None) == "sigmoid":
        return
    activation = getattr(last.op, "activation", "none")
    raise InputError(
        f"train.loss is bce, but the last layer of `{plan.name}` ({last.path}) "
        f"has activation {activation}",
        help=f"bce needs outputs between 0 and 1: set `activation: sigmoid` on {last.path}, "
        "or train with `loss: mse`",
    )


def squared_error(output: Tensor, target: Tensor) -> Tensor:
    """Give the mean squared error; the output isn't clamped, or its gradient would vanish."""
    output = output.to(target.dtype)
    if output.ndim == 4:  # torch lays the gradient out as N, C, H, W; so that is N, H, W, C here
        output, target = output.permute(0, 2, 3, 1), target.permute(0, 2, 3, 1)
    return functional.mse_loss(output, target)


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
