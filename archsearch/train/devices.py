"""Which device a training takes: the one that is named, or a GPU shared with other workers."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from functools import cache
from itertools import product
from pathlib import Path

import torch
from filelock import FileLock

from archsearch.errors import InputError
from archsearch.locks import try_lock

__all__ = ["check_device", "hold_gpu", "worker_device"]

_MOST_ON_ONE = 1000

_held: list[FileLock] = []
"""Locks of this process's GPUs; they are given back when it ends."""


def check_device(name: str) -> None:
    """See that ``name`` is a device that torch can train on here.

    Raises:
        InputError: another word than ``cpu``, ``mps``, ``cuda`` or ``cuda:N``, no GPU that
            torch can use, or none of that number.
    """
    if name == "cpu":
        return
    if name == "mps":
        _check_mps()
        return
    if not re.fullmatch(r"cuda(:\d{1,4})?", name, re.ASCII):
        raise InputError(
            f"there is no device {name!r}",
            help="use cpu, mps (Apple's GPU), cuda, or one GPU of several by its number: cuda:0, "
            "cuda:1, …",
        )
    if not torch.cuda.is_available():
        raise InputError(
            "torch finds no GPU that it can use here",
            help="train with --device cpu, or install a torch built for CUDA and its driver",
        )
    count = torch.cuda.device_count()
    if name not in {"cuda", *(f"cuda:{number}" for number in range(count))}:
        last = f" to cuda:{count - 1}" if count > 1 else ""
        raise InputError(
            f"there is no GPU {name}: torch finds {count} here", help=f"use cuda:0{last}"
        )


def worker_device(name: str) -> str:
    """Give the device of this worker process; the same each time.

    ``cuda`` is the GPU that fewest workers of this host hold, whoever started them, so that
    they share its GPUs evenly. It is held until the process ends. Where that can't be seen
    (a folder for temporary files that takes no locks) the process's number decides.

    Args:
        name: ``cpu``, ``mps``, ``cuda`` or ``cuda:N``.

    Example:
        >>> worker_device("cpu")
        'cpu'
    """
    return f"cuda:{_own_gpu(name)}" if name.startswith("cuda") else name


def _check_mps() -> None:
    if not torch.backends.mps.is_available():
        raise InputError(
            "torch finds no GPU of Apple's that it can use here",
            help="train with --device cpu; mps is for Macs with Apple silicon",
        )


@cache
def _own_gpu(name: str) -> int:
    allowed = [int(number) for number in name.split(":")[1:]] or range(torch.cuda.device_count())
    names = [_name(number) for number in allowed]
    try:
        place = hold_gpu(names, _locks())
    except OSError:
        place = os.getpid() % len(names)
    return allowed[place]


def hold_gpu(names: Sequence[str], folder: Path) -> int:
    """Hold the GPU with the fewest holders until this process ends; give its place.

    A holder has the system's lock on a file of its own for that GPU, which is free at once
    when the process dies.

    Args:
        names: of the GPUs, the same in every process.
        folder: of the locks, the same for all processes of a host.

    Raises:
        OSError: no lock can be had there.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for holder, (place, name) in product(range(_MOST_ON_ONE), enumerate(names)):
        if _lock(folder / f"{name}-{holder}"):
            return place
    raise OSError(f"every lock in {folder} is taken")


def _lock(path: Path) -> bool:
    """Whether the file's lock was free; then it stays with this process."""
    lock = try_lock(path)
    if lock is not None:
        _held.append(lock)
    return lock is not None


def _name(number: int) -> str:
    """A GPU's own name, as CUDA_VISIBLE_DEVICES may give it another number in each process."""
    return str(getattr(torch.cuda.get_device_properties(number), "uuid", number))


def _locks() -> Path:
    user = os.getuid() if hasattr(os, "getuid") else 0
    return Path(tempfile.gettempdir()) / f"archsearch-gpus-{user}"
