"""What one training leaves behind, in plain numbers that survive as JSON."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

__all__ = [
    "Baselines",
    "Environment",
    "EpochRecord",
    "Number",
    "Record",
    "RunResult",
    "Scores",
]


def _none_if_not_finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value


Number = Annotated[float | None, BeforeValidator(_none_if_not_finite)]
"""A float, or None where it is not finite (JSON has no inf and no NaN)."""


class Record(BaseModel):
    """Base of all records: frozen, numbers finite; keys of newer versions are let through."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Scores(Record):
    """How well predictions meet their targets on one split.

    ``mse`` is the mean over pixels and channels of RGB in [0, 1], prediction
    clamped; ``psnr`` in dB; ``ssim`` None for pictures under 11 pixels.
    """

    mse: float
    psnr: Number = None
    ssim: Number = None


class EpochRecord(Record):
    """One row of ``history.csv``; ``epoch`` counts from 1."""

    epoch: int
    lr: float
    train_loss: float
    train_mse: float
    val_mse: float
    seconds: float


class Baselines(Record):
    """Errors of the yardsticks on the same pictures, fitted on the training split."""

    channel_mean_val: float
    channel_mean_test: float
    pca_val: Number = None
    pca_test: Number = None
    patch_pca_val: Number = None
    patch_pca_test: Number = None


class Environment(Record):
    """What a result was computed with; enough to repeat it."""

    versions: dict[str, str]
    machine: str
    device: str
    threads: int


class RunResult(Record):
    """A finished training of one plan with one seed.

    ``train_mse`` is that of the last epoch's running predictions; ``val`` and
    ``test`` are measured with the last epoch's weights, ``test`` once.
    """

    task: str
    seed: int
    splits: dict[Literal["train", "val", "test"], int]
    epochs: int
    history: tuple[EpochRecord, ...]
    train_mse: float
    val: Scores
    test: Scores
    baselines: Baselines
    collapsed: bool
    images_per_s: float
    seconds: float
    data_fingerprint: str
    environment: Environment
