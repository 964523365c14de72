"""One step of a training: forward, loss, backward, and the optimizer's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional
from torch.optim import Optimizer

from archsearch.config.settings import TrainSettings
from archsearch.nn import Autoencoder, Interleaving
from archsearch.tasks import Batch, Task, predict, squared_error
from archsearch.train.order import batches_of, picture_order
from archsearch.train.precision import casts, products

__all__ = ["RecordedStep", "Training", "advance"]


class RecordedStep(Protocol):
    """What takes steps of one batch size by playing back a recorded one (see ``replay``)."""

    def prepare(self, training: Training, size: int) -> None:
        """Record a step of ``size`` pictures, unless there is one already."""

    def takes(self, indices: Tensor) -> bool:
        """Whether a batch is of the recorded size."""

    def __call__(self, training: Training, indices: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """Take a step; give loss and error as it was before it."""


@dataclass(frozen=True)
class Training:
    """What stays the same through all epochs.

    Attributes:
        images_NCHW: all pictures, uint8, channels last in memory, on the model's device.
        train: int64 indices of the training split, on the CPU.
        drop_single: leave out a last batch of one picture (see ``batches_of``).
        data_seed: decides noise and masks of pictures that are measured.
        loss_is_error: the loss is the error that is reported, so it isn't measured again.
        replay: plays back recorded steps (on a GPU), or None.
    """

    model: Autoencoder
    optimizer: Optimizer
    task: Task
    settings: TrainSettings
    seed: int
    images_NCHW: Tensor  # noqa: N815 - the axes are part of the name
    train: Tensor
    drop_single: bool
    data_seed: int = 0
    loss_is_error: bool = False
    replay: RecordedStep | None = None

    def batches(self, epoch: int) -> tuple[Tensor, ...]:
        """Give the indices of each batch of an epoch; the same in every process."""
        order = picture_order(len(self.train), self.seed, epoch)
        size = self.settings.batch_size
        return batches_of(self.train[order], size, drop_single=self.drop_single)

    def pictures(self, indices: Tensor) -> Tensor:
        """Give pictures as the net takes them: float32 in [0, 1], channels last in memory."""
        all_NHWC = self.images_NCHW.permute(0, 2, 3, 1)
        chosen_NHWC = all_NHWC.index_select(0, indices.to(all_NHWC.device))
        return (chosen_NHWC / 255).permute(0, 3, 1, 2)


def advance(
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
    if training.loss_is_error and not fed_NCHW.is_cuda:
        return training.model.forward_phases(fed_NCHW)
    return training.model(fed_NCHW), None
