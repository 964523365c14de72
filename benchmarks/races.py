"""Contenders against each other: in turn, on the same machine, in the same run.

Each contender is a process that says when it is ready; the clock runs in it, over the
training alone. What counts is the ratio within a round: what else the machine does
meets both sides of it.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.busy import BUSY, busy_cores
from benchmarks.contender import Race

__all__ = ["Compared", "Finished", "compare", "run_together", "table"]


@dataclass(frozen=True)
class Finished:
    """What contenders that ran side by side came to, in sum or mean.

    ``epochs_seconds`` has our validation after each epoch in it, ``whole_seconds`` the
    final scores, too (two splits, SSIM, use of the codes), which the plain script hasn't;
    ``unique_mb`` is memory that would be free without these processes: private pages
    and their share of shared ones (Linux; 0 elsewhere).
    """

    images_per_s: float
    images_per_cpu_s: float
    epochs_seconds: float
    whole_seconds: float
    val_mse: float
    unique_mb: float


@dataclass(frozen=True)
class Compared:
    """Rounds of one comparison.

    Attributes:
        name: what is compared.
        plain: pictures/s of the plain script, median over rounds.
        ours: the same of this package.
        ratios: ours / plain of each round, by the clock.
        cpu_ratios: the same per second of processor time.
        unique_mb: memory of plain and ours, medians.
        busy: cores that others had just before a round, the highest of all rounds.
    """

    name: str
    plain: float
    ours: float
    ratios: tuple[float, ...]
    cpu_ratios: tuple[float, ...]
    unique_mb: tuple[float, float]
    busy: float


def compare(name: str, race: Race, *, workers: int = 1, rounds: int = 3) -> Compared:
    """Run ``race`` in turn by the plain script and by us, ``rounds`` times."""
    plain, ours, busy = [], [], []
    for _ in range(rounds):
        busy.append(round(busy_cores(), 2))
        plain.append(run_together([replace(race, who="plain")] * workers))
        ours.append(run_together([replace(race, who="ours")] * workers))
    both = list(zip(plain, ours, strict=True))
    return Compared(
        name,
        statistics.median(one.images_per_s for one in plain),
        statistics.median(one.images_per_s for one in ours),
        tuple(round(o.images_per_s / p.images_per_s, 3) for p, o in both),
        tuple(round(o.images_per_cpu_s / p.images_per_cpu_s, 3) for p, o in both),
        (
            statistics.median(one.unique_mb for one in plain),
            statistics.median(one.unique_mb for one in ours),
        ),
        max(busy),
    )


def run_together(races: Sequence[Race]) -> Finished:
    """Run contenders side by side; start them at once, read their memory while all live."""
    processes = [_start(race) for race in races]
    for process in processes:
        _line(process)  # ready
    for process in processes:
        _say(process)
    outcomes = [json.loads(_line(process)) for process in processes]
    memory = sum(_unique_mb(process.pid) for process in processes)
    for process in processes:
        _say(process)
        process.wait()
    return Finished(
        sum(one["pictures"] / one["seconds"] for one in outcomes),
        sum(one["pictures"] for one in outcomes) / sum(one["cpu_seconds"] for one in outcomes),
        statistics.mean(one.get("epochs_seconds", one["seconds"]) for one in outcomes),
        statistics.mean(one.get("whole_seconds", one["seconds"]) for one in outcomes),
        statistics.mean(one["val_mse"] for one in outcomes),
        memory,
    )


def _start(race: Race) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.contender", json.dumps(asdict(race))]
    root = Path(__file__).resolve().parents[1]
    return subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    )


def _line(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise SystemExit(f"a contender ended with exit code {process.wait()}")
    return line


def _say(process: subprocess.Popen[str]) -> None:
    if process.stdin:
        process.stdin.write("\n")
        process.stdin.flush()


def _unique_mb(process: int) -> float:
    """Proportional set size: shared pages count by their share."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def table(results: Sequence[Compared]) -> str:
    """Medians and spread of the ratios as text."""
    head = f"{'':<34}{'plain':>8}{'ours':>8}{'ratio':>7}{'  (all rounds)':<22}{'per CPU s':>10}"
    lines = [head]
    for one in results:
        spread = f"  ({min(one.ratios):.2f}-{max(one.ratios):.2f})"
        ratio, cpu = statistics.median(one.ratios), statistics.median(one.cpu_ratios)
        busy = "  busy machine" if one.busy > BUSY else ""
        lines.append(
            f"{one.name:<34}{one.plain:>8,.0f}{one.ours:>8,.0f}{ratio:>7.2f}{spread:<22}"
            f"{cpu:>10.2f}{busy}"
        )
    return "\n".join(lines) + "\n"
