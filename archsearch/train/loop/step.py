"""One step of a training: forward, loss, backward, and the optimizer's."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

from archsearch.tasks import predict
from archsearch.train.loop.precision import casts, products
from archsearch.train.loop.training import Training

__all__ = ["train_step", "update_weights"]


def train_step(
    training: Training, images_NCHW: Tensor, fed_NCHW: Tensor, *, recorded: bool = False
) -> tuple[Tensor, Tensor]:
    """Take one step on a batch; give loss and error of the pictures as they were before it.

    Args:
        training: model, optimizer and task.
        images_NCHW: the originals, in [0, 1].
        fed_NCHW: what the net gets.
        recorded: the step is being recorded, to be played back.
    """
    precision, device = training.settings.precision, images_NCHW.device
    with products(precision, device):
        with casts(precision, device, recorded=recorded):
            output = training.model(fed_NCHW)
        output = output.to(images_NCHW.dtype)
        loss = training.task.loss(output, images_NCHW)
        training.optimizer.zero_grad()
        torch.autograd.backward(loss)
    update_weights(training, training.model.parameters())
    told = loss.detach()
    if training.loss_is_error:
        return told, told
    with torch.no_grad():
        predicted_NCHW = predict(training.task, output, images_NCHW)
        return told, functional.mse_loss(predicted_NCHW, images_NCHW)


def update_weights(training: Training, parameters: Iterable[nn.Parameter]) -> None:
    """Clip the gradients, if that is asked for, and take the optimizer's step.

    Args:
        training: its optimizer and recipe.
        parameters: with the gradients of all weights, whose norm is counted over all together.
    """
    longest = training.settings.clip_norm
    if longest is not None:
        clip_grad_norm_(parameters, longest)
    training.optimizer.step()
