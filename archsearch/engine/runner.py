"""A program with its memory, run on as many threads as share it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archsearch.engine.library import Library
from archsearch.engine.memory import aligned_zeros
from archsearch.engine.operations import BLOCK
from archsearch.engine.program.build import Program
from archsearch.engine.program.stages import BatchMoments, Between, Moments

__all__ = ["Runner"]

Numbers = NDArray[Any]


class Runner:
    """Runs a program on batches.

    Threads take blocks side by side, and sums are added in the order of threads; so equal thread
    counts give equal bits. A program of one stage needs one arena a thread; with several stages,
    all blocks must be kept.

    Args:
        program: what is done.
        kernels: its kernels.
        threads: how many threads there are.
        pool: all but one of them, or None.
    """

    def __init__(
        self, program: Program, kernels: Library, threads: int, pool: ThreadPoolExecutor | None
    ) -> None:
        self._program = program
        self._kernels = kernels
        self._pool = pool
        self._keeps_blocks = len(program.stages) > 1
        self._arenas: list[Numbers] = [np.empty((0, 0))] * threads
        self._sums = [aligned_zeros(program.sums, kernels.dtype) for _ in range(threads)]
        self._walk = kernels.function("walk", 7)
        self._combine = kernels.function("combine_all", 4)

    def run(
        self,
        values: Numbers,
        count: int,
        pictures: Mapping[str, Numbers | None],
        seed: int = 0,
    ) -> tuple[float, dict[str, Moments]]:
        """Run all blocks of a batch.

        Args:
            values: parameters, and one 0 after them.
            count: pictures of the batch.
            pictures: arrays that the block's record names.
            seed: of dropout.

        Returns:
            The mean loss, if there is one; by the names of norms, moments of the batch.
        """
        program = self._program
        self._combined(program.packing, values, program.packed)
        keys = _keys(seed, program.drops)
        addresses = {
            name: array.ctypes.data for name, array in pictures.items() if array is not None
        }
        addresses |= {"keys": keys.ctypes.data, "count": count}
        for sums in self._sums:
            sums[:] = 0
        moments: dict[str, Moments] = {}
        for operations, between in program.stages:
            self._stage(operations, count, addresses)
            self._between(between, count, moments)
        for more in self._sums[1:]:
            self._sums[0] += more
        loss = self._sums[0][: self._kernels.lanes].sum(dtype=np.float64)
        return float(loss), moments

    def gradients(self, to: Numbers) -> None:
        """Write the gradients of the last run."""
        self._combined(self._program.gradients, self._sums[0], to)

    def _combined(self, records: Any, source: Numbers, to: Numbers) -> None:
        self._combine(records.ctypes.data, len(records), source.ctypes.data, to.ctypes.data)

    def _stage(self, operations: Numbers, count: int, addresses: Mapping[str, int]) -> None:
        if not len(operations):
            return
        threads = len(self._sums)
        blocks = -(-count // self._kernels.lanes)
        ends = [t * blocks // threads for t in range(threads + 1)]
        self._on_threads(
            [
                lambda t=t: self._blocks(t, operations, ends[t], ends[t + 1], addresses)  # type: ignore[misc]
                for t in range(threads)
            ]
        )

    def _on_threads(self, work: Sequence[Callable[[], None]]) -> None:
        others = [self._pool.submit(one) for one in work[1:]] if self._pool else []
        work[0]()
        for other in others:
            other.result()

    def _blocks(
        self,
        thread: int,
        operations: Numbers,
        first: int,
        end: int,
        addresses: Mapping[str, int],
    ) -> None:
        """Take blocks ``first`` to ``end`` through a stage."""
        if first == end:
            self._arenas[thread] = self._arenas[thread][:0]
            return
        arena = self._arena(thread, end - first)
        own = {
            "packed": self._program.packed.ctypes.data,
            "sums": self._sums[thread].ctypes.data,
        }
        block = np.array(BLOCK.record({**own, **addresses}), np.int64)
        self._walk(
            operations.ctypes.data,
            len(operations),
            arena.ctypes.data,
            block.ctypes.data,
            first,
            end - first,
            arena.shape[1] if self._keeps_blocks else 0,
        )

    def _arena(self, thread: int, blocks: int) -> Numbers:
        """The thread's arena: of one block, or of each of so many."""
        rows = blocks if self._keeps_blocks else 1
        if len(self._arenas[thread]) != rows:
            size = self._program.arena
            flat = aligned_zeros(rows * size, self._kernels.dtype)
            self._arenas[thread] = flat.reshape(rows, size)
        return self._arenas[thread]

    def _between(self, between: Between | None, count: int, moments: dict[str, Moments]) -> None:
        packed = self._program.packed
        if isinstance(between, BatchMoments):
            found = between.of(self._arenas, count)
            between.to.write(packed, *found[:2])
            moments[between.to.name] = found
        elif between is not None:
            between.write(packed, self._sums, count)

    def set_moments(self, of: Callable[[str], tuple[Numbers, Numbers]]) -> None:
        """Let norms over the batch use given means and variances, by their names."""
        for places in self._program.moments:
            places.write(self._program.packed, *of(places.name))


def _keys(seed: int, drops: int) -> Numbers:
    """A key for each dropout layer, of 32 bits."""
    words = (sha256(f"{seed}/{i}".encode()).digest()[:4] for i in range(drops))
    return np.array([int.from_bytes(word) for word in words], np.int64)
