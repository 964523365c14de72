"""Steps and predictions by torch: one by one, or recorded once and played back on a GPU."""

from __future__ import annotations

import torch
from torch import Tensor

from archsearch.tasks import Batch, feed
from archsearch.train.loop.step import train_step
from archsearch.train.loop.training import MeasuredBatch, RecordedSteps, Training

__all__ = ["TorchEngine"]


class TorchEngine:
    """Torch's operations, on any device.

    Args:
        replay: plays back recorded steps, or None.
    """

    layout = torch.channels_last

    def __init__(self, replay: RecordedSteps | None = None) -> None:
        self._replay = replay

    def begin(self, training: Training, size: int) -> None:
        """Get ready for an epoch of batches of ``size`` pictures."""
        if self._replay is not None:
            self._replay.prepare(training, size)

    def step(self, training: Training, places: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """Take a step; give loss and error of the pictures as they were before it."""
        if self._replay is not None and self._replay.takes(places):
            return self._replay(training, places, batch)
        images_NCHW = training.pictures(places)
        return train_step(training, images_NCHW, feed(training.task, images_NCHW, batch))

    def output(self, training: Training, part: MeasuredBatch) -> Tensor:
        """Give what the net makes of pictures; the model is in eval mode then."""
        with torch.no_grad():
            output: Tensor = training.model(training.task.prepare(part.shown_NCHW))
        return output

    def encode(self, training: Training, part: MeasuredBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """Give latents of pictures, and by name what the decoder reads beside them."""
        with torch.no_grad():
            return training.model.encode_with_skips(training.task.prepare(part.shown_NCHW))

    def decode(self, training: Training, latent: Tensor, skips: dict[str, Tensor]) -> Tensor:
        """Give what the decoder makes of latents."""
        with torch.no_grad():
            return training.model.decode(latent, skips)
