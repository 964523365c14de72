"""Threads that learn from a batch side by side, each from a part of its own.

The layers of a small net are so short that two threads sharing each of them mostly
wait for each other. Sharing the batch instead, they meet once a step: the gradient of
a mean over pictures is the mean of the parts' gradients, weighted by their sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

import torch
from torch import Tensor, nn

__all__ = ["ALONE", "Lanes", "lanes_for", "open_lanes"]

Made = TypeVar("Made")

FEWEST = 32
"""Pictures a part needs so that arithmetic, not calling it, takes the time; measured."""


class Lanes:
    """Some threads at work on parts of the same thing; the caller's is the first.

    Attributes:
        count: how many.
        threads: of torch, that each has for itself.
    """

    def __init__(self, count: int, threads: int) -> None:
        self.count = count
        self.threads = threads
        self._others = (
            ThreadPoolExecutor(count - 1, "lane", torch.set_num_threads, (threads,))
            if count > 1
            else None
        )

    def parts(self, indices: Tensor) -> tuple[Tensor, ...]:
        """Cut a batch into one part a lane, of nearly equal sizes, none empty."""
        return tuple(part for part in indices.tensor_split(self.count) if len(part))

    def each(self, work: Callable[[Tensor], Made], given: tuple[Tensor, ...]) -> list[Made]:
        """Do ``work`` on every part; return when all are done, with the first error if any."""
        if self._others is None or len(given) == 1:
            return [work(one) for one in given]
        others: list[Future[Made]] = [self._others.submit(work, one) for one in given[1:]]
        try:
            first = work(given[0])
        finally:
            wait(others)
        return [first, *(other.result() for other in others)]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let the calling thread, too, have its own share of the cores only."""
        if self._others is None:
            yield
            return
        before = torch.get_num_threads()
        torch.set_num_threads(self.threads)
        try:
            yield
        finally:
            torch.set_num_threads(before)

    def close(self) -> None:
        """End the threads."""
        if self._others is not None:
            self._others.shutdown()


ALONE = Lanes(1, 1)
"""The calling thread does everything, with the torch threads it has."""


def lanes_for(model: nn.Module, threads: int, batch_size: int, device: torch.device) -> int:
    """Say into how many parts a batch may be cut without changing what is learned.

    One where pictures of a batch depend on each other (batch norm), where chance is
    drawn in the order of the layers (dropout), and on a GPU.

    Example:
        >>> lanes_for(nn.Conv2d(3, 3, 1), 2, 64, torch.device("cpu"))
        2
        >>> lanes_for(nn.BatchNorm2d(3), 2, 64, torch.device("cpu"))
        1
    """
    together = any(isinstance(one, nn.BatchNorm2d | nn.Dropout) for one in model.modules())
    if together or device.type != "cpu":
        return 1
    return max(1, min(threads, batch_size // FEWEST))


@contextmanager
def open_lanes(count: int) -> Iterator[Lanes]:
    """Have ``count`` lanes for a while; torch's threads are divided among them."""
    if count == 1:
        yield ALONE
        return
    lanes = Lanes(count, max(1, torch.get_num_threads() // count))
    try:
        yield lanes
    finally:
        lanes.close()
