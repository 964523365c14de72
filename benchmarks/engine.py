"""Training steps by the engine and by today's loop, in turn, beside what the processor can do.

``python -m benchmarks.engine [--rounds 9] [--batch 128] [SPEC …]``: one thread, CPU seconds, so
that others on the machine disturb less; the two of a round follow each other at once.
"""

from __future__ import annotations

import argparse
import ctypes
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from archsearch.config import RunSettings, TrainSettings, load
from archsearch.engine import Engine
from archsearch.engine.machine import Machine, host
from archsearch.nn import build
from archsearch.spec import ModelPlan
from archsearch.train import keep_memory
from archsearch.train.fit import prepare
from archsearch.train.loop.epoch import train_epoch
from benchmarks.contender import SPECS

__all__ = ["Measured", "fma_peak", "measure"]

GALLERY = ("acml-nine-layer", "strided", "kernel-5", "unet")
PICTURES = 2_560
CHAINS, PRODUCTS = 12, 100_000


@dataclass(frozen=True)
class Measured:
    """Rounds of one net.

    Attributes:
        spec: the net.
        loop: CPU seconds of an epoch by today's loop, a round each.
        engine: the same by the engine.
        peak: products and sums a second that the core could do, a round each.
    """

    spec: str
    loop: tuple[float, ...]
    engine: tuple[float, ...]
    peak: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        """The loop's time over the engine's, smallest first."""
        return sorted(one / other for one, other in zip(self.loop, self.engine, strict=True))

    def __str__(self) -> str:
        ratios, each = self.ratios, PICTURES / statistics.median(self.engine)
        return (
            f"{self.spec:18s} {statistics.median(ratios):5.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})"
            f" {each:9,.0f} {statistics.median(self.peak) / 1e9:8.0f}"
        )


def fma_peak(machine: Machine) -> Callable[[], float]:
    """Give what measures products and sums a second: independent chains in registers."""
    import llvmlite.binding as llvm

    from archsearch.engine.kernels.emitter import I64, POINTER, Emitter, Symbol
    from archsearch.engine.library import Library

    lanes = machine.lanes(4)
    e = Emitter(Symbol("peak", lanes, double=False), [POINTER, I64])
    chains = [e.load(e.args[0], i * lanes) for i in range(CHAINS)]
    factor, more = e.constant(0.999), e.constant(0.001)
    done = e.loop(e.args[1], lambda _, xs: [e.fma(x, factor, more) for x in xs], chains)
    for i, x in enumerate(done):
        e.store(x, e.args[0], i * lanes)
    library = Library(machine, lanes, np.dtype("float32"), None)
    text = e.finish().replace("\n{", f" {machine.attributes}\n{{")
    code = library._target.emit_object(llvm.parse_assembly(text))
    library._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    library._engine.finalize_object()
    address = library._engine.get_function_address("peak")
    call = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)(address)
    numbers = np.zeros(CHAINS * lanes + 16, np.float32)
    start = numbers.ctypes.data + -numbers.ctypes.data % 64

    def peak() -> float:
        seconds = min(_seconds(lambda: call(start, PRODUCTS)) for _ in range(20))
        return 2 * lanes * CHAINS * PRODUCTS / seconds

    peak.held = library, numbers  # type: ignore[attr-defined]  # code and memory live as long
    return peak


def _seconds(work: Callable[[], Any]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def measure(spec: str, rounds: int, batch: int, peak: Callable[[], float]) -> Measured:
    """Train a net both ways, an epoch each in turn; the first round isn't counted."""
    plan = load(SPECS / f"{spec}.yaml").plan()
    random = np.random.default_rng(0)
    size = (PICTURES, plan.input.height, plan.input.width, plan.input.channels)
    images = random.integers(0, 256, size, dtype=np.uint8)
    loop, engine = _loop(plan, images, rounds, batch), _engine(plan, images)
    found = []
    for epoch in range(1, rounds + 2):
        batches = [places.numpy() for places in loop.batches(epoch)]
        by_loop = _seconds(lambda epoch=epoch: train_epoch(loop, epoch))  # type: ignore[misc]
        by_engine = _seconds(lambda batches=batches: engine(batches))  # type: ignore[misc]
        found.append((by_loop, by_engine, peak()))
    return Measured(spec, *(tuple(column) for column in zip(*found[1:], strict=True)))


def _loop(plan: ModelPlan, images: Any, rounds: int, batch: int) -> Any:
    pictures = SimpleNamespace(
        images_NCHW=torch.from_numpy(images).permute(0, 3, 1, 2),
        train=torch.arange(PICTURES),
        val=torch.arange(1),
        test=torch.arange(1),
    )
    settings = RunSettings(train=TrainSettings(batch_size=batch, epochs=rounds + 1))
    return prepare(plan, settings, pictures, seed=0)  # type: ignore[arg-type]


def _engine(plan: ModelPlan, images: Any) -> Callable[[list[Any]], None]:
    """Steps of the engine, and of torch's Adam on the same memory."""
    engine = Engine(plan)
    engine.load({name: tensor.numpy() for name, tensor in build(plan, seed=0).state_dict().items()})
    parameters = []
    for name, values in engine.parameters.items():
        parameter = torch.from_numpy(values).requires_grad_()
        parameter.grad = torch.from_numpy(engine.gradients[name])
        parameters.append(parameter)
    optimizer = torch.optim.Adam(parameters, lr=1e-3, fused=True)

    def epoch(batches: list[Any]) -> None:
        for ids in batches:
            engine.step(images, ids=ids)
            optimizer.step()

    return epoch


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine")
    parser.add_argument("specs", nargs="*", default=GALLERY)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--batch", type=int, default=128)
    options = parser.parse_args()
    machine = host()
    if machine is None:
        parser.error("the engine doesn't know this processor's vectors")
    keep_memory()
    torch.set_num_threads(1)
    peak = fma_peak(machine)
    sys.stdout.write("net                times the loop    pictures/s  GFLOP/s of the core\n")
    for spec in options.specs:
        sys.stdout.write(f"{measure(spec, options.rounds, options.batch, peak)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
