"""The optimizers by name, and setting a step's rate."""

from __future__ import annotations

from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer

from archsearch.config.settings import TrainSettings
from archsearch.train.schedule import MOMENTUM, Rate

__all__ = ["BETAS", "make_optimizer", "set_rate"]

BETAS = (MOMENTUM, 0.999)


def make_optimizer(model: nn.Module, settings: TrainSettings) -> Optimizer:
    """Give the optimizer that ``settings`` names, fused: one pass over each tensor.

    ``adam`` adds ``weight_decay`` to the gradient (L2), ``adamw`` shrinks the
    weights by it, ``sgd`` has Nesterov momentum.
    """
    parameters, decay = list(model.parameters()), settings.weight_decay
    match settings.optimizer:
        case "adam":
            return Adam(parameters, settings.lr, BETAS, weight_decay=decay, fused=True)
        case "adamw":
            return AdamW(parameters, settings.lr, BETAS, weight_decay=decay, fused=True)
        case "sgd":
            return SGD(
                parameters,
                settings.lr,
                momentum=MOMENTUM,
                nesterov=True,
                weight_decay=decay,
                fused=True,
            )


def set_rate(optimizer: Optimizer, rate: Rate) -> None:
    """Make the optimizer's next step one of ``rate``."""
    for group in optimizer.param_groups:
        group["lr"] = rate.lr
        if "betas" in group:
            group["betas"] = (rate.momentum, group["betas"][1])
        else:
            group["momentum"] = rate.momentum
