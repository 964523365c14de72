"""Losses and metrics of others, tried on two small pictures before a training spends hours."""

from __future__ import annotations

import torch
from torch import Tensor

from archsearch.config import LOSSES, METRICS, RunSettings, kind_of, pictures_of
from archsearch.errors import ExtensionError
from archsearch.extensions import Reference, refer
from archsearch.spec.plan.model import ModelPlan

__all__ = ["check_extensions"]


def check_extensions(plan: ModelPlan, settings: RunSettings) -> None:
    """See that a loss and metrics that archsearch hasn't itself give what they should.

    Raises:
        ExtensionError: one fails, or gives another shape.
    """
    train = settings.train
    if train.loss not in LOSSES.builtin and kind_of(settings.task).loss is None:
        size = (2, plan.output.channels, plan.output.height, plan.output.width)
        given = _given("loss", train.loss, LOSSES[train.loss].function, size)
        if given is None or given.ndim or not given.requires_grad:
            raise ExtensionError(
                f"the loss `{train.loss}` gives {_told(given)} for a batch",
                help="let its function give one number with gradients, e.g. a mean",
            )
    size = (2, pictures_of(plan, settings.task), plan.output.height, plan.output.width)
    for name in train.metrics:
        given = None
        if name not in METRICS.builtin:
            given = _given("metric", name, METRICS[name].function, size)
        if given is not None and given.shape != (2,):
            raise ExtensionError(
                f"the metric `{name}` gives {_told(given)} for 2 pictures",
                help="let its function give one value a picture, a tensor of shape (N,)",
            )


def _given(what: str, name: str, function: Reference, size: tuple[int, ...]) -> Tensor | None:
    """What the function makes of a prediction and the truth."""
    output = torch.linspace(0.1, 0.9, 2).reshape(2, 1, 1, 1).expand(size).clone().requires_grad_()
    try:
        found: Tensor | None = refer(function)(output, torch.full(size, 0.5))
    except ExtensionError:
        raise
    except Exception as error:  # whatever a function of someone else does
        raise ExtensionError(
            f"the {what} `{name}` fails on pictures of {'×'.join(map(str, size))}: "
            f"{type(error).__name__}: {error}",
            help="fix its function, or leave it out",
        ) from error
    return found


def _told(given: Tensor | None) -> str:
    return "nothing" if given is None else f"a tensor of shape {tuple(given.shape)}"
