"""How a study is run; what is found doesn't depend on it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archsearch.errors import InputError
from archsearch.records.layout import HEARTBEAT_TIMEOUT_SECONDS
from archsearch.study.store.claims import MOST_CRASHES
from archsearch.study.store.retry import RETRY_SECONDS
from archsearch.study.workers.heartbeat import HEARTBEAT_SECONDS

__all__ = ["RayOptions", "RunOptions"]

_MOST_WORKERS = 31 if sys.platform == "win32" else sys.maxsize
"""Windows lets a process wait for 63 things at most; a worker is two."""


@dataclass(frozen=True)
class RayOptions:
    """Where on a Ray cluster workers run.

    Attributes:
        address: of the cluster, e.g. ``auto`` or ``ray://head:10001``; None:
            Ray's own choice, which is RAY_ADDRESS or a cluster of this machine.
        cpus: that each worker takes, and trains with that many threads.
        gpus: that each worker takes; a fraction shares one.
    """

    address: str | None = None
    cpus: float = 1.0
    gpus: float = 0.0


@dataclass(frozen=True)
class RunOptions:
    """How a study is run.

    Attributes:
        workers: processes that train at once; the processor's cores are
            divided among them. 0: the study is made, and nobody trains yet.
        threads: of each training; None: the cores this process may use, divided.
        device: ``cpu``, ``mps``, ``cuda`` or ``cuda:N``; with ``cuda`` each worker takes the
            GPU that fewest hold, so several trainings may share one. None: ``cuda`` where Ray
            gives workers a GPU.
        command: recorded with the study, to say how it was started.
        artifacts: folder for pictures; None: where the study was made with,
            at first beside the SQLite file or in ``runs``.
        engine: ``local`` for processes of this machine, ``ray`` for a cluster's.
        ray: where on the cluster.
        heartbeat_seconds: between two heartbeats of a worker.
        heartbeat_timeout: seconds without one after which a claim is given up.
        max_crashes: workers that one training may kill before it counts as failed.
        retry_seconds: seconds that the database may be away.
    """

    workers: int = 1
    threads: int | None = None
    device: str | None = None
    command: str = ""
    artifacts: Path | None = None
    engine: Literal["local", "ray"] = "local"
    ray: RayOptions = RayOptions()
    heartbeat_seconds: float = HEARTBEAT_SECONDS
    heartbeat_timeout: float = HEARTBEAT_TIMEOUT_SECONDS
    max_crashes: int = MOST_CRASHES
    retry_seconds: float = RETRY_SECONDS

    def __post_init__(self) -> None:
        """Refuse what can't be run."""
        if self.workers < 0:
            raise InputError(f"{self.workers} workers can't train", help="use --workers 1 or more")
        if self.workers > _MOST_WORKERS and self.engine == "local":
            raise InputError(
                f"{self.workers} workers are too many for one command on Windows",
                help=f"use --workers {_MOST_WORKERS}, and further ones by `study worker`",
            )
        if self.threads is not None and self.threads < 1:
            raise InputError(f"{self.threads} threads can't train", help="use --threads 1 or more")

    @property
    def training_threads(self) -> int:
        """Threads of each training."""
        if self.threads is not None:
            return self.threads
        if self.engine == "ray":
            return max(1, int(self.ray.cpus))
        return max(1, usable_cores() // max(1, self.workers))

    @property
    def training_device(self) -> str:
        """Where each training computes."""
        if self.device is not None:
            return self.device
        return "cuda" if self.engine == "ray" and self.ray.gpus > 0 else "cpu"


def usable_cores() -> int:
    """Cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
