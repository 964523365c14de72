"""One training in a process of its own, started on a signal: ours or the plain script.

``python -m benchmarks.contender '{"who": "plain", …}'`` gets ready, writes a line, waits for
one, trains, writes its outcome as JSON, and waits again, so that its memory can be read.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from torch import nn

    from archsearch.data import Pictures
    from archsearch.spec import ModelPlan

__all__ = ["SPECS", "Race", "Who"]

SPECS = Path(__file__).resolve().parents[1] / "specs"
Who = Literal["plain", "ours"]
Run = Callable[[], dict[str, object]]


@dataclass(frozen=True)
class Race:
    """What is to be trained, by whom, and how.

    Attributes:
        who: ``plain``: the plain script, Adam 1e-3; ``ours``: the default recipe.
        spec: name of a spec of the gallery.
        source: of the pictures, as in ``data.source``.
        pictures: taken of the source; a tenth each validates and tests.
        epochs: passes.
        batch_size: pictures a step; 0: the default recipe's.
        threads: torch threads.
        seed: of weights and order.
    """

    who: Who
    spec: str = "acml-nine-layer"
    source: str = "photos"
    pictures: int = 12_000
    epochs: int = 1
    batch_size: int = 128
    threads: int = 1
    seed: int = 0


def main() -> None:
    """Run one race."""
    race = Race(**json.loads(sys.argv[1]))
    run = _plain(race) if race.who == "plain" else _ours(race)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(json.dumps(run()) + "\n")
    sys.stdout.flush()
    sys.stdin.readline()


def _plain(race: Race) -> Run:
    import torch
    from PIL import Image

    from benchmarks import plain

    torch.set_num_threads(race.threads)
    torch.manual_seed(race.seed)
    model_plan, pictures = _load(race)
    arrays = pictures.images_NCHW.permute(0, 2, 3, 1).numpy()
    train = [Image.fromarray(arrays[i].copy()) for i in pictures.train.tolist()]
    held_out = [Image.fromarray(arrays[i].copy()) for i in pictures.val.tolist()]
    model: nn.Module
    if race.spec == "acml-nine-layer":
        model = plain.nine_layers()
    else:
        from archsearch.nn import build

        model = build(model_plan, seed=race.seed)
    size = race.batch_size or 128

    def run() -> dict[str, object]:
        return asdict(plain.train(model, train, held_out, epochs=race.epochs, batch_size=size))

    return run


def _ours(race: Race) -> Run:
    from archsearch.config import RunSettings, TrainSettings
    from archsearch.records import Baselines
    from archsearch.train import fit, keep_memory

    keep_memory()
    plan, pictures = _load(race)
    size = race.batch_size or TrainSettings().batch_size
    recipe = TrainSettings(epochs=race.epochs, seed=race.seed, batch_size=size)
    settings = RunSettings(train=recipe)
    known = Baselines(channel_mean_val=1.0, channel_mean_test=1.0)

    def run() -> dict[str, object]:
        started, cpu_started = time.perf_counter(), time.process_time()
        result = fit(plan, settings, pictures, threads=race.threads, baselines=known).result
        whole, cpu = time.perf_counter() - started, time.process_time() - cpu_started
        trained = len(pictures.train) * race.epochs
        return {
            "pictures": trained,
            "seconds": trained / result.images_per_s,
            "whole_seconds": whole,
            "cpu_seconds": cpu,
            "val_mse": result.val.mse,
        }

    return run


def _load(race: Race) -> tuple[ModelPlan, Pictures]:
    import archsearch
    from archsearch.config import DataSettings
    from archsearch.data import load_pictures

    plan = archsearch.load(SPECS / f"{race.spec}.yaml").plan()
    size = plan.input
    settings = DataSettings(source=race.source, limit=race.pictures)
    return plan, load_pictures(settings, height=size.height, width=size.width)


if __name__ == "__main__":
    main()
