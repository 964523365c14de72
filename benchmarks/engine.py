"""Training by the native engine, by torch, and by an earlier commit, in turn.

``python -m benchmarks engine [--against CHECKOUT] [--rounds 9]``: processor seconds of one
thread, so that others on the machine disturb less. The contenders are processes; those of a
round follow each other at once, and the first round isn't counted. Beside them stands the rate
at which the core multiplies and adds, measured in the same round.
"""

from __future__ import annotations

import ctypes
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from archsearch.config import load
from archsearch.engine.machine import Machine, host
from archsearch.engine.program.build import training
from archsearch.engine.program.linear import Convolve, Weigh
from archsearch.engine.translate import translated
from archsearch.spec import ModelPlan

__all__ = [
    "GALLERY",
    "Measured",
    "fma_peak",
    "measure",
    "measured_all",
    "measured_nets",
    "products_and_sums",
    "table",
]

ROOT = Path(__file__).resolve().parents[1]
GALLERY = ("acml-nine-layer", "strided", "kernel-5", "unet")
PICTURES = 2_560
WHOLE = 12_000
CHAINS, PRODUCTS = 12, 100_000


@dataclass(frozen=True)
class Measured:
    """Rounds of one net.

    Attributes:
        spec: the net.
        batch: pictures a step.
        what: ``epoch``, training steps alone, or ``fit``, three epochs with all measuring.
        pictures: trained on in a round.
        seconds: by contender, processor seconds of each round.
        peak: products and sums a second that the core could do, a round each.
        done: products and sums of a step on one picture.
    """

    spec: str
    batch: int
    what: str
    pictures: int
    seconds: dict[str, tuple[float, ...]]
    peak: tuple[float, ...]
    done: float

    def ratios(self, other: str) -> list[float]:
        """The other's time over the engine's, smallest first."""
        pairs = zip(self.seconds[other], self.seconds["native"], strict=True)
        return sorted(one / ours for one, ours in pairs)

    def shares(self) -> list[float]:
        """Of what the core could do, what steps did, smallest first; only of epochs of steps.

        The peak is the best of many short runs; so on a machine that others use, too, the largest
        share is the one of a round that nobody disturbed.
        """
        pairs = zip(self.seconds["native"], self.peak, strict=True)
        return sorted(self.pictures * self.done / one / peak for one, peak in pairs)

    @property
    def per_second(self) -> float:
        """Pictures that the engine trains on in a second of the core."""
        return self.pictures / statistics.median(self.seconds["native"])


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


def measure(
    spec: str,
    *,
    rounds: int,
    batch: int,
    against: Path | None = None,
    whole: str | None = None,
    peak: Callable[[], float],
) -> Measured:
    """Train a net by each contender, in turn.

    Args:
        spec: name in the gallery.
        rounds: that are counted.
        batch: pictures a step.
        against: a checkout of an earlier commit, or None.
        whole: source of pictures for whole trainings of three epochs; None: epochs of steps.
        peak: gives the core's rate.
    """
    count = WHOLE if whole else PICTURES
    told = {
        "spec": f"specs/{spec}.yaml",  # each checkout's own
        "batch": batch,
        "pictures": count,
        "epochs": 3,
        "threads": 1,
        "source": whole,
        "whole": whole is not None,
    }
    contenders = {
        "native": _started(told | {"engine": "native"}, ROOT),
        "torch": _started(told | {"engine": "torch"}, ROOT),
    }
    if against is not None:
        contenders["earlier"] = _started(told | {"engine": ""}, against.resolve())
    try:
        found = [
            {name: _asked(process) for name, process in contenders.items()} | {"peak": peak()}
            for _ in range(rounds + 1)
        ][1:]
    finally:
        for process in contenders.values():
            process.kill()
            process.wait()
    seconds = {name: tuple(each[name] for each in found) for name in contenders}
    trained = 3 * count * 8 // 10 if whole else count
    peaks = tuple(each["peak"] for each in found)
    done = products_and_sums(load(ROOT / "specs" / f"{spec}.yaml").plan())
    return Measured(spec, batch, "fit" if whole else "epoch", trained, seconds, peaks, done)


def products_and_sums(plan: ModelPlan) -> float:
    """Count what the engine does for one picture in a step, as two for each weight in a sum."""
    net = translated(plan, plan.layers, None, training=True)
    total = 0
    for operation in training(net, "mse", "bytes", None, output=False):
        part = getattr(operation, "convolve", getattr(operation, "weigh", operation))
        if isinstance(part, (Convolve, Weigh)):
            read = part.read
            taps = len(read.channels) * len(read.rows.taps) * len(read.columns.taps)
            outputs = part.to.count if isinstance(part, Convolve) else part.gradient.count
            total += part.groups * outputs * taps * read.rows.count * read.columns.count
    return 2 * total


def _started(told: dict[str, Any], checkout: Path) -> subprocess.Popen[str]:
    script = [sys.executable, str(ROOT / "benchmarks" / "epochs.py"), json.dumps(told)]
    process = subprocess.Popen(  # noqa: S603 - our own script
        script,
        cwd=checkout,
        env=os.environ | {"PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    if _line(process) != "ready":
        raise RuntimeError(f"{checkout} can't train {told['spec']}")
    return process


def _asked(process: subprocess.Popen[str]) -> float:
    assert process.stdin is not None  # noqa: S101 - it was asked for
    process.stdin.write("again\n")
    process.stdin.flush()
    return float(_line(process))


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None  # noqa: S101 - it was asked for
    return process.stdout.readline().strip()


def measured_all(rounds: int) -> list[Measured]:
    """Every spec of the gallery that is one net, by the engine and by torch."""
    peak = _peak()
    specs = sorted(path.stem for path in (ROOT / "specs").glob("*.yaml"))
    return [
        measure(spec, rounds=rounds, batch=64, peak=peak)
        for spec in specs
        if not spec.endswith("family")
    ]


def measured_nets(rounds: int, against: Path | None, source: str) -> list[Measured]:
    """Some nets at two batch sizes, and whole trainings of the first."""
    peak = _peak()
    found = [
        measure(spec, rounds=rounds, batch=batch, against=against, peak=peak)
        for spec in GALLERY
        for batch in (64, 128)
    ]
    whole = measure(GALLERY[0], rounds=rounds, batch=64, against=against, whole=source, peak=peak)
    return [*found, whole]


def _peak() -> Callable[[], float]:
    machine = host()
    if machine is None:
        raise RuntimeError("the engine doesn't know this processor's vectors")
    return fma_peak(machine)


def table(results: Sequence[Measured]) -> str:
    """Lines: the net, how many times as fast as each other contender, pictures a second, share."""
    lines = [
        f"{'':24s}{'batch':>6s}  {'times torch':>18s}  {'times earlier':>18s}  pictures/s"
        "  share of the peak"
    ]
    for each in results:
        cells = []
        for other in ("torch", "earlier"):
            ratios = each.ratios(other) if other in each.seconds else []
            middle = f"{statistics.median(ratios):.2f} " if ratios else ""
            span = f"({ratios[0]:.2f}–{ratios[-1]:.2f})" if ratios else ""
            cells.append(f"{middle + span:>18s}")
        shares = each.shares() if each.what == "epoch" else []
        share = (
            f"{statistics.median(shares):.2f} ({shares[0]:.2f}–{shares[-1]:.2f})" if shares else ""
        )
        name = f"{each.spec} {'' if each.what == 'epoch' else each.what}"
        lines.append(
            f"{name:24s}{each.batch:6d}  {'  '.join(cells)}  {each.per_second:10,.0f}  {share}"
        )
    return "\n".join(lines)
