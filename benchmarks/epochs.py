"""One contender of ``benchmarks.engine``: trains on request and says how long it took.

Started as a script with a checkout of archsearch first on the path: this one, or an earlier
commit's, whose modules may lie elsewhere. It writes a line when it is ready, and for each line
that it reads, the processor seconds of an epoch (or of a whole training) as another.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

EPOCHS = 10_000
"""Of a schedule that no benchmark comes to the end of."""


def main() -> None:
    """Serve."""
    told = json.loads(sys.argv[1])
    train = _fit(told) if told["whole"] else _epoch(told)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for _ in sys.stdin:
        started = time.process_time()
        train()
        sys.stdout.write(f"{time.process_time() - started}\n")
        sys.stdout.flush()


def _recipe(told: dict[str, Any], epochs: int) -> Any:
    from archsearch.config import RunSettings, TrainSettings

    chosen = {"engine": told["engine"]} if told["engine"] else {}
    return RunSettings(train=TrainSettings(epochs=epochs, batch_size=told["batch"], **chosen))


def _plan(told: dict[str, Any]) -> Any:
    from archsearch.config import load

    return load(Path(told["spec"])).plan()


def _epoch(told: dict[str, Any]) -> Callable[[], object]:
    import numpy
    import torch

    from archsearch.train import keep_memory
    from archsearch.train.fit import prepare

    keep_memory()
    torch.set_num_threads(told["threads"])
    train_epoch = _train_epoch()
    plan, count = _plan(told), told["pictures"]
    size = (count, plan.input.height, plan.input.width, plan.input.channels)
    images = numpy.random.default_rng(0).integers(0, 256, size, dtype=numpy.uint8)
    pictures: Any = SimpleNamespace(
        images_NCHW=torch.from_numpy(images).permute(0, 3, 1, 2),
        train=torch.arange(count),
        val=torch.arange(1),
        test=torch.arange(1),
    )
    training = prepare(plan, _recipe(told, EPOCHS), pictures, seed=0)
    epochs = iter(range(1, EPOCHS))
    return lambda: train_epoch(training, next(epochs))


def _train_epoch() -> Callable[..., object]:
    """Where this version or an earlier one has it."""
    for module in ("archsearch.train.loop.epoch", "archsearch.train.epoch"):
        with suppress(ModuleNotFoundError):
            found: Callable[..., object] = importlib.import_module(module).train_epoch
            return found
    raise RuntimeError("this version has no train_epoch")


def _fit(told: dict[str, Any]) -> Callable[[], object]:
    from archsearch.config import DataSettings
    from archsearch.data import load_pictures
    from archsearch.records import Baselines
    from archsearch.train import fit, keep_memory

    keep_memory()
    plan = _plan(told)
    source = DataSettings(source=told["source"], limit=told["pictures"])
    pictures = load_pictures(source, height=plan.input.height, width=plan.input.width)
    settings = _recipe(told, told["epochs"])
    known = Baselines(channel_mean_val=1.0, channel_mean_test=1.0)
    return lambda: fit(plan, settings, pictures, threads=told["threads"], baselines=known)


if __name__ == "__main__":
    main()
