"""What one training leaves behind, in plain numbers that survive as JSON."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

__all__ = [
    "Baselines",
    "Codes",
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


class Codes(Record):
    """How much of its latent a trained net uses, over some validation pictures.

    Attributes:
        pictures: how many were measured.
        units: numbers in the latent.
        active: units whose standard deviation is over 1 % of the largest.
        rank: principal components that hold 99 % of the codes' variance.
        mse: of the pictures with the codes as they are.
        mse_8bit: with every unit rounded to 256 levels of its training range.
        mse_4bit: to 16 levels.
    """

    pictures: int
    units: int
    active: int
    rank: int
    mse: float
    mse_8bit: Number = None
    mse_4bit: Number = None


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
    codes: Codes | None = None
