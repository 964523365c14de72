"""The same workers on a Ray cluster, one task each; those of a lost node are placed anew."""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from typing import Any
from uuid import uuid4

from archsearch.errors import InputError, RunFailedError
from archsearch.records.storage_secrets import masked, without_password
from archsearch.records.storage_url import sqlite_path
from archsearch.study.events import Say
from archsearch.study.workers.messages import MessageReader
from archsearch.study.workers.options import RayOptions
from archsearch.study.workers.process import WorkerPlan, work_and_report

__all__ = ["RayPool", "check_ray"]


UNREACHABLE_SECONDS = 300.0
"""How long a worker goes on with its work while it can't reach the mailbox."""

ANSWER_SECONDS = 60.0
"""How long either side waits for the mailbox's answer before it asks anew."""

AGAIN_SECONDS = 1.0
"""How long a worker that ends waits for a confirmation before it looks whether a call failed."""


class Mailbox:
    """An actor between the workers and the one who started them.

    Where the way to an actor breaks off, a call may come twice or never, so each
    carries all that hasn't been confirmed yet, and messages are numbered.
    """

    def __init__(self) -> None:
        self._messages: list[bytes] = []
        self._taken = 0
        self._known: dict[str, int] = {}
        self._finishing = False

    def put(self, sender: str, first: int, messages: list[bytes]) -> int:
        """Leave a worker's messages from its ``first`` on; those known already change nothing.

        Returns:
            How many of that worker's messages have arrived.
        """
        known = self._known.get(sender, 0)
        self._messages += messages[max(0, known - first) :]
        self._known[sender] = max(known, first + len(messages))
        return self._known[sender]

    def take(self, first: int, finishing: bool) -> list[bytes]:
        """The messages from the ``first`` on, counted from the very first; those before are gone.

        With ``finishing``, all workers are asked to start no other training.
        """
        self._finishing = self._finishing or finishing
        del self._messages[: max(0, first - self._taken)]
        self._taken = max(self._taken, first)
        return list(self._messages)

    def finishing(self) -> bool:
        """Whether that was asked."""
        return self._finishing


class _MailboxPipe:
    """A mailbox as a worker's pipe."""

    def __init__(self, mailbox: Any) -> None:  # a Ray actor's handle has no type
        self._mailbox = mailbox
        self._sender = uuid4().hex
        self._confirmed = 0
        self._open: list[bytes] = []
        self._calls: list[Any] = []  # nor has a reference
        self._reached = time.monotonic()

    def send_bytes(self, message: bytes) -> None:
        self._open.append(message)
        self._confirm(timeout=0)
        self._call()

    def flush(self) -> None:
        """Wait until all has arrived: the end of a task overtakes what it sent."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while self._open and (left := deadline - time.monotonic()) > 0:
            self._confirm(timeout=min(left, AGAIN_SECONDS))
            if self._open:
                time.sleep(AGAIN_SECONDS / 10)
                self._call()

    def _call(self) -> None:
        self._calls.append(self._mailbox.put.remote(self._sender, self._confirmed, self._open))

    def _confirm(self, *, timeout: float) -> None:
        """Forget what has arrived, waiting ``timeout`` seconds for the calls still out."""
        import ray

        if not self._calls:
            return
        answered, self._calls = ray.wait(self._calls, num_returns=len(self._calls), timeout=timeout)
        for call in answered:
            try:
                arrived = int(ray.get(call))
            except ray.exceptions.ActorUnavailableError:
                continue
            except ray.exceptions.RayError:  # nobody is there to hear
                arrived = self._confirmed + len(self._open)
            del self._open[: max(0, arrived - self._confirmed)]
            self._confirmed = max(self._confirmed, arrived)

    def poll(self) -> bool:
        """Whether to finish: asked to, or whoever started this worker is gone.

        A mailbox that is out of reach for a moment, as while another node is
        lost, is neither.
        """
        import ray

        try:
            asked = bool(ray.get(self._mailbox.finishing.remote(), timeout=ANSWER_SECONDS))
        except (ray.exceptions.ActorUnavailableError, ray.exceptions.GetTimeoutError):
            return time.monotonic() - self._reached > UNREACHABLE_SECONDS
        except ray.exceptions.RayActorError:
            return True
        self._reached = time.monotonic()
        self._confirm(timeout=0)
        if self._open and not self._calls:
            self._call()
        return asked


def check_ray(storage: str) -> None:
    """Whether Ray can be used with this storage.

    Raises:
        InputError: it isn't installed, or the storage is a file.
    """
    if sqlite_path(storage) is not None:
        raise InputError(
            f"{masked(storage)} is a file on this machine, and Ray workers run on other machines",
            help="name a server that all machines reach: --storage postgresql://user@host/database",
        )
    try:
        import ray  # noqa: F401  whether it is there is the question
    except ImportError:
        raise InputError(
            "Ray isn't installed", help="pip install 'archsearch[ray]' installs it"
        ) from None


class RayPool:
    """Workers as Ray tasks.

    Args:
        plan: what each is started with.
        count: how many.
        say: called with their messages.
        place: which cluster, and what a worker takes of it.
    """

    def __init__(self, plan: WorkerPlan, count: int, say: Say, place: RayOptions) -> None:
        import ray

        self._plan = plan
        self._reader = MessageReader(say)
        self._deadline: float | None = None
        self._finishing = False
        self._began_here = not ray.is_initialized()
        if self._began_here:
            _connect(place.address)
        # The mailbox stands where the command runs: with that node, all is over anyway.
        self._mailbox = _actor(Mailbox)
        self._task = _task(place)
        self._received = 0
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
        for message in self._messages():
            self._received += 1
            self._reader.read(message)
        for reference in ended:
            self._reap(reference)
        if self._deadline is not None and time.monotonic() > self._deadline:
            self._cancel()
        return bool(self._members)

    def finish(self, *, timeout: float | None = None) -> None:
        """Tell all to end after their running training; cancel who isn't after ``timeout``."""
        if timeout is not None and self._deadline is None:
            self._deadline = time.monotonic() + timeout
        self._finishing = True  # said with the next call for messages

    def kill(self) -> None:
        """End all at once and leave the cluster; their claims are left for others."""
        import ray

        self._cancel()
        with contextlib.suppress(ray.exceptions.RayError):
            ray.kill(self._mailbox)
        if self._began_here:
            ray.shutdown()

    def _messages(self) -> list[bytes]:
        """What came in since the last time; nothing while the mailbox is out of reach."""
        import ray

        try:
            asked = self._mailbox.take.remote(self._received, self._finishing)
            return list(ray.get(asked, timeout=ANSWER_SECONDS))
        except (ray.exceptions.ActorUnavailableError, ray.exceptions.GetTimeoutError):
            return []
        except ray.exceptions.RayActorError as error:
            raise RunFailedError(
                f"the actor that workers report to is gone: {str(error).splitlines()[0]}",
                help="nothing that finished is lost; the same command resumes the study",
            ) from None

    def _start(self, index: int) -> None:
        self._members[self._task.remote(self._plan, index, self._mailbox)] = index

    def _reap(self, reference: Any) -> None:
        import ray

        index = self._members.pop(reference)
        try:
            code = ray.get(reference)
        except ray.exceptions.RayTaskError as error:
            told = without_password(str(error.cause), self._plan.storage)
            raise RunFailedError(f"worker {index} broke: {told}") from None
        except ray.exceptions.RayError as error:  # its process or its node is gone
            if self._finishing:
                return
            self._reader.died(index, type(error).__name__)
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
        _check_port(address)  # Ray itself would try for minutes
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(
            f"no Ray cluster at {address or 'its default address'}: {str(error).splitlines()[0]}",
            help="start one with `ray start --head`, and name it with --address",
        ) from None


def _check_port(address: str | None) -> None:
    """Raise OSError where nobody listens at a ``host:port``."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), timeout=10).close()


def _actor(kind: type[Mailbox]) -> Any:  # a Ray actor's handle has no type
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    # No retries of Ray's: they may drop a call without an error, and ours are counted.
    return ray.remote(kind).options(num_cpus=0, scheduling_strategy=here).remote()


def _task(place: RayOptions) -> Any:  # nor has a remote function
    import ray

    return ray.remote(
        num_cpus=place.cpus,
        num_gpus=place.gpus,
        max_retries=0,  # a lost worker is counted, and started anew here
        scheduling_strategy="SPREAD",  # workers that share a node share its fate
    )(_work)


def _work(plan: WorkerPlan, index: int, mailbox: Any) -> int:
    pipe = _MailboxPipe(mailbox)
    try:
        return work_and_report(plan, index, pipe)
    finally:
        pipe.flush()
