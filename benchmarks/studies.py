"""Whole studies by this version and an earlier one: trainings a minute, and where time goes.

``python -m benchmarks studies --against CHECKOUT --data SOURCE``: two studies of the earlier
commit and one of its ``specs/family.yaml`` as it is, but for the channels of the latent; run by
both with two workers, in turn, each in a new database.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from archsearch.records import RunResult

__all__ = ["Compared", "measure", "table"]

ROOT = Path(__file__).resolve().parents[1]
WORKERS = 2
STUDIES: Mapping[str, Sequence[str]] = {
    "quickstart": (),
    "family": ("--limit", "12000"),
    "latent-vs-mse": ("--limit", "12000", "--trials", "24", "--seeds", "1"),
}
"""Studies and what is set of each: of the last, which is the earlier commit's, a quarter."""

FAMILY = """\
name: family
model: {checkout}/specs/family.yaml
data: {{source: cifar10}}
train: {{epochs: 10, batch_size: 128, optimizer: adam, lr: 3.0e-3, schedule: onecycle}}
space: {{latent_channels: {{int: [2, 64], log: true}}}}
search: {{method: random, trials: 24, seeds: 1}}
"""

SHORT = ("--trials", "2", "--seeds", "1", "--epochs", "1")
"""Set of the run that isn't counted: it prepares pictures and compiles."""


@dataclass(frozen=True)
class Ran:
    """One run of a study.

    Attributes:
        seconds: by the clock, from the command to its end.
        trainings: that it did.
        worker_mb: memory that would be free without its second worker.
        parts: seconds of both workers together, by what they were spent on.
    """

    seconds: float
    trainings: int
    worker_mb: float
    parts: Mapping[str, float]


@dataclass(frozen=True)
class Compared:
    """A study by both versions.

    Attributes:
        study: its name in the earlier commit.
        trainings: of a run.
        ours: this version's runs.
        earlier: the other's.
        ratios: the earlier one's time over ours, smallest first.
    """

    study: str
    trainings: int
    ours: tuple[Ran, ...]
    earlier: tuple[Ran, ...]
    ratios: tuple[float, ...]


def measure(study: str, against: Path, source: str, rounds: int) -> Compared:
    """Run a study by both versions, in turn, after a short run of each that isn't counted.

    Raises:
        RuntimeError: a run failed, or the two did not train as often.
    """
    data = ("--data", source) if study != "quickstart" else ()
    with tempfile.TemporaryDirectory() as folder:
        path = against.resolve() / "studies" / f"{study}.yaml"
        if study == "family":
            path = Path(folder) / path.name
            path.write_text(FAMILY.format(checkout=against.resolve()))
        told = (str(path), *STUDIES[study], *data)
        for checkout in (ROOT, against):
            _ran(checkout, (*told, *SHORT))
        pairs = [(_ran(ROOT, told), _ran(against, told)) for _ in range(rounds)]
    counts = {ran.trainings for pair in pairs for ran in pair}
    if len(counts) != 1:
        raise RuntimeError(f"{study}: {counts} trainings, not as many each time")
    ratios = sorted(other.seconds / ours.seconds for ours, other in pairs)
    ours, earlier = zip(*pairs, strict=True)
    return Compared(study, counts.pop(), tuple(ours), tuple(earlier), tuple(ratios))


def _ran(checkout: Path, told: Sequence[str]) -> Ran:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/studies.db"
        command = (sys.executable, "-m", "archsearch", "study", "run", *told)
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*command, "--storage", url, "--workers", str(WORKERS)],
            cwd=checkout,
            env=os.environ | {"PYTHONPATH": str(checkout)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        unique = _unique_until_the_end(process.pid)
        _, errors = process.communicate()
        seconds = time.perf_counter() - started
        if process.returncode:
            raise RuntimeError(errors)
        results = _results(Path(told[0]), url) if checkout == ROOT else []
        trainings = errors.count("validation MSE")
    return Ran(seconds, trainings, unique, _parts(results, seconds))


def _unique_until_the_end(parent: int) -> float:
    """MB of the second largest process under the command, at their largest."""
    most: dict[int, float] = {}
    with suppress(psutil.NoSuchProcess):
        whole = psutil.Process(parent)
        while whole.status() != psutil.STATUS_ZOMBIE:
            for process in whole.children(recursive=True):
                with suppress(psutil.Error):
                    found = process.memory_full_info().uss / 1e6
                    most[process.pid] = max(found, most.get(process.pid, 0.0))
            time.sleep(0.5)
    return sorted(most.values())[-WORKERS] if len(most) >= WORKERS else 0.0


def _results(study: Path, url: str) -> list[RunResult]:
    import archsearch

    record = archsearch.load_results(archsearch.load_study(study), url)
    return [seed.result for trial in record.trials for seed in trial.seeds if seed.result]


def _parts(results: Sequence[RunResult], seconds: float) -> dict[str, float]:
    """What both workers' time was spent on; what no training measures is the rest."""
    if not results:
        return {}
    epochs = sum(row.seconds for result in results for row in result.history)
    steps = sum(
        result.splits["train"] * len(result.history) / result.images_per_s for result in results
    )
    measured = sum(result.seconds for result in results)
    found = {
        "steps": steps,
        "validation": epochs - steps,
        "scores": measured - epochs,
    }
    return found | {"the rest": WORKERS * seconds - sum(found.values())}


def table(compared: Sequence[Compared]) -> str:
    """Lines: trainings a minute, the ratio, the memory, and the shares of ours."""
    lines = []
    for each in compared:
        ours, earlier = (
            60 * each.trainings / statistics.median(ran.seconds for ran in runs)
            for runs in (each.ours, each.earlier)
        )
        low, middle, high = each.ratios[0], statistics.median(each.ratios), each.ratios[-1]
        memory = [
            statistics.median(ran.worker_mb for ran in runs) for runs in (each.ours, each.earlier)
        ]
        lines.append(
            f"{each.study}: {ours:.1f} trainings a minute, before {earlier:.1f}; "
            f"{middle:.2f} ({low:.2f}–{high:.2f}) times as many"
        )
        lines.append(f"  a second worker: {memory[0]:.0f} MB of its own, before {memory[1]:.0f} MB")
        whole = sum(sum(ran.parts.values()) for ran in each.ours)
        shares = {name: sum(ran.parts[name] for ran in each.ours) for name in each.ours[0].parts}
        told = ", ".join(f"{name} {share / whole:.0%}" for name, share in shares.items())
        lines.append(f"  of two workers' time: {told}")
    return "\n".join(lines)
