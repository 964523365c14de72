"""A finished run, trained again or harmed; what tests of finished runs share."""

import random
from pathlib import Path

import pytest

from archsearch.config import load
from archsearch.files import write_bytes
from archsearch.records import RunResult
from archsearch.train import train_run

EPOCHS = 2


def drawn_quickly(patch: pytest.MonkeyPatch) -> None:
    """Figures take most of the time, and have tests of their own."""
    patch.setattr(
        "archsearch.train.run_folder.run.draw_curves", lambda path, *_: write_bytes(path, b"c")
    )
    patch.setattr(
        "archsearch.train.run_folder.run.draw_pictures", lambda path, *_: write_bytes(path, b"p")
    )


def train(made, spec: Path, out: Path, **recipe: object) -> RunResult:
    settings = made.settings(epochs=EPOCHS, **recipe)
    return train_run(load(spec).plan(), settings, made.made_pictures(40), out)


def again(made, run: Path) -> RunResult:
    return train(made, run.parent / "model.yaml", run)


def flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a campaign that can be repeated


def remove(path: Path, chosen: random.Random) -> None:
    path.unlink()


def flip_somewhere(path: Path, chosen: random.Random) -> None:
    flip(path, chosen.randrange(8 * path.stat().st_size))
