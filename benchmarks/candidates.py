"""How many candidates of a family are resolved in a second of one core.

A candidate counts when its plan is there with every shape, the parameters, MACs and
latent size. All are different from each other: no plan is resolved twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from archsearch.config import Model, load

__all__ = ["Measured", "measure", "table"]

SPECS = Path(__file__).resolve().parents[1] / "specs"
Values = Mapping[str, int | str | bool | float]
Draw = Callable[[np.random.Generator], Values]


@dataclass(frozen=True)
class Measured:
    """One family's speed; rates are candidates per second of processor time.

    Attributes:
        family: the spec.
        layers: layers of the family's own model.
        candidates: how many were resolved, all different.
        read_ms: reading and parsing the file, once.
        first_ms: the first candidate.
        cold_rate: the first thousand, that one included.
        rate: all of them.
        infeasible: those without a plan, which count as well.
    """

    family: str
    layers: int
    candidates: int
    read_ms: float
    first_ms: float
    cold_rate: float
    rate: float
    infeasible: int


def nine_layers(rng: np.random.Generator) -> Values:
    """Channels of every layer and the kernel of the nine-layer net."""
    return {
        "encoder[0].conv.channels": int(rng.integers(4, 65)),
        "encoder[2].conv.channels": int(rng.integers(4, 65)),
        "encoder[4].conv.channels": int(rng.integers(2, 65)),
        "decoder[1].conv.channels": int(rng.integers(4, 65)),
        "defaults.conv.kernel": int(rng.choice([3, 5, 7])),
    }


def family_params(rng: np.random.Generator) -> Values:
    """The params of a family with repeats, blocks, choices and expressions."""
    return {
        "depth": int(rng.integers(1, 4)),
        "width": int(rng.integers(4, 65)),
        "latent_channels": int(rng.integers(2, 65)),
        "down": str(rng.choice(["pool", "stride"])),
        "residual": bool(rng.integers(2)),
        "dropout_p": float(rng.integers(0, 30)) / 100,
    }


FAMILIES: Mapping[str, Draw] = {"acml-nine-layer": nine_layers, "family": family_params}


def measure(candidates: int = 10_000) -> list[Measured]:
    """Measure each family with so many different candidates."""
    return [_measure(name, draw, candidates) for name, draw in FAMILIES.items()]


def _measure(name: str, draw: Draw, count: int) -> Measured:
    chosen = list(_different(draw, count))
    start = time.process_time()
    model = load(SPECS / f"{name}.yaml")
    read = time.process_time() - start
    layers = len(load(SPECS / f"{name}.yaml").plan().layers)
    ends = [time.process_time()]
    infeasible = 0
    for values in chosen:
        infeasible += not _resolve(model, values)
        ends.append(time.process_time())
    thousand = min(1_000, count)
    return Measured(
        family=name,
        layers=layers,
        candidates=count,
        read_ms=1e3 * read,
        first_ms=1e3 * (ends[1] - ends[0]),
        cold_rate=thousand / (ends[thousand] - ends[0]),
        rate=count / (ends[-1] - ends[0]),
        infeasible=infeasible,
    )


def _different(draw: Draw, count: int) -> Iterator[Values]:
    rng = np.random.default_rng(0)
    seen: set[tuple[object, ...]] = set()
    while len(seen) < count:
        values = draw(rng)
        key = tuple(values.values())
        if key not in seen:
            seen.add(key)
            yield values


def _resolve(model: Model, values: Values) -> bool:
    plan = model.resolve(values=values).plan
    return plan is not None and plan.params > 0 and plan.macs > 0 and plan.latent.size > 0


def table(measured: list[Measured]) -> str:
    """The results as text."""
    head = f"{'family':<18}{'layers':>7}{'candidates':>12}{'read':>9}{'first':>9}{'first 1000':>13}"
    lines = [f"{head}{'all':>12}"]
    lines += [
        f"{m.family:<18}{m.layers:>7}{m.candidates:>12,}{m.read_ms:>6.1f} ms{m.first_ms:>6.2f} ms"
        f"{m.cold_rate:>11,.0f}/s{m.rate:>10,.0f}/s"
        for m in measured
    ]
    return "\n".join(lines)
