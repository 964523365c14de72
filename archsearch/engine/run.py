"""The engine: steps and predictions of one net, on as many threads as it is given."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from archsearch.engine.library import Library, library
from archsearch.engine.machine import host
from archsearch.engine.memory import aligned_zeros
from archsearch.engine.operations import BLOCK
from archsearch.engine.program.build import Kind, Program, built, evaluation, training
from archsearch.engine.support import unsupported
from archsearch.engine.translate import Standardization, translated
from archsearch.spec.plan.model import ModelPlan

__all__ = ["Engine"]

Numbers = NDArray[Any]

_FEWEST_BYTES = 16
"""Of a picture that is read as bytes; smaller ones are read as numbers."""


class Engine:
    """A net whose pictures lie side by side in vectors.

    Args:
        plan: the net.
        loss: what training minimizes, a word of ``train.loss``.
        standardization: mean and standard deviation of each channel that is fed, or None.
        threads: how many threads share a batch.
        dtype: of all numbers, float32 or float64.
        kernels: for another processor or number of lanes than this machine's.

    Attributes:
        parameters: trained tensors by the names of ``nn.build``; writing them trains on.
        gradients: their gradients after a step, in the same order and shapes.

    Raises:
        ValueError: the plan or the loss isn't supported (see :func:`unsupported`).

    Example:
        >>> import archsearch
        >>> plan = archsearch.load("specs/acml-nine-layer.yaml").plan()
        >>> engine = Engine(plan)
        >>> engine.parameters["encoder.0.conv.weight"].shape
        (8, 3, 3, 3)
        >>> engine.step(np.full((4, 3, 32, 32), 0.5, np.float32))  # all weights are 0
        0.0
    """

    def __init__(
        self,
        plan: ModelPlan,
        *,
        loss: str = "mse",
        standardization: Standardization | None = None,
        threads: int = 1,
        dtype: str = "float32",
        kernels: Library | None = None,
    ) -> None:
        reason = unsupported(plan, loss)
        if reason is not None:
            raise ValueError(f"the engine doesn't train {plan.name!r}: {reason}")
        self.plan = plan
        self.loss = loss
        self.threads = threads
        self._standardization = standardization
        self._library = _own_library(np.dtype(dtype)) if kernels is None else kernels
        self._pool = ThreadPoolExecutor(threads - 1) if threads > 1 else None
        self._programs: dict[tuple[Any, ...], _Runner] = {}
        shapes = translated(plan, plan.layers, None, training=False).parameters.shapes
        count = plan.params
        self._values = aligned_zeros(count + 1, self._library.dtype)  # the last one stays 0
        self._gradients = aligned_zeros(count, self._library.dtype)
        self.parameters = _views(self._values, shapes)
        self.gradients = _views(self._gradients, shapes)

    def load(self, parameters: Mapping[str, ArrayLike]) -> None:
        """Copy trained tensors in; all of them, by name.

        Raises:
            KeyError: one is missing.
        """
        for name, own in self.parameters.items():
            own[...] = np.asarray(parameters[name])

    def step(
        self,
        fed: Numbers,
        target: Numbers | None = None,
        *,
        ids: Numbers | None = None,
        seed: int = 0,
        output: Numbers | None = None,
    ) -> float:
        """Give the mean loss of a batch, and leave its gradients in ``gradients``.

        Args:
            fed: pictures as numbers, n×C×H×W, or bytes of many, N×H×W×C.
            target: what the output should be, in one of the same two forms; None: what is fed,
                before it is standardized.
            ids: which pictures, where they come as bytes, int64, n; None: all.
            seed: of this step's dropout.
            output: filled with the outputs before the step, n×C×H×W.
        """
        fed, fed_kind, count = self._pictures(fed, ids)
        target_kind: Kind | None = None
        if target is not None:
            target, target_kind, _ = self._pictures(target, ids)
        key = ("step", fed_kind, target_kind, output is not None)
        runner = self._runner(key)
        given = {"source": fed, "target": target, "output": output}
        if fed_kind == "bytes":
            given["source_ids"] = ids
        if target_kind == "bytes":
            given["target_ids"] = ids
        total = runner.run(self._values, count, given, seed)
        runner.gradients(self._gradients)
        return total

    def forward(self, fed: Numbers, *, ids: Numbers | None = None) -> Numbers:
        """Give the outputs of a batch, n×C×H×W, as in evaluation: nothing is dropped."""
        output = self.plan.output
        return self._evaluated("forward", output.as_tuple(), output.vector, fed, ids)

    def codes(self, fed: Numbers, *, ids: Numbers | None = None) -> Numbers:
        """Give the latents of a batch, n×C×H×W or n×size."""
        latent = self.plan.encoder[-1].output
        return self._evaluated("codes", latent.as_tuple(), latent.vector, fed, ids)

    def _evaluated(
        self,
        mode: str,
        shape: tuple[int, int, int],
        vector: bool,
        fed: Numbers,
        ids: Numbers | None,
    ) -> Numbers:
        fed, kind, count = self._pictures(fed, ids)
        output = np.empty((count, *shape), self._library.dtype)
        given = {"source": fed, "output": output}
        if kind == "bytes":
            given["source_ids"] = ids
        self._runner((mode, kind)).run(self._values, count, given, 0)
        return output.reshape(count, -1) if vector else output

    def _pictures(self, pictures: Numbers, ids: Numbers | None) -> tuple[Numbers, Kind, int]:
        """Pictures as kernels read them, in which form, and how many a batch has."""
        if pictures.dtype != np.uint8:
            numbers = np.ascontiguousarray(pictures, self._library.dtype)
            return numbers, "numbers", len(numbers)
        if pictures[0].size < _FEWEST_BYTES:
            chosen = pictures if ids is None else pictures[ids]
            numbers = chosen.transpose(0, 3, 1, 2).astype(self._library.dtype) / 255
            return np.ascontiguousarray(numbers, self._library.dtype), "numbers", len(numbers)
        if not pictures.flags.c_contiguous:
            raise ValueError("pictures as bytes must lie in memory as N×H×W×C")
        return pictures, "bytes", len(pictures) if ids is None else len(ids)

    def _runner(self, key: tuple[Any, ...]) -> _Runner:
        if key not in self._programs:
            self._programs[key] = _Runner(self._program(key), self._library, self._pool)
        return self._programs[key]

    def _program(self, key: tuple[Any, ...]) -> Program:
        mode, fed, *rest = key
        layers = self.plan.encoder if mode == "codes" else self.plan.layers
        net = translated(self.plan, layers, self._standardization, training=mode == "step")
        if mode == "step":
            operations = training(net, self.loss, fed, rest[0], output=rest[1])
        else:
            operations = evaluation(net, fed)
        return built(net, [*operations], self._library)


def _own_library(dtype: np.dtype[Any]) -> Library:
    machine = host()
    assert machine is not None  # noqa: S101 - unsupported() has asked
    return library(machine, machine.lanes(dtype.itemsize), dtype)


def _views(flat: Numbers, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Numbers]:
    views, start = {}, 0
    for name, shape in shapes.items():
        size = int(np.prod(shape))
        views[name] = flat[start : start + size].reshape(shape)
        start += size
    return views


class _Runner:
    """A program with its memory: an arena and sums for each thread.

    Threads take blocks side by side, and sums are added in the order of threads; so equal thread
    counts give equal bits.
    """

    def __init__(self, program: Program, kernels: Library, pool: ThreadPoolExecutor | None) -> None:
        self._program = program
        self._lanes = kernels.lanes
        self._pool = pool
        threads = 1 if pool is None else pool._max_workers + 1
        self._arenas = [aligned_zeros(program.arena, kernels.dtype) for _ in range(threads)]
        self._sums = [aligned_zeros(program.sums, kernels.dtype) for _ in range(threads)]
        self._walk = kernels.function("walk", 7)
        self._combine = kernels.function("combine_all", 4)

    def run(
        self, values: Numbers, count: int, given: Mapping[str, Numbers | None], seed: int
    ) -> float:
        """Run all blocks of a batch; give the mean loss, if there is one."""
        program = self._program
        self._combined(program.packing, values, program.packed)
        keys = _keys(seed)
        blocks = -(-count // self._lanes)
        shares = [(t * blocks) // len(self._arenas) for t in range(len(self._arenas) + 1)]
        work = [
            (t, shares[t], shares[t + 1] - shares[t], count, given, keys)
            for t in range(len(self._arenas))
        ]
        others = [self._pool.submit(self._blocks, *one) for one in work[1:]] if self._pool else []
        self._blocks(*work[0])
        for other in others:
            other.result()
        for more in self._sums[1:]:
            self._sums[0] += more
        return float(self._sums[0][: self._lanes].sum(dtype=np.float64))

    def gradients(self, to: Numbers) -> None:
        """Write the gradients of the last run."""
        self._combined(self._program.gradients, self._sums[0], to)

    def _combined(self, records: Any, source: Numbers, to: Numbers) -> None:
        self._combine(records.ctypes.data, len(records), source.ctypes.data, to.ctypes.data)

    def _blocks(
        self,
        thread: int,
        first: int,
        blocks: int,
        count: int,
        given: Mapping[str, Numbers | None],
        keys: Numbers,
    ) -> None:
        program, sums = self._program, self._sums[thread]
        sums[:] = 0
        if not blocks:
            return
        addresses = {name: array.ctypes.data for name, array in given.items() if array is not None}
        block = BLOCK.record(
            {
                "packed": program.packed.ctypes.data,
                "sums": sums.ctypes.data,
                "keys": keys.ctypes.data,
                "count": count,
                **addresses,
            }
        )
        record = np.array(block, np.int64)
        operations = program.operations
        self._walk(
            operations.ctypes.data,
            len(operations),
            self._arenas[thread].ctypes.data,
            record.ctypes.data,
            first,
            blocks,
            0,
        )


_MOST_DROPS = 64


def _keys(seed: int) -> Numbers:
    """A key for each dropout layer, of 32 bits."""
    words = (sha256(f"{seed}/{i}".encode()).digest()[:4] for i in range(_MOST_DROPS))
    return np.array([int.from_bytes(word) for word in words], np.int64)
