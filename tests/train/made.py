"""Small pictures and nets for training tests; as a script, one run that can be killed.

    python made.py SPEC OUT EPOCHS TASK

prints ``step N`` after each step and is slow enough to be killed between two.
"""

import json
import sys
import time
from pathlib import Path

import torch
from torch.nn import functional

from archsearch.config import RunSettings, TrainSettings, load, read_task
from archsearch.data import Pictures
from archsearch.nn import Autoencoder, build, initialize
from archsearch.records import EpochRecord, RunResult, load_run
from archsearch.spec import ModelPlan
from archsearch.train import train_run

SKIPPED = """
name: skipped
input: {channels: auto, height: 16, width: 16}
encoder:
  - {name: first, conv: {channels: 4, activation: relu}}
  - pool: {}
decoder:
  - upsample: {}
  - concat: first
  - conv: {channels: auto, activation: sigmoid}
"""
PLAIN = """
name: plain
input: {channels: auto, height: 16, width: 16}
encoder:
  - conv: {channels: 4, activation: relu}
  - pool: {}
decoder:
  - upsample: {}
  - conv: {channels: auto, activation: sigmoid}
"""
NORMED = PLAIN.replace("name: plain", "name: normed").replace("relu", "relu, norm: batch")
DROPPED = PLAIN.replace("name: plain", "name: dropped").replace(
    "  - pool: {}\n", "  - pool: {}\n  - dropout: 0.3\n"
)
ONE_PIXEL = """
name: one-pixel
input: {channels: auto, height: 16, width: 16}
encoder:
  - pool: {kernel: 16}
  - conv: {channels: 4, kernel: 1, norm: batch, activation: relu}
decoder:
  - upsample: {scale: 16}
  - conv: {channels: auto, activation: sigmoid}
"""


def plain_net(plan: ModelPlan, *, seed: int | None = None) -> Autoencoder:
    """The plain model with the weights that a training starts from by default."""
    model = build(plan, seed=seed)
    initialize(model, seed=seed)
    return model


def made_pictures(count: int = 100, seed: int = 0) -> Pictures:
    """Smooth random pictures, 3×16×16, split 80/10/10 in order."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(count, 3, 4, 4, generator=generator)
    smooth = functional.interpolate(coarse, scale_factor=4.0, mode="bilinear")
    train, val, test = torch.arange(count).tensor_split([count * 8 // 10, count * 9 // 10])
    return Pictures(
        images_NCHW=smooth.mul(255).round().to(torch.uint8),
        train=train,
        val=val,
        test=test,
        mean=(0.5, 0.5, 0.5),
        std=(0.25, 0.25, 0.25),
        source="made",
        note="",
        fingerprint=f"made-{count}-{seed}",
        classes=(),
        labels=None,
    )


def settings(task: object = "reconstruct", **train: object) -> RunSettings:
    recipe = {"epochs": 3, "batch_size": 16} | train
    return RunSettings(task=read_task(task), train=TrainSettings.model_validate(recipe))


def rows(result: RunResult) -> list[EpochRecord]:
    """The history, but for the times: what the same training gives again."""
    return [row.model_copy(update={"seconds": 0}) for row in result.history]


def left(run: Path) -> tuple[object, ...]:
    """Numbers and weights that a run directory holds, but for the times."""
    result = load_run(run).result
    weights = (run / "model.safetensors").read_bytes()
    return rows(result), result.train_mse, result.val, result.test, result.baselines, weights


def drop_checksums(run: Path) -> None:
    """Leave the run as earlier versions did."""
    path = run / "metrics.json"
    numbers = json.loads(path.read_text())
    del numbers["files"], numbers["sha256"]
    path.write_text(json.dumps(numbers))


def _slow_step(done: int, total: int) -> None:
    print(f"step {done} of {total}", flush=True)
    time.sleep(0.02)


def _main(spec: Path, out: Path, epochs: int, task: str) -> None:
    torch.set_num_threads(1)
    recipe = settings(task, epochs=epochs)
    train_run(load(spec).plan(task=task), recipe, made_pictures(), out, on_step=_slow_step)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
