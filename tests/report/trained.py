"""Runs of small nets, as somebody would write them: really trained, or with made-up numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archsearch.config import DataSettings, RunSettings, TrainSettings, load, read_task
from archsearch.records import RunRecord, write_run
from archsearch.spec import to_yaml
from tests.synthetic import synthetic_result

_CONV = "- conv: {{channels: {channels}, kernel: {kernel}, activation: relu}}\n"
_SHRINK = "- pool: {}\n"
_GROW = "- upsample: {}\n"


def spec(
    name: str,
    *,
    channels: int = 4,
    kernel: int = 3,
    depth: int = 1,
    join: str = "",
    stride: int = 1,
) -> str:
    """A spec of ``depth`` convolutions, each halving a picture of 16×16."""
    first = _CONV.format(channels=channels, kernel=kernel)
    if stride > 1:
        first = first.replace(", activation", f", stride: {stride}, activation")
    named = first + "  name: wide\n"
    shrink = "" if stride > 1 else _SHRINK
    encoder = (named if join else first) + shrink + (first + shrink) * (depth - 1)
    last = f"- {join}: wide\n" if join else ""
    if join == "add":
        last = f"- conv: {{channels: {channels}}}\n" + last
    return (
        f"name: {name}\nallow: [leak-past-latent, bottleneck-before-latent]\n"
        "input: {channels: auto, height: 16, width: 16}\n"
        f"encoder:\n{encoder}decoder:\n{_GROW * depth}{last}"
        "- conv: {channels: auto, activation: sigmoid}\n"
    )


def train(folder: Path, name: str, text: str, *, pictures: int = 100, **recipe: object) -> Path:
    """Train a spec in 60 steps, unless told otherwise; gives the run directory."""
    from archsearch.train import train_run  # torch, which takes seconds to load
    from tests.train.made import made_pictures, settings

    source = folder / f"{name}.yaml"
    source.write_text(text)
    told = settings(**{"epochs": 6, "batch_size": 8, **recipe})
    out = folder / "runs" / name
    with pytest.MonkeyPatch.context() as patched:
        # No report reads the figures of a run, and each takes 0.3 s.
        for drawing in ("draw_curves", "draw_pictures"):
            patched.setattr(f"archsearch.train.run_folder.run.{drawing}", lambda *_: None)
        train_run(load(source).plan(task=told.task), told, made_pictures(pictures), out, threads=1)
    return out


def exercise(folder: Path) -> list[Path]:
    """Nine nets, one of them with two seeds, and one that saw other pictures.

    Two read past their latents, one has collapsed.
    """
    nets = {
        "plain": spec("plain"),
        "deep": spec("deep", depth=2),
        "broad": spec("broad", channels=8),
        "slim": spec("slim", channels=2),
        "large-kernel": spec("large-kernel", kernel=5),
        "strided": spec("strided", stride=2, channels=6),
        "concat-skip": spec("concat-skip", join="concat"),
        "add-skip": spec("add-skip", join="add", channels=8),
    }
    made = [train(folder, name, text) for name, text in nets.items()]
    made.append(train(folder, "dead", spec("dead", channels=3), lr=100.0))
    made.append(train(folder, "plain-s1", nets["plain"], seed=1))
    made.append(train(folder, "elsewhere", nets["broad"], pictures=90))
    return made


class RunWriter:
    """Writes run directories of four epochs that end at a made-up error."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._rng = folder, np.random.default_rng(0)

    def __call__(
        self,
        place: str,
        *,
        mse: float = 0.004,
        seed: int = 0,
        text: str | None = None,
        task: object = "reconstruct",
        name: str | None = None,
        source: str = "cifar10",
        changed: dict[str, object] | None = None,
        **recipe: object,
    ) -> Path:
        """A directory at ``runs/PLACE``; ``changed`` are fields of its result."""
        file = self._folder / "net.yaml"
        file.write_text(text or spec("net"))
        settings = RunSettings(
            data=DataSettings(source=source),
            task=read_task(task),
            train=TrainSettings(seed=seed, epochs=4, **recipe),
        )
        result = synthetic_result(
            self._rng, mse, latent=256, seed=seed, epochs=4, collapsed=False
        ).model_copy(update=changed or {})
        folder = self._folder / "runs" / place
        text = to_yaml(load(file).plan(task=settings.task))
        called = name or folder.name
        write_run(folder, RunRecord(name=called, spec=text, settings=settings, result=result))
        return folder
