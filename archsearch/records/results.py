"""What one training leaves behind, in plain numbers that survive as JSON."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

__all__ = [
    "Baselines",
    "Environment",
    "EpochRecord",
    "LayerRecord",
    "Number",
    "PlanRecord",
    "RunResult",
    "Scores",
    "SeedRecord",
    "SeedState",
    "StudyRecord",
    "TrialRecord",
    "TrialState",
]


def _none_if_not_finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value


Number = Annotated[float | None, BeforeValidator(_none_if_not_finite), PlainSerializer(lambda v: v)]
"""A float, or None where it is not finite (JSON has no inf and no NaN)."""


class Record(BaseModel):
    """Base of all records: frozen; unknown keys of newer versions are let through."""

    model_config = ConfigDict(frozen=True, extra="ignore")


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


SeedState = Literal["complete", "failed"]
TrialState = Literal["complete", "pruned", "failed", "infeasible", "running", "waiting"]


class SeedRecord(Record):
    """One claim (slot, seed) that ended: its result, or the reason it has none."""

    seed: int
    state: SeedState
    reason: str = ""
    result: RunResult | None = None
    pictures: str | None = None


class LayerRecord(Record):
    """One row of a plan's layer table, for people to read."""

    index: int
    section: str
    path: str
    kind: str
    formula: str
    output: tuple[int, int, int]
    params: int
    macs: int


class PlanRecord(Record):
    """What a report needs to know of a plan; ``spec`` is YAML that trains it again."""

    key: str
    name: str
    spec: str
    layers: tuple[LayerRecord, ...]
    latent_size: int
    effective_size: int
    latent_channels: int
    latent_height: int
    latent_width: int
    compression: float
    params: int
    macs: int
    encoder_depth: int


class TrialRecord(Record):
    """One candidate with all its seeds.

    ``value`` is the mean validation MSE over seeds, None until complete.
    """

    number: int
    state: TrialState
    reason: str = ""
    values: dict[str, bool | int | float | str | tuple[int, int]]
    plan: PlanRecord | None = None
    seeds: tuple[SeedRecord, ...] = ()
    value: Number = None
    duplicate_of: int | None = None


class StudyRecord(Record):
    """A study as its storage holds it.

    ``settings`` is the study file after validation, as JSON-ready data;
    ``designed`` tells whether the method draws a design (its trials may be
    used for correlations) or adapts to results.
    """

    name: str
    settings: dict[str, object]
    designed: bool
    space_hash: str
    trials: tuple[TrialRecord, ...]
    slots: int
    seconds: float = 0.0
    command: str = ""
    source_note: str = ""
    artifacts: str | None = None
