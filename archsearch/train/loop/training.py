"""What stays the same through all epochs of a training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy
import torch
from torch import Tensor, memory_format

from archsearch.config import TaskKind, TrainSettings
from archsearch.nn import Autoencoder
from archsearch.tasks import Batch, Task
from archsearch.train.engine_choice import EngineChoice
from archsearch.train.loop.optimizers import StepOptimizer
from archsearch.train.loop.order import batches_of, picture_order

__all__ = ["MeasuredBatch", "RecordedSteps", "Training", "TrainingEngine"]


@dataclass(frozen=True)
class MeasuredBatch:
    """Some pictures that are measured, in the order given.

    Attributes:
        indices: their places in the picture set, on the CPU.
        images_NCHW: the originals, in [0, 1].
        shown_NCHW: what the net got to see of them, as pictures.
    """

    indices: Tensor
    images_NCHW: Tensor  # noqa: N815
    shown_NCHW: Tensor  # noqa: N815


class TrainingEngine(Protocol):
    """What computes steps and predictions.

    Attributes:
        layout: of batches in memory.
    """

    layout: memory_format

    def begin(self, training: Training, size: int) -> None:
        """Get ready for an epoch of batches of ``size`` pictures."""

    def step(self, training: Training, places: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """Take a step; give loss and error of the pictures as they were before it.

        Args:
            training: model, optimizer and task.
            places: of the pictures, where the pictures are.
            batch: the same, with what seeds noise and masks.
        """

    def output(self, training: Training, part: MeasuredBatch) -> Tensor:
        """Give what the net makes of pictures, in evaluation."""

    def encode(self, training: Training, part: MeasuredBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """Give latents of pictures, and by name what the decoder reads beside them."""

    def decode(self, training: Training, latent: Tensor, skips: dict[str, Tensor]) -> Tensor:
        """Give what the decoder makes of latents."""


class RecordedSteps(Protocol):
    """Steps of one batch size, recorded once and played back (``train.replay``)."""

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
        chosen: who computes, as runs record it.
        engine: computes steps and predictions.
        images_NCHW: all pictures, uint8, channels last in memory, on the model's device.
        train: int64 indices of the training split, on the CPU.
        drop_single: leave out a last batch of one picture (see ``batches_of``).
        data_seed: decides noise and masks of pictures that are measured.
        loss_is_error: the loss is the error that is reported, so it isn't measured again.
    """

    model: Autoencoder
    chosen: EngineChoice
    engine: TrainingEngine
    optimizer: StepOptimizer
    task: Task
    kind: TaskKind
    settings: TrainSettings
    seed: int
    images_NCHW: Tensor  # noqa: N815 - the axes are part of the name
    train: Tensor
    drop_single: bool
    data_seed: int = 0
    loss_is_error: bool = False

    def batches(self, epoch: int) -> tuple[Tensor, ...]:
        """Give the indices of each batch of an epoch; the same in every process."""
        order = picture_order(len(self.train), self.seed, epoch)
        size = self.settings.batch_size
        return batches_of(self.train[order], size, drop_single=self.drop_single)

    def pictures(self, indices: Tensor) -> Tensor:
        """Give pictures as the net takes them: float32 in [0, 1], in the engine's layout."""
        all_NHWC = self.images_NCHW.permute(0, 2, 3, 1)
        chosen_NHWC = all_NHWC.index_select(0, indices.to(all_NHWC.device))
        if self.engine.layout == torch.contiguous_format and chosen_NHWC.device.type == "cpu":
            # NumPy reorders bytes in a third of the time that torch takes.
            bytes_NCHW = numpy.ascontiguousarray(chosen_NHWC.numpy().transpose(0, 3, 1, 2))
            return torch.from_numpy(bytes_NCHW) / 255
        chosen_NCHW = (chosen_NHWC / 255).permute(0, 3, 1, 2)
        return chosen_NCHW.contiguous(memory_format=self.engine.layout)
