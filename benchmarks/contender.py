"""One training in a process of its own, started on a signal: ours or the plain script.

``python -m benchmarks.contender '{"who": "plain", …}'`` gets ready, writes a line, waits for
one, trains, writes its outcome as JSON, and waits again, so that its memory can be read.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL import Image
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
        device: that trains.
    """

    who: Who
    spec: str = "acml-nine-layer"
    source: str = "photos"
    pictures: int = 12_000
    epochs: int = 1
    batch_size: int = 128
    threads: int = 1
    seed: int = 0
    device: str = "cpu"


def main() -> None:
    """Run one race, or write its pictures to a folder."""
    race = Race(**json.loads(sys.argv[1]))
    if len(sys.argv) > 2:
        _write_pictures(race, Path(sys.argv[2]))
        return
    run = _plain(race) if race.who == "plain" else _ours(race)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(json.dumps(run()) + "\n")
    sys.stdout.flush()
    sys.stdin.readline()


def _plain(race: Race) -> Run:
    import torch

    from benchmarks import plain

    torch.set_num_threads(race.threads)
    torch.manual_seed(race.seed)
    train, held_out = _decoded(race)
    model: nn.Module
    if race.spec == "acml-nine-layer":
        model = plain.nine_layers()
    else:
        import archsearch
        from archsearch.nn import build

        model = build(archsearch.load(SPECS / f"{race.spec}.yaml").plan(), seed=race.seed)
    size = race.batch_size or 128

    def run() -> dict[str, object]:
        outcome = plain.train(
            *(model, train, held_out), epochs=race.epochs, batch_size=size, device=race.device
        )
        return asdict(outcome)

    return run


def _decoded(race: Race) -> tuple[list[Image.Image], list[Image.Image]]:
    """The pictures one by one, as ``ImageFolder`` gives them: training, validation.

    Another process makes them. One that has held them all in one piece and let go of it
    has taught glibc not to give memory back, which makes the plain script a fifth faster
    than it is.
    """
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        told = [sys.executable, "-m", "benchmarks.contender", json.dumps(asdict(race)), folder]
        subprocess.run(told, check=True)  # noqa: S603 - our own module
        shape = json.loads((Path(folder) / "shape.json").read_text(encoding="utf-8"))
        with (Path(folder) / "pictures").open("rb") as file:
            pictures = [
                Image.frombytes("RGB", (shape["width"], shape["height"]), file.read(shape["bytes"]))
                for _ in range(shape["train"] + shape["val"])
            ]
    return pictures[: shape["train"]], pictures[shape["train"] :]


def _write_pictures(race: Race, folder: Path) -> None:
    _, pictures = _load(race)
    arrays = pictures.images_NCHW.permute(0, 2, 3, 1).numpy()
    height, width, channels = arrays.shape[1:]
    with (folder / "pictures").open("wb") as file:
        for index in [*pictures.train.tolist(), *pictures.val.tolist()]:
            file.write(arrays[index].tobytes())
    counts = {"train": len(pictures.train), "val": len(pictures.val)}
    shape = {"height": height, "width": width, "bytes": height * width * channels, **counts}
    (folder / "shape.json").write_text(json.dumps(shape), encoding="utf-8")


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
        result = fit(
            *(plan, settings, pictures),
            threads=race.threads,
            device=race.device,
            baselines=known,
        ).result
        whole, cpu = time.perf_counter() - started, time.process_time() - cpu_started
        trained = len(pictures.train) * race.epochs
        return {
            "pictures": trained,
            "seconds": trained / result.images_per_s,
            "epochs_seconds": sum(epoch.seconds for epoch in result.history),
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
