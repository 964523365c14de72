"""One step of a training: forward, loss, backward, and the optimizer's."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

from archsearch.tasks import predict
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
            output = training.model(fed_NCHW)
        output = output.to(images_NCHW.dtype)
        loss = training.task.loss(output, images_NCHW)
        training.optimizer.zero_grad()
        torch.autograd.backward(loss)
    if training.settings.clip_norm is not None:
        clip_grad_norm_(training.model.parameters(), training.settings.clip_norm)
    training.optimizer.step()
    told = loss.detach()
    if training.loss_is_error:
        return told, told
    with torch.no_grad():
        predicted_NCHW = predict(training.task, output, images_NCHW)
        return told, functional.mse_loss(predicted_NCHW, images_NCHW)
