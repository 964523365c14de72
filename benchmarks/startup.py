"""How long commands take before they do anything, against torch's import."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from types import MappingProxyType

from benchmarks.contender import SPECS

__all__ = ["measure", "table"]

COMMANDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "python alone": ("-c", "pass"),
        "import torch": ("-c", "import torch"),
        "archsearch check": ("-m", "archsearch", "check", str(SPECS / "acml-nine-layer.yaml")),
        "a worker's imports": ("-c", "import archsearch.study, archsearch.data, archsearch.train"),
    }
)


def measure(rounds: int = 5) -> dict[str, float]:
    """Median seconds of each command, taken in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, arguments in COMMANDS.items():
            started = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, capture_output=True)  # noqa: S603
            seconds[name].append(time.perf_counter() - started)
    return {name: round(statistics.median(times), 3) for name, times in seconds.items()}


def table(seconds: Mapping[str, float]) -> str:
    """The seconds, and each as a share of torch's import."""
    torch = seconds["import torch"]
    lines = [f"{name:<22}{s:>8.2f} s{s / torch:>8.2f}" for name, s in seconds.items()]
    return "\n".join(lines) + "\n"
