"""The engine: steps and predictions of one net, on as many threads as it is given."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from archsearch.engine.graph import Graph, Normalized
from archsearch.engine.library import Library, library
from archsearch.engine.loss_names import signed_loss
from archsearch.engine.machine import host
from archsearch.engine.memory import aligned_zeros
from archsearch.engine.pictures import Batch, batch, check_output
from archsearch.engine.program.build import Program, built, evaluation, training
from archsearch.engine.program.stages import Moments
from archsearch.engine.runner import Runner
from archsearch.engine.support import unsupported
from archsearch.engine.translate import Standardization, translated, translated_decoder
from archsearch.spec.plan.model import ModelPlan
from archsearch.spec.shape import Shape

__all__ = ["Engine"]

Numbers = NDArray[Any]

MOMENTUM = 0.1
"""How far a batch moves the running moments of a norm, torch's default."""


class Engine:
    """A net whose pictures lie side by side in vectors.

    Args:
        plan: the net.
        loss: what training minimizes, a word of ``train.loss``.
        standardization: mean and standard deviation of each channel that is fed, or None.
        signed: whether (y + 1) / 2 of the output y is compared with the target.
        threads: how many threads share a batch.
        dtype: of all numbers, float32 or float64.
        kernels: for another processor or number of lanes than this machine's.

    Attributes:
        parameters: trained tensors by the names of ``nn.build``; writing them trains on.
        gradients: their gradients after a step, in the same order and shapes.
        all_parameters: the trained numbers one after the other, in the same memory.
        all_gradients: their gradients, likewise.
        buffers: running moments of norms over the batch, by the names of ``nn.build``.

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
        signed: bool = False,
        threads: int = 1,
        dtype: str = "float32",
        kernels: Library | None = None,
    ) -> None:
        reason = unsupported(plan, loss)
        if reason is not None:
            raise ValueError(f"the engine doesn't train {plan.name!r}: {reason}")
        self.plan = plan
        self.loss = signed_loss(loss) if signed else loss
        self.threads = threads
        self._standardization = standardization
        self._library = _own_library(np.dtype(dtype)) if kernels is None else kernels
        self._pool = ThreadPoolExecutor(threads - 1) if threads > 1 else None
        self._runners: dict[tuple[Any, ...], Runner] = {}
        net = translated(plan, plan.layers, None, training=False)
        shapes, count = net.parameters.shapes, plan.params
        self._values = aligned_zeros(count + 1, self._library.dtype)  # the last one stays 0
        self.all_parameters = self._values[:count]
        self.all_gradients = aligned_zeros(count, self._library.dtype)
        self.parameters = _views(self._values, shapes)
        self.gradients = _views(self.all_gradients, shapes)
        self.buffers = _running_moments(net.graph, self._library.dtype)

    def load(self, parameters: Mapping[str, ArrayLike]) -> None:
        """Copy parameters and buffers in; all of them, by name.

        Raises:
            KeyError: one is missing.
        """
        for name, own in [*self.parameters.items(), *self.buffers.items()]:
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

        Raises:
            ValueError: shapes don't fit, or an id is no picture's.
        """
        source = batch(fed, ids, self.plan.input, self._library.dtype)
        given = _addressed("source", source) | {"output": output}
        wanted = None
        if target is not None:
            wanted = batch(target, ids, self.plan.output, self._library.dtype)
            given |= _addressed("target", wanted)
            if wanted.count != source.count:
                raise ValueError(f"{source.count} pictures are fed, and {wanted.count} are targets")
        elif self.plan.input.as_tuple() != self.plan.output.as_tuple():
            raise ValueError(f"what is fed is {self.plan.input}, the output {self.plan.output}")
        if output is not None:
            check_output(output, source.count, self.plan.output, self._library.dtype)
        runner = self._runner(("step", source.kind, wanted and wanted.kind, output is not None))
        total, moments = runner.run(self._values, source.count, given, seed)
        runner.gradients(self.all_gradients)
        for name, found in moments.items():
            self._moved(name, found)
        return total

    def _moved(self, name: str, moments: Moments) -> None:
        """Move a norm's running moments towards those of a batch, as torch does."""
        mean, variance, numbers = moments
        unbiased = variance * numbers / max(numbers - 1, 1)
        for word, new in (("mean", mean), ("var", unbiased)):
            own = self.buffers[f"{name}.running_{word}"]
            own += MOMENTUM * (new - own)
        self.buffers[f"{name}.num_batches_tracked"] += 1

    def _running(self, name: str) -> tuple[Numbers, Numbers]:
        return self.buffers[f"{name}.running_mean"], self.buffers[f"{name}.running_var"]

    def forward(self, fed: Numbers, ids: Numbers | None = None) -> Numbers:
        """Give the outputs of a batch, n×C×H×W, as in evaluation: nothing is dropped."""
        return self._evaluated("forward", self.plan.output, fed, ids)

    def codes(self, fed: Numbers, ids: Numbers | None = None) -> Numbers:
        """Give the latents of a batch, n×C×H×W or n×size."""
        return self._evaluated("codes", self.plan.encoder[-1].output, fed, ids)

    def decode(self, codes: Numbers) -> Numbers:
        """Give what the decoder makes of latents, as :meth:`codes` gives them: n×C×H×W.

        Raises:
            ValueError: the decoder reads more than the latent.
        """
        if not self.decodes:
            raise ValueError(f"the decoder of {self.plan.name!r} reads layers of the encoder, too")
        return self._evaluated("decode", self.plan.output, codes, None)

    @property
    def decodes(self) -> bool:
        """Whether the decoder reads nothing but the latent, so that :meth:`decode` can be asked."""
        return not self.plan.leaks

    def _evaluated(self, mode: str, shape: Shape, fed: Numbers, ids: Numbers | None) -> Numbers:
        read = self.plan.encoder[-1].output if mode == "decode" else self.plan.input
        source = batch(fed, ids, read, self._library.dtype)
        output = np.empty((source.count, *shape.as_tuple()), self._library.dtype)
        runner = self._runner((mode, source.kind))
        runner.set_moments(self._running)
        runner.run(self._values, source.count, _addressed("source", source) | {"output": output})
        return output.reshape(source.count, -1) if shape.vector else output

    def _runner(self, key: tuple[Any, ...]) -> Runner:
        if key not in self._runners:
            program = self._program(key)
            self._runners[key] = Runner(program, self._library, self.threads, self._pool)
        return self._runners[key]

    def _program(self, key: tuple[Any, ...]) -> Program:
        mode, fed, *rest = key
        if mode == "decode":
            net = translated_decoder(self.plan)
            return built(net, [*evaluation(net, fed)], self._library)
        layers = self.plan.encoder if mode == "codes" else self.plan.layers
        net = translated(self.plan, layers, self._standardization, training=mode == "step")
        if mode == "step":
            operations = training(net, self.loss, fed, rest[0], output=rest[1])
        else:
            operations = evaluation(net, fed)
        return built(net, [*operations], self._library)


def _addressed(which: str, given: Batch) -> dict[str, Numbers | None]:
    return {which: given.pictures, f"{which}_ids": given.ids}


def _own_library(dtype: np.dtype[Any]) -> Library:
    machine = host()
    assert machine is not None  # noqa: S101 - unsupported() has asked
    return library(machine, machine.lanes(dtype.itemsize), dtype)


def _running_moments(graph: Graph, dtype: np.dtype[Any]) -> dict[str, Numbers]:
    buffers: dict[str, Numbers] = {}
    for node in graph.nodes:
        if isinstance(node.made, Normalized) and not node.made.groups:
            name = node.made.name
            buffers[f"{name}.running_mean"] = np.zeros(node.channels, dtype)
            buffers[f"{name}.running_var"] = np.ones(node.channels, dtype)
            buffers[f"{name}.num_batches_tracked"] = np.zeros((), np.int64)
    return buffers


def _views(flat: Numbers, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Numbers]:
    views, start = {}, 0
    for name, shape in shapes.items():
        size = int(np.prod(shape))
        views[name] = flat[start : start + size].reshape(shape)
        start += size
    return views
