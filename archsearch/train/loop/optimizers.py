"""The optimizers by name, and setting a step's rate."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer
from torch.optim.adam import adam

from archsearch.config.settings import TrainSettings
from archsearch.train.loop.schedule import MOMENTUM, Rate

__all__ = ["BETAS", "FlatAdam", "PromptAdam", "make_optimizer", "set_rate"]

BETAS = (MOMENTUM, 0.999)


def make_optimizer(parameters: list[nn.Parameter], settings: TrainSettings) -> Optimizer:
    """Give the optimizer of parameters that ``settings`` names, fused: one pass over each tensor.

    ``adam`` adds ``weight_decay`` to the gradient (L2), ``adamw`` shrinks the
    weights by it, ``sgd`` has Nesterov momentum.
    """
    decay = settings.weight_decay
    match settings.optimizer:
        case "adam" | "adamw":
            decoupled = settings.optimizer == "adamw"
            return PromptAdam(parameters, settings.lr, weight_decay=decay, decoupled=decoupled)
        case "sgd":
            return SGD(
                parameters,
                settings.lr,
                momentum=MOMENTUM,
                nesterov=True,
                weight_decay=decay,
                fused=True,
            )


class PromptAdam(Adam):
    """torch's fused Adam or AdamW without what torch does around each step.

    A step of a small net takes about 10 ms, of which choosing among implementations,
    sorting by device and profiling hooks took 0.2. The update is torch's own function,
    moments and their checkpoints are torch's too.

    Args:
        parameters: of a model, on one device.
        lr: rate until :func:`set_rate` sets another.
        weight_decay: λ.
        decoupled: AdamW: weights shrink by λ·rate; else λ·weight is added to the gradient.
    """

    def __init__(
        self, parameters: list[nn.Parameter], lr: float, *, weight_decay: float, decoupled: bool
    ) -> None:
        super().__init__(
            *(parameters, lr, BETAS),
            weight_decay=weight_decay,
            decoupled_weight_decay=decoupled,
            fused=True,
        )

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop the gradients."""
        for parameter in self.param_groups[0]["params"]:
            parameter.grad = None

    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Update each parameter that has a gradient."""
        group = self.param_groups[0]
        moved = [parameter for parameter in group["params"] if parameter.grad is not None]
        states = [self.state[parameter] or self._begin(parameter) for parameter in moved]
        first, second = group["betas"]
        with torch.no_grad():
            adam(
                moved,
                [parameter.grad for parameter in moved],
                [state["exp_avg"] for state in states],
                [state["exp_avg_sq"] for state in states],
                [],
                [state["step"] for state in states],
                fused=True,
                decoupled_weight_decay=group["decoupled_weight_decay"],
                amsgrad=False,
                beta1=first,
                beta2=second,
                lr=group["lr"],
                weight_decay=group["weight_decay"],
                eps=group["eps"],
                maximize=False,
            )

    def _begin(self, parameter: nn.Parameter) -> dict[str, Tensor]:
        """Moments of a parameter before its first step, as torch's own step makes them.

        That one would ask the GPU, where there is one, whether it records; so a training on
        the processor would wake it.
        """
        begun: dict[str, Tensor] = {
            "step": torch.zeros((), dtype=torch.float32, device=parameter.device),
            "exp_avg": torch.zeros_like(parameter, memory_format=torch.preserve_format),
            "exp_avg_sq": torch.zeros_like(parameter, memory_format=torch.preserve_format),
        }
        self.state[parameter] = begun
        return begun


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
