"""The optimizers by name, and setting a step's rate."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer

from archsearch.config.settings import TrainSettings
from archsearch.train.schedule import MOMENTUM, Rate

__all__ = ["BETAS", "Flattened", "make_optimizer", "make_replayable", "set_rate"]

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


class Flattened:
    """A model's weights in one piece of memory, so that an optimizer takes one step for all.

    The model's parameters become views of it, each laid out as it was. Small nets
    have many small weights, and a GPU spends about as long on each as on all together.

    Args:
        model: whose parameters to gather; they stay the same objects.
    """

    def __init__(self, model: nn.Module) -> None:
        self._parameters = list(model.parameters())
        with torch.no_grad():
            self.weights = nn.Parameter(torch.cat([_flat(p) for p in self._parameters]))
            parts = torch.split(self.weights.detach(), [p.numel() for p in self._parameters])
            for parameter, part in zip(self._parameters, parts, strict=True):
                parameter.data = _shaped(part, parameter)

    def forget_gradients(self) -> None:
        """Drop the gradients of the model's parameters."""
        for parameter in self._parameters:
            parameter.grad = None

    def gather_gradients(self) -> None:
        """Put the gradients of the model's parameters side by side."""
        gradients = [p.grad for p in self._parameters]
        self.weights.grad = torch.cat(
            [
                torch.zeros_like(_flat(p)) if g is None else _flat(g, like=p)
                for p, g in zip(self._parameters, gradients, strict=True)
            ]
        )


def make_replayable(weights: nn.Parameter, settings: TrainSettings) -> Optimizer:
    """Give Adam or AdamW with rate and β₁ in tensors, which a recorded step reads anew each time.

    Same formulas as :func:`make_optimizer`'s, to rounding. torch's fused and foreach
    versions take β₁ as a plain number, which a recording would freeze.
    """
    kind, device = weights.dtype, weights.device
    lr = torch.tensor(settings.lr, dtype=kind, device=device)
    first = torch.tensor(BETAS[0], dtype=kind, device=device)
    betas = (first, torch.tensor(BETAS[1], dtype=kind))  # β₂ stays, so it may be frozen
    make = Adam if settings.optimizer == "adam" else AdamW
    return make(
        [weights],
        lr,
        betas,
        weight_decay=settings.weight_decay,
        foreach=False,
        capturable=device.type == "cuda",
    )


def set_rate(optimizer: Optimizer, rate: Rate) -> None:
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


def _flat(tensor: Tensor, like: Tensor | None = None) -> Tensor:
    """The numbers in the order in which ``like`` has them in memory."""
    return tensor.permute(_order(tensor if like is None else like)).reshape(-1)


def _shaped(part: Tensor, like: Tensor) -> Tensor:
    order = _order(like)
    back = sorted(range(len(order)), key=lambda axis: order[axis])
    return part.view([like.shape[axis] for axis in order]).permute(back)


def _order(tensor: Tensor) -> list[int]:
    """The axes from the slowest to the fastest in memory."""
    strides = tensor.stride()
    return sorted(range(tensor.ndim), key=lambda axis: (-strides[axis], axis))
