"""One pass over the training split, and one over a split to be measured."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from archsearch.config.settings import TrainSettings
from archsearch.errors import RunFailedError
from archsearch.tasks import Batch, derived_seed, exact
from archsearch.train.loop.optimizers import set_rate
from archsearch.train.loop.schedule import rate_at
from archsearch.train.loop.training import MeasuredBatch, Training

__all__ = [
    "OnStep",
    "PredictedBatch",
    "TrainedEpoch",
    "measured",
    "predictions",
    "train_epoch",
]

OnStep = Callable[[int, int], None]
"""Called after each step with (steps done, steps of the whole run)."""

ON_PROCESSOR, ON_GPU = 128, 500
"""Pictures measured at once; on a processor, they and what is made of them stay in its caches."""


@dataclass(frozen=True)
class TrainedEpoch:
    """What one training epoch came to.

    ``loss`` and ``mse`` are means over pictures, each taken just before the
    step that learned from it; ``mse`` of RGB in [0, 1], prediction clamped.
    """

    lr: float
    loss: float
    mse: float
    pictures: int
    seconds: float


def train_epoch(
    training: Training,
    epoch: int,
    on_step: OnStep | None = None,
    val_errors: Sequence[float] = (),
) -> TrainedEpoch:
    """Take every step of an epoch (counted from 1).

    Losses stay on the device until the epoch is over: asking for each would
    make every step wait.

    Args:
        training: that the epoch is of.
        epoch: which one.
        on_step: called after each step.
        val_errors: validation errors of the epochs before, which some schedules follow.

    Raises:
        RunFailedError: a loss was NaN or infinite.
    """
    started = time.perf_counter()
    training.model.train()
    batches = training.batches(epoch)
    training.engine.begin(training, len(batches[0]))
    _seed_dropout(derived_seed(training.seed, "steps", epoch), training.images_NCHW.device)
    total = len(batches) * training.settings.epochs
    done = len(batches) * (epoch - 1)
    losses, errors = [], []
    for indices, places in zip(batches, _on_device(training, batches), strict=True):
        rate = rate_at(training.settings, done, total, val_errors)
        set_rate(training.optimizer, rate)
        batch = Batch(indices, training.seed, epoch)
        loss, error = training.engine.step(training, places, batch)
        losses.append(loss)
        errors.append(error)
        done += 1
        if on_step is not None:
            on_step(done, total)
    sizes = [len(indices) for indices in batches]
    mean_loss = _mean(torch.stack(losses), sizes, training.settings, epoch)
    mse = _mean(torch.stack(errors), sizes, training.settings, epoch)
    return TrainedEpoch(rate.lr, mean_loss, mse, sum(sizes), time.perf_counter() - started)


def _seed_dropout(seed: int, device: torch.device) -> None:
    """Seed the generators that layers draw from, and those of no other GPU."""
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        with torch.cuda.device(device):
            torch.cuda.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)


def _on_device(training: Training, batches: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """The indices of all batches where the pictures are, sent there in one go."""
    device = training.images_NCHW.device
    if device.type == "cpu":
        return batches
    return torch.split(torch.cat(batches).to(device), [len(indices) for indices in batches])


def _mean(values_S: Tensor, sizes: list[int], settings: TrainSettings, epoch: int) -> float:
    values = values_S.cpu().double()
    broken = (~values.isfinite()).nonzero()
    if len(broken):
        step = int(broken[0])
        word = "NaN" if math.isnan(float(values[step])) else "infinite"
        raise RunFailedError(
            f"the training loss was {word} in epoch {epoch}, step {step + 1} of {len(sizes)}",
            help=f"lower the learning rate (train.lr is {settings.lr:g}), "
            "or add a norm to the layers",
        )
    weights = torch.tensor(sizes, dtype=torch.float64)
    return float((values * weights).sum() / weights.sum())


@dataclass(frozen=True)
class PredictedBatch(MeasuredBatch):
    """The same with what the net made of them: before it is clamped, and after."""

    unclipped_NCHW: Tensor  # noqa: N815
    predicted_NCHW: Tensor  # noqa: N815


def measured(training: Training, indices: Tensor) -> Iterator[MeasuredBatch]:
    """Give pictures and what is shown of them, batch by batch; the model is in eval mode then."""
    training.model.eval()
    at_once = ON_PROCESSOR if training.images_NCHW.device.type == "cpu" else ON_GPU
    for part in torch.split(indices, at_once):
        images_NCHW = training.pictures(part)
        batch = Batch(part, training.data_seed)
        yield MeasuredBatch(part, images_NCHW, training.task.shown(images_NCHW, batch))


def predictions(training: Training, indices: Tensor) -> Iterator[PredictedBatch]:
    """Give pictures with their predictions, batch by batch, in the order given."""
    for part in measured(training, indices):
        with torch.no_grad():
            output = training.engine.output(training, part)
            unclipped_NCHW = exact(training.task.unclipped(output, part.images_NCHW))
        yield PredictedBatch(
            part.indices,
            exact(part.images_NCHW),
            exact(part.shown_NCHW),
            unclipped_NCHW,
            unclipped_NCHW.clamp(0.0, 1.0),
        )
