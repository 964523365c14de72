"""The trained net of a run, as something that turns tiles into tiles."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from archsearch.apply.tiles import Predict
from archsearch.config import TaskKind, kind_of, pictures_of
from archsearch.errors import InputError, RunFailedError
from archsearch.nn import Autoencoder
from archsearch.records import RunRecord
from archsearch.spec.plan.model import ModelPlan
from archsearch.tasks import Task, make_task_for_apply
from archsearch.train import load_trained

__all__ = ["TileNet", "load_net"]

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
        channels: of the tiles: 3, or 1 for a net of gray pictures.
        predict: tiles N×C×h×w in [0, 1] → the same of the result; a net that
            fills takes one more channel, 1 where the tile is to be filled, and
            one that colors may leave [0, 1].
        encode: tiles N×C×h×w in [0, 1] → their latent codes.
    """

    run: str
    task: TaskKind
    plan: ModelPlan
    channels: int
    predict: Predict
    encode: Predict

    @property
    def colors(self) -> bool:
        """Whether it sees only the luminance of its tiles and colors them."""
        return self.task.keeps == "luminance"

    @property
    def fills(self) -> bool:
        """Whether it fills what is masked."""
        return self.task.keeps == "unmasked"

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
    run, model = load_trained(folder)
    model.to(device)
    kind = kind_of(run.settings.task)
    task = _task(folder, run, model.plan)
    predict = _predictor(model, task, torch.device(device))
    return TileNet(
        run=run.name,
        task=kind,
        plan=model.plan,
        channels=pictures_of(model.plan, run.settings.task),
        predict=_where_masked(predict) if kind.keeps == "unmasked" else predict,
        encode=_encoder(model, task, torch.device(device)),
    )


def _task(folder: Path, run: RunRecord, plan: ModelPlan) -> Task:
    mean, std = run.result.fed_mean, run.result.fed_std
    if run.settings.data.standardize and not mean:
        raise InputError(
            f"{folder} lacks the mean and std with which its net's input was standardized",
            help="train it again into another folder with --out",
        )
    return make_task_for_apply(plan, run.settings, mean, std)


def _predictor(model: Autoencoder, task: Task, device: torch.device) -> Predict:
    def predict(tiles_NCHW: Tensor) -> Tensor:
        with torch.inference_mode():
            here_NCHW = tiles_NCHW.to(device)
            output = model(task.prepare(here_NCHW))
            made_NCHW = task.unclipped(output, here_NCHW)
            if not task.merges:  # merged colors are clipped once they are blended
                made_NCHW = made_NCHW.clamp(0.0, 1.0)
            made_NCHW = made_NCHW.float().cpu()
        return _finite(made_NCHW, model.plan)

    return predict


def _encoder(model: Autoencoder, task: Task, device: torch.device) -> Predict:
    def encode(tiles_NCHW: Tensor) -> Tensor:
        with torch.inference_mode():
            codes = model.encode(task.prepare(tiles_NCHW.to(device))).float().cpu()
        return _finite(codes, model.plan)

    return encode


def _finite(made: Tensor, plan: ModelPlan) -> Tensor:
    if not bool(made.isfinite().all()):
        raise RunFailedError(
            f"the net `{plan.name}` gave NaN or infinite numbers",
            help="train it again with a lower learning rate (--lr)",
        )
    return made


def _where_masked(predict: Predict) -> Predict:
    """Leave tiles that have nothing to fill as they are: they aren't looked at."""

    def fill(tiles_NCHW: Tensor) -> Tensor:
        made_NCHW = tiles_NCHW[:, :-1].clone()
        masked_N = tiles_NCHW[:, -1].flatten(1).amax(dim=1) > 0
        if bool(masked_N.any()):
            made_NCHW[masked_N] = predict(made_NCHW[masked_N])
        return made_NCHW

    return fill
