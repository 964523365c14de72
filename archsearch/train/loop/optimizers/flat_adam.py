"""Adam over a model's weights in one piece of memory, for steps that are recorded."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from archsearch.config.settings import TrainSettings
from archsearch.train.loop.optimizers.functional import FunctionalOptimizer
from archsearch.train.loop.optimizers.updates import Update, update_of

__all__ = ["FlatAdam"]


class FlatAdam(FunctionalOptimizer):
    """Adam or AdamW over a model's weights, joined into one piece of memory.

    The model's parameters become views of that piece, each laid out as it was. Small nets have
    many small weights, and a GPU spends about as long on each as on all together. Rate and β₁
    are tensors, which a recording reads anew each time; torch's fused and foreach versions
    take β₁ as a plain number, which it would freeze.

    Args:
        model: whose parameters to gather; they stay the same objects.
        settings: ``optimizer`` is adam or adamw.
    """

    def __init__(self, model: nn.Module, settings: TrainSettings) -> None:
        self._parts = list(model.parameters())
        self._whole = whole = _joined(self._parts)
        super().__init__([whole], _read_anew(update_of(settings.optimizer), whole.device), settings)
        (group,) = self.param_groups
        group["lr"] = whole.detach().new_tensor(group["lr"])
        first, second = group["betas"]
        # β₂ stays, so it may be frozen.
        group["betas"] = (whole.detach().new_tensor(first), torch.tensor(second, dtype=whole.dtype))

    def zero_grad(self) -> None:
        """Drop the gradients of the model's parameters."""
        for parameter in self._parts:
            parameter.grad = None

    def step(self) -> None:
        """Put the gradients of the model's parameters side by side, and take the step."""
        self._whole.grad = torch.cat(
            [
                torch.zeros_like(p).flatten() if p.grad is None else _flat(p.grad, p)
                for p in self._parts
            ]
        )
        super().step()


def _read_anew(update: Update, device: torch.device) -> Update:
    """The update with rate and β₁ as tensors."""
    on_gpu = device.type == "cuda"
    way = {"fused": False, "foreach": False, "capturable": on_gpu}
    return replace(update, numbers={**update.numbers, **way})


def _joined(parameters: list[nn.Parameter]) -> nn.Parameter:
    """One parameter, of which these are made views."""
    with torch.no_grad():
        whole = nn.Parameter(torch.cat([_flat(each, each) for each in parameters]))
        pieces = torch.split(whole.detach(), [each.numel() for each in parameters])
        for parameter, piece in zip(parameters, pieces, strict=True):
            parameter.data = _shaped(piece, parameter)
    return whole


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
