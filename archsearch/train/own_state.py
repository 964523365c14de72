"""What a training sets in torch, and puts back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch

__all__ = ["own_state"]


@contextmanager
def own_state(device: torch.device, threads: int | None) -> Iterator[None]:
    """Threads, GPU, random numbers and small numbers as a training has them.

    The caller's are as before once it ends.

    Args:
        device: where it trains.
        threads: torch's threads; None leaves them as they are.
    """
    with _threads(threads), _current(device), _own_randomness(device), _no_denormals():
        yield


@contextmanager
def _threads(threads: int | None) -> Iterator[None]:
    before = torch.get_num_threads()
    if threads is not None:
        torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _current(device: torch.device) -> AbstractContextManager[object]:
    """Make a GPU the one that streams and graphs are made on."""
    return torch.cuda.device(device) if device.type == "cuda" else nullcontext()


@contextmanager
def _no_denormals() -> Iterator[None]:
    """Let numbers under 1e-38 be 0, also in threads that are started meanwhile.

    Processors take a hundred times as long over them, and a net that dies makes many.
    """
    before = float(torch.tensor(1e-40) * 1) == 0
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)


@contextmanager
def _own_randomness(device: torch.device) -> Iterator[None]:
    """Leave the caller's generators as they were; no other GPU is touched."""
    used = [torch.cuda.current_device()] if device.type == "cuda" else []
    apples = torch.mps.get_rng_state() if device.type == "mps" else None
    with torch.random.fork_rng(used):
        try:
            yield
        finally:
            if apples is not None:
                torch.mps.set_rng_state(apples)
