"""One step of a training: forward, loss, backward, and the optimizer's."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from archsearch.nn import Interleaving
from archsearch.tasks import predict, squared_error
from archsearch.train.loop.precision import casts, products
from archsearch.train.loop.training import Training

__all__ = ["train_step"]


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
            output, order = _output(training, fed_NCHW)
        output = output.to(images_NCHW.dtype)
        if order is None:
            loss = training.task.loss(output, images_NCHW)
        else:
            loss = squared_error(output, images_NCHW, order)
        training.optimizer.zero_grad()
        torch.autograd.backward(loss)
    training.optimizer.step()
    told = loss.detach()
    if training.loss_is_error:
        return told, told
    with torch.no_grad():
        predicted_NCHW = predict(training.task, output, images_NCHW)
        return told, functional.mse_loss(predicted_NCHW, images_NCHW)


def _output(training: Training, fed_NCHW: Tensor) -> tuple[Tensor, Interleaving | None]:
    """What the net gives; out of order where only the squared error is asked of it."""
    if training.loss_is_error and fed_NCHW.device.type == "cpu":
        return training.model.forward_phases(fed_NCHW)
    return training.model(fed_NCHW), None
