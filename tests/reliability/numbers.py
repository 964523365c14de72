"""Trainings whose numbers are degenerate: pictures without content, sizes and recipes at an end."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import load_file, save_file

from tests.reliability.campaign import Campaign, Outcome
from tests.reliability.commands import faults, run
from tests.reliability.place import new_place, said

LONGEST = 240.0
SPEC = """
name: odd
input: {{channels: auto, height: {size}, width: {size}}}
encoder:
  - conv: {{channels: 2, kernel: 1, activation: relu}}
decoder:
  - conv: {{channels: auto, kernel: 1, activation: sigmoid}}
"""
Pixels = Callable[[np.random.Generator], np.ndarray]


def degenerate(seed: int) -> Outcome:
    """One kind of pictures, one size, one recipe, one task."""
    name, count, pixels, options = CASES[seed % len(CASES)]
    size = next((int(o.removeprefix("size=")) for o in options if o.startswith("size=")), 8)
    with new_place() as folder:
        shutil.rmtree(folder / "pictures")
        (folder / "pictures").mkdir()
        draw = np.random.default_rng(seed)
        for number in range(count):
            Image.fromarray(pixels(draw)).save(folder / "pictures" / f"{number}.png")
        (folder / "odd.yaml").write_text(SPEC.format(size=size))
        words = ["train", "odd.yaml", "--data=folder:pictures", "--out=kept/run", "--epochs=1"]
        words += [option for option in options if option.startswith("--")]
        ended = run(words, folder, seconds=LONGEST)
        found = faults(ended, {0, 1, 2})
        if ended.code == 0:
            found += _numbers(folder / "kept/run")
            for more in (("report", "kept/run", "--out=kept/page"), _applied(folder)):
                found += faults(run(more, folder, seconds=LONGEST), {0, 1, 2})
    return Outcome(name, f"{name}: {said(ended)}", tuple(found))


def nan_weights(seed: int) -> Outcome:
    """A run whose weights are no numbers any more, with checksums that say they are right."""
    with new_place() as folder:
        words = ("train", "small.yaml", "--data=folder:pictures", "--epochs=1", "--out=kept/run")
        assert run(words, folder).code == 0
        path = folder / "kept/run/model.safetensors"
        save_file({k: v * np.float32("nan") for k, v in load_file(path).items()}, path)
        metrics = json.loads((path.parent / "metrics.json").read_text())
        del metrics["files"], metrics["sha256"]  # as an earlier version wrote it
        (path.parent / "metrics.json").write_text(json.dumps(metrics))
        found: list[str] = []
        ends = []
        for command in (_applied(folder), ("report", "kept/run", "--out=kept/page")):
            ended = run(command, folder, seconds=LONGEST)
            found += faults(ended)
            ends.append(f"{command[0]} {said(ended)}")
    return Outcome("NaN weights", f"NaN weights: {', '.join(ends)}", tuple(found))


def _one(seed: int) -> Outcome:
    return nan_weights(seed) if seed == len(CASES) else degenerate(seed)


def _numbers(run_folder: Path) -> list[str]:
    """Errors must be finite and none below zero."""
    metrics = json.loads((run_folder / "metrics.json").read_text())
    errors = [metrics[split]["mse"] for split in ("train", "val", "test")]
    return [f"an error of {e}" for e in errors if not (math.isfinite(e) and e >= 0)]


def _applied(folder: Path) -> tuple[str, ...]:
    picture = next(iter(sorted((folder / "pictures").iterdir())))
    return ("apply", "kept/run", str(picture), "--out=kept/applied")


def _plain(value: int) -> Pixels:
    return lambda _: np.full((8, 8, 3), value, np.uint8)


def _noise(*shape: int) -> Pixels:
    return lambda draw: draw.integers(0, 256, shape, dtype=np.uint8)


COLOR = _noise(8, 8, 3)
CASES: tuple[tuple[str, int, Pixels, tuple[str, ...]], ...] = (
    ("all black", 20, _plain(0), ()),
    ("all white", 20, _plain(255), ()),
    ("all black, standardized", 20, _plain(0), ("--set=data.standardize=true",)),
    ("all gray, colorize", 20, _plain(90), ("--task=colorize",)),
    ("all gray, classes of color", 20, _plain(90), ("--task=colorize-bins",)),
    ("one picture", 1, COLOR, ()),
    ("ten pictures", 10, COLOR, ()),
    ("the same picture", 20, lambda _: COLOR(np.random.default_rng(0)), ()),
    ("one channel", 20, _noise(8, 8), ()),
    ("size 1", 20, COLOR, ("size=1",)),
    ("size 2", 20, COLOR, ("size=2",)),
    ("size 512", 12, COLOR, ("size=512",)),
    ("a batch larger than the data", 20, COLOR, ("--batch-size=65536",)),
    ("a batch of one", 20, COLOR, ("--batch-size=1",)),
    ("learning rate 0", 20, COLOR, ("--lr=0",)),
    ("learning rate 1e-300", 20, COLOR, ("--lr=1e-300",)),
    ("learning rate 100", 20, COLOR, ("--lr=100",)),
    ("learning rate 100, sgd", 20, COLOR, ("--lr=100", "--set=train.optimizer=sgd")),
    ("learning rate 1e6", 20, COLOR, ("--lr=1e6",)),
    ("all black, inpaint", 20, _plain(0), ("--task=inpaint", "--set=task.size=8")),
    ("noise without end", 20, COLOR, ("--task=denoise", "--set=task.sigma=1e30")),
)

NUMBERS = Campaign(
    "numbers",
    f"{len(CASES)} trainings: pictures without content, one picture, sizes of 1 to 512, batches "
    "and learning rates at an end; then `report` and `apply`. And a run whose weights are NaN",
    "Errors are finite numbers, or the command tells why there are none.",
    wanted=len(CASES) + 1,
    few=(5,),
    try_one=_one,
)
