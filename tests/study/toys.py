"""A trainer that stands in for torch: quick, real processes, a log of what it was asked to do."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from optuna.samplers import BaseSampler, RandomSampler

from archsearch.config import RunSettings, SearchSettings, StudyFile, load_study
from archsearch.errors import RunFailedError
from archsearch.records import (
    Baselines,
    Curves,
    Environment,
    EpochRecord,
    RunResult,
    Scores,
)
from archsearch.spec import ModelPlan
from archsearch.study import Job, Prepared, RunOptions, Trained, run_study

SPEC = """
name: toy
input: {channels: auto, height: 8, width: 8}
defaults:
  conv: {kernel: 3, padding: same, activation: relu}
encoder:
  - conv: {channels: 4}
    name: first
  - pool: {kernel: 2}
  - conv: {channels: 4}
    name: last
decoder:
  - upsample: {scale: 2}
  - conv: {channels: auto, activation: sigmoid}
"""

STUDY = """
name: {name}
model: toy.yaml
data: {{source: photos}}
train: {{epochs: 2}}
space:
{space}
constraints: {constraints}
search: {{method: {method}, trials: {trials}, seeds: {seeds}}}
{more}
"""

SPACE = """
  first.conv.channels: {int: [2, 9]}
  last.conv.channels: {int: [1, 16], log: true}
  defaults.conv.kernel: {choice: [3, 5]}
"""


def write_study(
    folder: Path,
    *,
    name: str = "toys",
    space: str = SPACE,
    constraints: str = "[]",
    method: str = "random",
    trials: int = 6,
    seeds: int = 1,
    more: str = "",
) -> StudyFile:
    """A real study file and its spec."""
    (folder / "toy.yaml").write_text(SPEC)
    path = folder / "study.yaml"
    path.write_text(
        STUDY.format(
            name=name,
            space=space,
            constraints=constraints,
            method=method,
            trials=trials,
            seeds=seeds,
            more=more,
        )
    )
    return load_study(path)


@dataclass(frozen=True)
class ToyTrainer:
    """Gives 1/latent plus a little for the seed, after ``seconds``; logs starts and ends."""

    log: Path
    seconds: float = 0.0
    broken: str = ""  # what to do when the latent has one channel
    modules: ClassVar[Sequence[str]] = ()

    def prepare(self, settings: RunSettings, plans: Sequence[ModelPlan]) -> Prepared:
        self._note("prepare", len(plans), 0)
        return Prepared(Curves(), {}, "a toy")

    def warm_up(self, settings: RunSettings, plan: ModelPlan) -> str:
        return ""

    def train(self, job: Job) -> Trained:
        self._note("start", job.plan.key, job.seed)
        time.sleep(self.seconds)
        error = 1 / job.plan.latent.size + job.seed / 1000
        if self.broken and job.plan.latent.channels == 1:
            error = self._break()
        for epoch in (1, 2):
            job.on_epoch(epoch_record(epoch, 0.5))
        self._note("end", job.plan.key, job.seed)
        return Trained(result(error, job.seed))

    def _break(self) -> float:
        if self.broken == "raise":
            raise RunFailedError("the loss is nan after step 3")
        if self.broken == "bug":
            raise ZeroDivisionError("division by zero")
        if self.broken == "kill":
            os.kill(os.getpid(), 9)
        return float(self.broken)

    def _note(self, what: str, key: object, seed: int) -> None:
        with self.log.open("a") as log:  # one short append is atomic
            log.write(f"{what} {key} {seed} {os.getpid()}\n")


def logged(log: Path, what: str) -> list[tuple[str, int]]:
    """(plan key, seed) of every line of one kind, in order."""
    if not log.exists():
        return []
    rows = [line.split() for line in log.read_text().splitlines()]
    return [(row[1], int(row[2])) for row in rows if row[0] == what]


def epoch_record(epoch: int, error: float) -> EpochRecord:
    return EpochRecord(
        epoch=epoch, lr=0.01, train_loss=error, train_mse=error, val_mse=error, seconds=0.1
    )


def result(error: float, seed: int) -> RunResult:
    return RunResult(
        task="reconstruct",
        seed=seed,
        splits={"train": 8, "val": 1, "test": 1},
        epochs=2,
        history=(epoch_record(1, 0.5), epoch_record(2, 0.5)),
        train_mse=0.5,
        val=Scores.model_construct(mse=error, psnr=None, ssim=None),  # may be nan, unchecked
        test=Scores(mse=0.5, psnr=3.0),
        baselines=Baselines(channel_mean_val=0.06, channel_mean_test=0.06),
        collapsed=False,
        images_per_s=1.0,
        seconds=0.1,
        data_fingerprint="toy",
        environment=Environment(versions={}, machine="toy", device="cpu", threads=1),
    )


def main(folder: str, url: str, workers: str, seconds: str) -> None:
    """Run the study in ``folder`` as a process of its own, to be killed."""
    study = load_study(Path(folder) / "study.yaml")
    run_study(
        study,
        url,
        options=RunOptions(workers=int(workers), heartbeat_seconds=0.2),
        trainer=ToyTrainer(Path(folder) / "trainings.log", float(seconds)),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])


def random_sampler(search: SearchSettings, dimensions: int, seed: int) -> BaseSampler:
    """What a search method that is passed from Python refers to."""
    return RandomSampler(seed=seed)
