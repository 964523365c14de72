"""The trained net of a run, as something that turns tiles into tiles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from archsearch.data import load_pictures
from archsearch.errors import RunFailedError
from archsearch.nn import Autoencoder
from archsearch.records import RunRecord, load_run
from archsearch.spec.plan import ModelPlan
from archsearch.tasks import Task, make_task
from archsearch.train import load_model

__all__ = ["TileNet", "load_net"]

COLORING = frozenset({"colorize", "colorize-chroma", "colorize-bins"})
FILLING = frozenset({"inpaint"})
BATCH_NUMBERS = 2**24
"""How many numbers the widest layer may hold for one batch of tiles: 64 MiB."""
MOST_TILES = 256


@dataclass(frozen=True)
class TileNet:
    """What a trained net makes of tiles of its own size.

    Attributes:
        run: the run's name.
        task: what it was trained for.
        plan: the model; its input is the tile.
        picture_channels: 3, or 1 for a net of gray pictures.
        predict: tiles N×C×h×w in [0, 1] → the same of the result; a net that
            fills takes one more channel, 1 where the tile is to be filled.
    """

    run: str
    task: str
    plan: ModelPlan
    picture_channels: int
    predict: Callable[[Tensor], Tensor]

    @property
    def colors(self) -> bool:
        """Whether it is fed luminance and gives colors."""
        return self.task in COLORING

    @property
    def fills(self) -> bool:
        """Whether it fills what is masked."""
        return self.task in FILLING

    @property
    def batch(self) -> int:
        """Tiles at once, so that memory stays within bounds for wide nets too."""
        widest = max(layer.output.elements for layer in self.plan.layers)
        return max(1, min(MOST_TILES, BATCH_NUMBERS // widest))


def load_net(folder: Path, device: torch.device | str = "cpu") -> TileNet:
    """Load the net of a finished run.

    Args:
        folder: the run directory.
        device: where to compute.

    Raises:
        InputError: no finished run there, or damaged files.
    """
    run = load_run(folder)
    model = load_model(folder).to(device)
    task = task_of(run, model.plan)
    return TileNet(
        run=run.name,
        task=task.name,
        plan=model.plan,
        picture_channels=model.plan.input.channels,
        predict=_predictor(model, task, torch.device(device)),
    )


def task_of(run: RunRecord, plan: ModelPlan) -> Task:
    """Give the task of a finished run, ready for pictures it was not trained on."""
    settings = run.settings
    pictures = load_pictures(
        settings.data,
        height=plan.input.height,
        width=plan.input.width,
        channels=plan.input.channels,
    )
    return make_task(settings.task, settings.train, pictures, standardize=settings.data.standardize)


def _predictor(model: Autoencoder, task: Task, device: torch.device) -> Callable[[Tensor], Tensor]:
    def predict(tiles_NCHW: Tensor) -> Tensor:
        with torch.inference_mode():
            here_NCHW = tiles_NCHW.to(device)
            fed_NCHW, _ = task.feed(here_NCHW)
            made_NCHW = task.predict(model(fed_NCHW), here_NCHW).float().cpu()
        if not bool(made_NCHW.isfinite().all()):
            raise RunFailedError(
                f"the net `{model.plan.name}` gave NaN or infinite numbers",
                help="train it again with a lower learning rate (--lr)",
            )
        return made_NCHW

    return predict
