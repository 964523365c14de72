"""What Optuna and the claims cost of a study of 5-second trials.

Run with ``python -m benchmarks.storage [URL]``. One worker does every step of
a study but the training, which takes no time here; what is left is the cost of
claims, heartbeats, records, pictures and Optuna's trials.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import ClassVar

from archsearch.config import RunSettings, load_study
from archsearch.records import (
    Baselines,
    Curves,
    Environment,
    EpochRecord,
    RunResult,
    Scores,
)
from archsearch.spec import ModelPlan
from archsearch.study import Job, Prepared, StudyEvent, Trained
from archsearch.study.events import silent
from archsearch.study.search.setup import open_study
from archsearch.study.store.owner import Owner
from archsearch.study.workers.worker import Worker, WorkerOptions

__all__ = ["Cost", "main", "measure"]

TRIAL_SECONDS = 5.0
EPOCHS = 10

STUDY = """
name: cost
model: {model}
data: {{source: photos}}
space:
  encoder[0].conv.channels: {{int: [1, 200]}}
  last.conv.channels: {{int: [1, 200]}}
search: {{method: {method}, trials: {trials}}}
"""

MODEL = """
name: small
input: {channels: auto, height: 32, width: 32}
defaults:
  conv: {kernel: 3, padding: same, activation: relu}
encoder:
  - conv: {channels: 16}
  - pool: {kernel: 2}
  - conv: {channels: 8}
    name: last
decoder:
  - upsample: {scale: 2}
  - conv: {channels: auto, activation: sigmoid}
"""


@dataclass(frozen=True)
class Cost:
    """Seconds of one trial that aren't training: the processor's, and by the clock."""

    processor: float
    clock: float

    @property
    def share(self) -> float:
        """Of a 5-second trial, by the clock."""
        return self.clock / TRIAL_SECONDS


@dataclass(frozen=True)
class _NoTraining:
    """Gives the record of a real training at once, with a picture of usual size."""

    modules: ClassVar[Sequence[str]] = ()

    def prepare(self, settings: RunSettings, plans: Sequence[ModelPlan]) -> Prepared:
        return Prepared(Curves(), {}, "")

    def warm_up(self, settings: RunSettings, plan: ModelPlan) -> str:
        return ""

    def train(self, job: Job) -> Trained:
        history = tuple(
            EpochRecord(epoch=n, lr=0.01, train_loss=0.1, train_mse=0.1, val_mse=0.1, seconds=0.5)
            for n in range(1, EPOCHS + 1)
        )
        for epoch in history:
            job.on_epoch(epoch)
        return Trained(_result(history, job.plan.latent.size), b"\0" * 40_000)


def measure(url: str, folder: Path, *, method: str = "random", trials: int = 60) -> Cost:
    """The median cost of a trial over a study of ``trials``.

    Args:
        url: of a database without a study named ``cost``.
        folder: for the study's files and pictures.
        method: ``random``, or ``tpe`` for a search, which asks Optuna's sampler.
        trials: how many; a search grows slower with their number.
    """
    model = folder / "model.yaml"
    model.write_text(MODEL)
    file = folder / "study.yaml"
    file.write_text(STUDY.format(model=model, method=method, trials=trials))
    study_file = load_study(file)
    study = open_study(
        study_file.settings, study_file.model, url, silent, artifacts=folder / "pictures"
    )
    ends: list[tuple[float, float]] = []

    def note(event: StudyEvent) -> None:
        if event.kind == "trained":
            ends.append((time.process_time(), time.perf_counter()))

    Worker(study, _NoTraining(), Owner.this_process(), note, lambda: False, WorkerOptions()).work()
    study.close()
    pairs = list(pairwise(ends))
    return Cost(
        processor=median(after[0] - before[0] for before, after in pairs),
        clock=median(after[1] - before[1] for before, after in pairs),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the cost with a new SQLite file, or with the URLs given."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for method in ("random", "tpe"):
        with tempfile.TemporaryDirectory() as name:
            for url in given or [f"sqlite:///{name}/studies.db"]:
                cost = measure(url, Path(name), method=method)
                sys.stdout.write(
                    f"{url.partition(':')[0]:12} {method:7} {cost.clock * 1000:6.1f} ms a trial "
                    f"({cost.processor * 1000:.1f} ms of processor): "
                    f"{cost.share:.2%} of {TRIAL_SECONDS:.0f} s\n"
                )


def _result(history: tuple[EpochRecord, ...], latent: int) -> RunResult:
    error = 1 / latent
    return RunResult(
        task="reconstruct",
        seed=0,
        splits={"train": 8, "val": 1, "test": 1},
        epochs=len(history),
        history=history,
        train_mse=error,
        val=Scores(mse=error),
        test=Scores(mse=error),
        baselines=Baselines(channel_mean_val=0.06, channel_mean_test=0.06),
        collapsed=False,
        images_per_s=1.0,
        seconds=TRIAL_SECONDS,
        data_fingerprint="none",
        environment=Environment(versions={}, machine="none", device="cpu", threads=1),
    )


if __name__ == "__main__":
    main()
