"""A training step recorded once and played back: a CUDA graph of the whole step.

Small nets finish their work on a GPU sooner than a program can ask for the next
piece of it. A recording asks for all of it at once: pictures gathered and scaled,
forward, loss, backward, and the optimizer's step. It reads its inputs where they
were when it was recorded, so each call first puts them there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from archsearch.tasks import Batch, feed
from archsearch.train.loop.step import train_step
from archsearch.train.loop.training import Training

__all__ = ["Recorder", "Replay", "cuda_graph"]

WARM_UP_STEPS = 3
"""Taken before a recording, as torch asks: libraries choose their kernels in them."""

Recorder = Callable[[Callable[[], None]], Callable[[], None]]
"""Gives what does again what a function did, on the same memory."""

_log = logging.getLogger(__name__)


def cuda_graph(body: Callable[[], None]) -> Callable[[], None]:
    """Record what ``body`` asks of the GPU; calling the result asks for all of it at once.

    ``body`` runs a few times before, on a stream of its own. Also where recording fails, torch
    goes on with the stream it was on; by itself it would stay on the recording's.

    Raises:
        RuntimeError: it waits for the GPU somewhere, which can't be recorded.
    """
    before = torch.cuda.current_stream()
    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    side.wait_stream(before)
    with torch.cuda.stream(side):
        for _ in range(WARM_UP_STEPS):
            body()
    before.wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    try:
        with torch.cuda.graph(graph, stream=side):  # torch's own lies on the first GPU used
            body()
    finally:
        torch.cuda.set_stream(before)
    return graph.replay


class Replay:
    """Steps of one batch size, played back.

    Args:
        record: how, other than as a CUDA graph.
    """

    def __init__(self, record: Recorder = cuda_graph) -> None:
        self._record = record
        self._play: Callable[[], None] | None = None
        self._given_up = False
        self._indices: Tensor
        self._shown: Tensor | None = None
        self._told: tuple[Tensor, Tensor]

    def prepare(self, training: Training, size: int) -> None:
        """Record a step of ``size`` pictures, unless there is one already.

        Weights, moments and random generators are as before after it. Where recording fails,
        steps are taken one by one from then on, and that is logged.
        """
        if self._play is not None or self._given_up:
            return
        self._indices = training.train[:size].to(training.images_NCHW.device, copy=True)
        if training.task.random:
            self._shown = torch.empty_like(training.pictures(self._indices))
        with _unchanged(training):
            try:
                self._play = self._record(lambda: self._body(training))
            except RuntimeError as error:
                self._given_up = True
                _log.warning(
                    "steps of this net can't be recorded, so they run one by one (%s)",
                    str(error).splitlines()[0],
                )

    def takes(self, indices: Tensor) -> bool:
        """Whether a batch is of the recorded size."""
        return self._play is not None and len(indices) == len(self._indices)

    def __call__(self, training: Training, indices: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """Take a step; give loss and error as it was before it.

        Args:
            training: the one that was recorded.
            indices: of the pictures, on the device or on the CPU.
            batch: the same pictures and what seeds their noise.
        """
        assert self._play is not None  # noqa: S101  takes() said so
        self._indices.copy_(indices, non_blocking=True)
        if self._shown is not None:
            self._shown.copy_(training.task.shown(training.pictures(self._indices), batch))
        self._play()
        loss, error = self._told
        return loss.clone(), error.clone()

    def _body(self, training: Training) -> None:
        images_NCHW = training.pictures(self._indices)
        if self._shown is None:  # nothing random, so which batch doesn't matter
            fed_NCHW = feed(training.task, images_NCHW, Batch(self._indices, training.seed))
        else:
            fed_NCHW = training.task.prepare(self._shown)
        self._told = train_step(training, images_NCHW, fed_NCHW, recorded=True)


@contextmanager
def _unchanged(training: Training) -> Iterator[None]:
    """Put weights, moments, running statistics and random generators back to what they were."""
    devices = [training.images_NCHW.device] if training.images_NCHW.is_cuda else []
    kept = {name: tensor.clone() for name, tensor in training.model.state_dict().items()}
    state = {
        parameter: {name: value.clone() for name, value in values.items()}
        for parameter, values in training.optimizer.state.items()
    }
    with torch.random.fork_rng(devices):
        yield
    with torch.no_grad():
        for name, tensor in training.model.state_dict().items():
            tensor.copy_(kept[name])
        for parameter, values in training.optimizer.state.items():
            for name, value in values.items():
                value.copy_(state[parameter][name])
