"""The same workers on a Ray cluster, one task each; those of a lost node are placed anew."""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from typing import Any

from archsearch.errors import InputError, RunFailedError
from archsearch.records.storage_url import masked, sqlite_path
from archsearch.study.events import Say
from archsearch.study.options import RayPlace
from archsearch.study.process import WorkerPlan, work_and_report
from archsearch.study.reports import Reports

__all__ = ["RayCrew", "check_ray"]


class Mailbox:
    """An actor between the workers and the one who started them."""

    def __init__(self) -> None:
        self._letters: list[bytes] = []
        self._finishing = False

    def put(self, letter: bytes) -> None:
        """Leave a worker's message."""
        self._letters.append(letter)

    def take(self) -> list[bytes]:
        """What came since the last time."""
        letters, self._letters = self._letters, []
        return letters

    def finish(self) -> None:
        """Ask all workers to start no other training."""
        self._finishing = True

    def finishing(self) -> bool:
        """Whether that was asked."""
        return self._finishing


class _MailboxPipe:
    """A mailbox as a worker's pipe."""

    def __init__(self, mailbox: Any) -> None:  # a Ray actor's handle has no type
        self._mailbox = mailbox

    def send_bytes(self, message: bytes) -> None:
        self._mailbox.put.remote(message)

    def poll(self) -> bool:
        """Whether to finish: asked to, or whoever started this worker is gone."""
        import ray

        try:
            return bool(ray.get(self._mailbox.finishing.remote(), timeout=60))
        except (ray.exceptions.RayActorError, ray.exceptions.GetTimeoutError):
            return True


def check_ray(storage: str) -> None:
    """Whether Ray can be used with this storage.

    Raises:
        InputError: it isn't installed, or the storage is a file.
    """
    if sqlite_path(storage) is not None:
        raise InputError(
            f"{masked(storage)} is a file of this machine, and Ray places workers on others",
            help="name a server that all reach: --storage postgresql://user@host/database",
        )
    try:
        import ray  # noqa: F401  whether it is there is the question
    except ImportError:
        raise InputError(
            "Ray isn't installed", help="pip install 'archsearch[ray]' brings it"
        ) from None


class RayCrew:
    """Workers as Ray tasks.

    Args:
        plan: what each is started with.
        count: how many.
        say: told of what they say.
        place: which cluster, and what a worker takes of it.
    """

    def __init__(self, plan: WorkerPlan, count: int, say: Say, place: RayPlace) -> None:
        import ray

        self._plan = plan
        self._reports = Reports(say)
        self._deadline: float | None = None
        self._finishing = False
        self._began_here = not ray.is_initialized()
        if self._began_here:
            _connect(place.address)
        # The mailbox stands where the command runs: with that node, all is over anyway.
        self._mailbox = _actor(Mailbox)
        self._task = _task(place)
        self._members: dict[Any, int] = {}
        for index in range(count):
            self._start(index)

    def listen(self, timeout: float) -> bool:
        """Pass on what the workers say within ``timeout`` seconds.

        Returns:
            Whether any worker is left.

        Raises:
            InputError: what a worker found wrong with what it was given.
            RunFailedError: where workers can't run.
        """
        import ray

        ended, _ = ray.wait(list(self._members), num_returns=1, timeout=timeout)
        try:
            letters = ray.get(self._mailbox.take.remote())
        except ray.exceptions.ActorUnavailableError:
            letters = []  # out of reach for a moment, as while a node is lost; asked again
        for letter in letters:
            self._reports.take(letter)
        for reference in ended:
            self._bury(reference)
        if self._deadline is not None and time.monotonic() > self._deadline:
            self._cancel()
        return bool(self._members)

    def finish(self, *, patience: float | None = None) -> None:
        """Tell all to end after their running training; cancel who isn't after ``patience``."""
        if patience is not None and self._deadline is None:
            self._deadline = time.monotonic() + patience
        if not self._finishing:
            self._finishing = True
            self._mailbox.finish.remote()

    def kill(self) -> None:
        """End all at once and leave the cluster; their claims are left for others."""
        import ray

        self._cancel()
        with contextlib.suppress(ray.exceptions.RayError):
            ray.kill(self._mailbox)
        if self._began_here:
            ray.shutdown()

    def _start(self, index: int) -> None:
        self._members[self._task.remote(self._plan, index, self._mailbox)] = index

    def _bury(self, reference: Any) -> None:
        import ray

        index = self._members.pop(reference)
        try:
            code = ray.get(reference)
        except ray.exceptions.RayTaskError as error:
            raise RunFailedError(f"worker {index} broke: {error.cause}") from None
        except ray.exceptions.RayError as error:  # its process or its node is gone
            if self._finishing:
                return
            self._reports.died(index, type(error).__name__)
            self._start(index)
            return
        if code and not self._finishing:
            raise RunFailedError(f"worker {index} ended with exit code {code}")

    def _cancel(self) -> None:
        import ray

        for reference in self._members:
            with contextlib.suppress(ray.exceptions.RayError):
                ray.cancel(reference, force=True)
        self._members.clear()


def _connect(address: str | None) -> None:
    import ray

    try:
        _knock(address)  # Ray itself would try for minutes
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(
            f"no Ray cluster at {address or 'its default address'}: {str(error).splitlines()[0]}",
            help="start one with `ray start --head`, and name it with --address",
        ) from None


def _knock(address: str | None) -> None:
    """Raise OSError where nobody listens at a ``host:port``."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), timeout=10).close()


def _actor(kind: type[Mailbox]) -> Any:  # a Ray actor's handle has no type
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)
    return ray.remote(kind).options(num_cpus=0, scheduling_strategy=here).remote()


def _task(place: RayPlace) -> Any:  # nor has a remote function
    import ray

    return ray.remote(
        num_cpus=place.cpus,
        num_gpus=place.gpus,
        max_retries=0,  # a lost worker is counted, and started anew here
        scheduling_strategy="SPREAD",  # workers that share a node share its fate
    )(_work)


def _work(plan: WorkerPlan, index: int, mailbox: Any) -> int:
    return work_and_report(plan, index, _MailboxPipe(mailbox))
