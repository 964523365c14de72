"""Steps and predictions by the project's own engine, on the memory of a torch model.

Parameters, their gradients and running moments are the engine's arrays, and the model's tensors
lie in them. So optimizers, checkpoints and weights files are torch's, as always.
"""

from __future__ import annotations

from typing import Any

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from archsearch.config import TrainSettings
from archsearch.engine import Engine
from archsearch.nn import Autoencoder
from archsearch.tasks import (
    Batch,
    RegressionTask,
    SignedOutput,
    Task,
    derived_seed,
    feed,
    feeds_pictures,
    make_loss,
    predict,
    regression,
)
from archsearch.train.engines.torch_engine import TorchEngine
from archsearch.train.loop.training import MeasuredBatch, Training

__all__ = ["NativeEngine"]


class NativeEngine:
    """The engine of ``archsearch.engine`` with a model's weights.

    Args:
        model: the plain one; from here on its tensors lie in the engine's memory.
        task: whose loss compares the net's output with a target by ``train.loss``.
        settings: the recipe, with that word.
        images_NCHW: all pictures, uint8, channels last in memory.
        threads: how many share a batch.

    Attributes:
        parameters: all of the model's in one tensor, with their gradients, for the optimizer.
    """

    layout = torch.contiguous_format

    def __init__(
        self,
        model: Autoencoder,
        task: Task,
        settings: TrainSettings,
        images_NCHW: Tensor,
        threads: int,
    ) -> None:
        self._compared = _compared(task, settings)
        self._as_they_are = feeds_pictures(task)
        self._to_pictures = type(self._compared).target is RegressionTask.target
        shift = task.standardize if self._as_they_are else None
        self._engine = Engine(
            model.plan,
            loss=settings.loss,
            standardization=None if shift is None else (shift.mean, shift.std),
            signed=isinstance(task, SignedOutput),
            threads=threads,
        )
        self._pictures = images_NCHW.permute(0, 2, 3, 1).numpy()
        _share_memory(model, self._engine)
        self.parameters = nn.Parameter(torch.from_numpy(self._engine.all_parameters))
        self.parameters.grad = torch.from_numpy(self._engine.all_gradients)

    def begin(self, training: Training, size: int) -> None:
        """Nothing: programs are made when they are first needed."""

    def step(self, training: Training, places: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """Take a step; give loss and error of the pictures as they were before it."""
        fed, target = self._batch(training, places, batch)
        output = None
        if not training.loss_is_error:
            shape = (len(places), *training.model.plan.output.as_tuple())
            output = numpy.empty(shape, numpy.float32)
        seed = derived_seed(batch.seed, "dropout", batch.epoch or 0, int(batch.indices[0]))
        ids = places.numpy()
        loss = torch.tensor(self._engine.step(fed, target, ids=ids, seed=seed, output=output))
        if training.settings.clip_norm is not None:
            _clip(self.parameters.grad, training.settings.clip_norm)
        training.optimizer.step()
        if output is None:
            return loss, loss
        images_NCHW = training.pictures(places)
        predicted_NCHW = predict(training.task, torch.from_numpy(output), images_NCHW)
        return loss, functional.mse_loss(predicted_NCHW, images_NCHW)

    def _batch(
        self, training: Training, places: Tensor, batch: Batch
    ) -> tuple[NDArray[Any], NDArray[Any] | None]:
        """What the net is fed, and what it should give; bytes are chosen by their places."""
        if self._as_they_are and self._to_pictures:
            return self._pictures, None
        images_NCHW = training.pictures(places)
        fed = self._pictures
        if not self._as_they_are:
            fed = feed(training.task, images_NCHW, batch).numpy()
        if self._to_pictures:
            return fed, self._pictures
        return fed, self._compared.target(images_NCHW).numpy()

    def output(self, training: Training, part: MeasuredBatch) -> Tensor:
        """Give what the net makes of pictures."""
        return torch.from_numpy(self._engine.forward(*self._fed(training, part)))

    def encode(self, training: Training, part: MeasuredBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """Give latents of pictures, and by name what the decoder reads beside them."""
        if not self._engine.decodes:
            return TorchEngine().encode(training, part)
        return torch.from_numpy(self._engine.codes(*self._fed(training, part))), {}

    def decode(self, training: Training, latent: Tensor, skips: dict[str, Tensor]) -> Tensor:
        """Give what the decoder makes of latents; torch does where it reads more than those."""
        if not self._engine.decodes:
            return TorchEngine().decode(training, latent, skips)
        return torch.from_numpy(self._engine.decode(latent.numpy()))

    def _fed(
        self, training: Training, part: MeasuredBatch
    ) -> tuple[NDArray[Any], NDArray[Any] | None]:
        """Pictures as bytes with their places, or as numbers."""
        if self._as_they_are:
            return self._pictures, part.indices.numpy()
        return training.task.prepare(part.shown_NCHW).numpy(), None


def _compared(task: Task, settings: TrainSettings) -> RegressionTask:
    compared = regression(task, make_loss(settings))
    assert compared is not None  # noqa: S101  whoever chose the engine has seen to that
    return compared


def _clip(gradient: Tensor | None, longest: float) -> None:
    """Torch's ``clip_grad_norm_`` for one gradient, without the twentieth of a step it takes."""
    assert gradient is not None  # noqa: S101 - the engine's own
    norm = torch.linalg.vector_norm(gradient).numpy()
    share = numpy.float32(longest) / (norm + numpy.float32(1e-6))
    if share < 1:
        numbers = gradient.numpy()
        numbers *= share


def _share_memory(model: Autoencoder, engine: Engine) -> None:
    """Let the model's tensors be the engine's arrays, with the model's numbers."""
    engine.load({name: tensor.numpy() for name, tensor in model.state_dict().items()})
    for name, parameter in model.named_parameters():
        parameter.data = torch.from_numpy(engine.parameters[name])
    for name, buffer in model.named_buffers():
        buffer.data = torch.from_numpy(engine.buffers[name])
